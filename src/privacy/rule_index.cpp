#include "privacy/rule_index.hpp"

#include <algorithm>
#include <bit>

#include "privacy/host_suffixes.hpp"

namespace fedtrail::privacy {

namespace {

constexpr std::size_t kBits = 64;

template <typename Dense>
void set(Dense& bits, std::size_t at) {
    bits[at / kBits] |= std::uint64_t{1} << at % kBits;
}

/// The lowest one that is set and `holds`.
template <typename Holds>
std::optional<std::size_t> first_bit(std::uint64_t bits, const Holds& holds) {
    for (; bits != 0; bits &= bits - 1) {
        const auto bit = static_cast<std::size_t>(std::countr_zero(bits));
        if (holds(bit)) {
            return bit;
        }
    }
    return std::nullopt;
}

template <typename Sparse>
void add(Sparse& bits, std::size_t at) {
    const auto word = static_cast<std::uint32_t>(at / kBits);
    if (bits.empty() || bits.back().first != word) {
        bits.emplace_back(word, 0);
    }
    bits.back().second |= std::uint64_t{1} << at % kBits;
}

/// Sorted, each word once.
template <typename Sparse>
Sparse united(Sparse found) {
    std::sort(found.begin(), found.end());
    Sparse bits;
    for (const auto& [word, more] : found) {
        if (bits.empty() || bits.back().first != word) {
            bits.emplace_back(word, 0);
        }
        bits.back().second |= more;
    }
    return bits;
}

bool honours_too_little(const HonourBelow& wanted, const RuleFacts& facts) {
    // A rate needs no more digits than these: both counts fit many times into 64 bits.
    return facts.judged > 0 && facts.judged >= wanted.least_told &&
           static_cast<double>(facts.gone) * 100.0 < static_cast<double>(facts.judged) * wanted.percent;
}

}  // namespace

/// Reads a sparse list word by word, forwards.
class RuleIndex::Cursor {
public:
    Cursor() = default;
    explicit Cursor(const Sparse& bits) : next_(bits.data()), end_(next_ + bits.size()) {}
    Cursor(const ByName& by_name, std::string_view name) {
        if (const auto found = by_name.find(name); found != by_name.end()) {
            *this = Cursor{found->second};
        }
    }

    [[nodiscard]] bool empty() const { return next_ == end_; }
    [[nodiscard]] Word at(std::size_t word) {
        while (next_ != end_ && next_->first < word) {
            ++next_;
        }
        return next_ != end_ && next_->first == word ? next_->second : 0;
    }

private:
    const Sparse::value_type* next_{};
    const Sparse::value_type* end_{};
};

/// One question: what of each condition holds for these facts.
class RuleIndex::Scan {
public:
    Scan(const RuleIndex& index, const RuleFacts& facts)
        : index_(index),
          country_(index.country_, facts.country ? facts.country->code() : std::string_view{}),
          software_(index.software_, facts.software),
          basis_(&index.basis_.at(static_cast<std::size_t>(facts.basis))),
          objection_(&index.objection_.at(facts.objection ? 1 : 0)),
          minor_(&index.minor_.at(facts.minor ? 1 : 0)),
          takes_back_(facts.takes_back) {
        add_hosts(facts);
        for (std::size_t bit = 0; bit < index.category_.size(); ++bit) {
            if ((facts.categories >> bit & 1U) != 0 && !index.category_.at(bit).empty()) {
                categories_.at(category_count_++) = &index.category_.at(bit);
            }
        }
        if (facts.visibility < index.visibility_.size() && !index.visibility_.at(facts.visibility).empty()) {
            visibility_ = &index.visibility_.at(facts.visibility);
        }
    }

    /// Everything holds but, perhaps, the honour rate.
    [[nodiscard]] Word at(std::size_t word) {
        Word bits = index_.enabled_[word] & hosts_at(word);
        if (bits == 0) {
            return 0;
        }
        bits &= (*basis_)[word] & (*objection_)[word] & (*minor_)[word] & categories_at(word);
        bits &= index_.any_visibility_[word] | (visibility_ == nullptr ? 0 : (*visibility_)[word]);
        if (takes_back_) {
            bits &= index_.takes_back_[word];
        }
        if (bits == 0) {
            return 0;
        }
        return bits & (index_.any_country_[word] | country_.at(word)) &
               (index_.any_software_[word] | software_.at(word));
    }

private:
    static constexpr std::size_t kMostLabels = 128;  ///< A name has 253 octets at most.

    void add_hosts(const RuleFacts& facts) {
        const auto name = without_port(facts.recipient.text());
        if (const auto joined = index_.joined_.find(name); joined != index_.joined_.end()) {
            add_host(Cursor{joined->second});
            return;
        }
        add_host(Cursor{index_.host_, name});
        for_each_suffix(name, [&](std::string_view suffix) {
            if (suffix.size() <= index_.longest_below_) {
                add_host(Cursor{index_.below_, suffix});
            }
        });
    }
    void add_host(const Cursor& cursor) {
        if (!cursor.empty() && host_count_ < hosts_.size()) {
            hosts_.at(host_count_++) = cursor;
        }
    }
    [[nodiscard]] Word hosts_at(std::size_t word) {
        Word bits = index_.any_host_[word];
        for (std::size_t i = 0; i < host_count_; ++i) {
            bits |= hosts_.at(i).at(word);
        }
        return bits;
    }
    [[nodiscard]] Word categories_at(std::size_t word) const {
        Word bits = index_.any_category_[word];
        for (std::size_t i = 0; i < category_count_; ++i) {
            bits |= (*categories_.at(i))[word];
        }
        return bits;
    }

    const RuleIndex& index_;
    std::array<Cursor, kMostLabels> hosts_;
    std::size_t host_count_{};
    Cursor country_;
    Cursor software_;
    const Dense* basis_;
    const Dense* objection_;
    const Dense* minor_;
    std::array<const Dense*, 16> categories_{};
    std::size_t category_count_{};
    const Dense* visibility_{};
    bool takes_back_;
};

RuleIndex::RuleIndex(std::span<const TransferRule> rules, const JoinedHosts& joined)
    : words_((rules.size() + kBits - 1) / kBits) {
    for (auto* bits : {&enabled_,
                       &with_honour_,
                       &asks_objection_,
                       &takes_back_,
                       &any_host_,
                       &any_country_,
                       &any_software_,
                       &any_category_,
                       &any_visibility_}) {
        bits->resize(words_);
    }
    for (auto& bits : basis_) {
        bits.resize(words_);
    }
    for (auto* pair : {&objection_, &minor_}) {
        for (auto& bits : *pair) {
            bits.resize(words_);
        }
    }
    for (std::size_t at = 0; at < rules.size(); ++at) {
        if (rules[at].enabled) {
            set(enabled_, at);
            place(at, rules[at]);
            place_recipient(at, rules[at]);
        }
    }
    place_joined(joined);
}

void RuleIndex::place(std::size_t at, const TransferRule& rule) {
    if (rule.objection.value_or(false)) {
        set(asks_objection_, at);
    }
    if (rule.effect != RuleEffect::Block || (rule.categories & kDeletionBit) != 0) {
        set(takes_back_, at);
    }
    for (const bool holds : {false, true}) {
        if (rule.objection.value_or(holds) == holds) {
            set(objection_.at(holds ? 1 : 0), at);
        }
        if (rule.minor.value_or(holds) == holds) {
            set(minor_.at(holds ? 1 : 0), at);
        }
    }
    const auto place_bits = [&](auto bits, auto& by_bit, Dense& any) {
        if (bits == 0) {
            set(any, at);
        }
        for (; bits != 0; bits &= bits - 1) {
            auto& of_bit = by_bit.at(static_cast<std::size_t>(std::countr_zero(bits)));
            of_bit.resize(words_);
            set(of_bit, at);
        }
    };
    place_bits(static_cast<unsigned>(rule.categories), category_, any_category_);
    place_bits(static_cast<unsigned>(rule.visibilities), visibility_, any_visibility_);
}

void RuleIndex::place_recipient(std::size_t at, const TransferRule& rule) {
    if (rule.honour) {
        set(with_honour_, at);
    }
    if (rule.hosts.empty()) {
        set(any_host_, at);
    }
    for (const auto& host : rule.hosts) {
        add((host.below() ? below_ : host_)[host.name()], at);
        longest_below_ = std::max(longest_below_, host.below() ? host.name().size() : 0);
    }
    if (rule.countries.empty() && !rule.country_unknown) {
        set(any_country_, at);
    }
    if (rule.country_unknown) {
        add(country_[""], at);
    }
    for (const auto& country : rule.countries) {
        add(country_[std::string{country.code()}], at);
    }
    if (rule.software.empty()) {
        set(any_software_, at);
    }
    for (const auto& software : rule.software) {
        add(software_[software], at);
    }
    for (std::size_t kind = 0; kind < basis_.size(); ++kind) {
        const auto wanted = static_cast<BasisKind>(kind);
        if (rule.bases.empty() ||
            std::find(rule.bases.begin(), rule.bases.end(), wanted) != rule.bases.end()) {
            set(basis_.at(kind), at);
        }
    }
}

/// What rules say of this name alone, added in any order.
void RuleIndex::collect(std::string_view name, Sparse& bits) const {
    const auto take = [&bits](const ByName& by_name, std::string_view key) {
        if (const auto found = by_name.find(key); found != by_name.end()) {
            bits.insert(bits.end(), found->second.begin(), found->second.end());
        }
    };
    take(host_, name);
    for_each_suffix(name, [&](std::string_view suffix) { take(below_, suffix); });
}

/// Done once for each recipient, so that a delivery costs no more than to a recipient with one host.
void RuleIndex::place_joined(const JoinedHosts& joined) {
    for (const auto names : joined.recipients()) {
        Sparse found;
        for (const auto& name : names) {
            collect(name, found);
        }
        if (found.empty()) {
            continue;
        }
        const auto bits = united(std::move(found));
        for (const auto& name : names) {
            joined_.emplace(name, bits);
        }
    }
}

std::optional<std::size_t> RuleIndex::first(std::span<const TransferRule> rules,
                                            const RuleFacts& facts,
                                            bool answers_objection) const {
    const auto holds = [&](std::size_t word, std::size_t bit) {
        const bool asks_rate = (with_honour_[word] >> bit & 1U) != 0;
        return !asks_rate || honours_too_little(*rules[word * kBits + bit].honour, facts);
    };
    Scan scan{*this, facts};
    for (std::size_t word = 0; word < words_; ++word) {
        auto bits = scan.at(word);
        if (answers_objection) {
            bits &= asks_objection_[word];
        }
        if (const auto bit = first_bit(bits, [&](std::size_t one) { return holds(word, one); })) {
            return word * kBits + *bit;
        }
    }
    return std::nullopt;
}

}  // namespace fedtrail::privacy
