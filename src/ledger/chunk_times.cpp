/// The times of a chunk: when each attempt was made, at one second.

#include <algorithm>
#include <optional>

#include "fedtrail/ledger/chunk.hpp"
#include "fedtrail/ledger/varint.hpp"

#include "ledger/chunk_parts.hpp"

namespace fedtrail::ledger {

namespace {

/// Retries mostly wait n^4 + 15 seconds and a little (Sidekiq's rule), so only the rest is written.
std::int64_t expected_gap(std::size_t attempt) {
    const auto n = static_cast<std::int64_t>(std::min<std::size_t>(attempt, 64));
    return n * n * n * n + 15;
}

constexpr std::int64_t kMaxSmoothed = 1 << 30;

}  // namespace

CodeTable::CodeTable(const Chunk& chunk, std::size_t activities) {
    for (std::size_t i = 0; i < activities; ++i) {
        for (const auto& attempt : chunk.activities[i].attempts) {
            add(attempt.code);
        }
    }
    for (const auto& attempt : chunk.late) {
        add(attempt.code);
    }
}

void CodeTable::add(OutcomeCode code) {
    if (!codes_.empty() && code == recent_code_) {
        return;
    }
    recent_code_ = code;
    const auto place = std::lower_bound(codes_.begin(), codes_.end(), code);
    if (place == codes_.end() || *place != code) {
        codes_.insert(place, code);
    }
}

CodeTable::CodeTable(ByteReader& in) {
    codes_.resize(in.count());
    OutcomeCode last = 0;
    for (auto& code : codes_) {
        last += static_cast<OutcomeCode>(in.varint());
        code = last;
    }
}

void CodeTable::append_to(ByteWriter& out) const {
    out.varint(codes_.size());
    OutcomeCode last = 0;
    for (const auto code : codes_) {
        out.varint(code - last);
        last = code;
    }
}

std::uint32_t CodeTable::index_of(OutcomeCode code) const {
    if (code != recent_code_ || codes_[recent_index_] != code) {
        recent_code_ = code;
        recent_index_ =
            static_cast<std::uint32_t>(std::lower_bound(codes_.begin(), codes_.end(), code) - codes_.begin());
    }
    return recent_index_;
}

OutcomeCode CodeTable::code_at(std::uint64_t index) const {
    if (index >= codes_.size()) {
        ok_ = false;
        return 0;
    }
    return codes_[static_cast<std::size_t>(index)];
}

const std::vector<std::uint32_t>& ReachOrder::order(const std::vector<HolderFact>& holders) {
    keys_.clear();
    for (std::uint32_t position = 0; position < holders.size(); ++position) {
        const auto known = reached_.find(holders[position].recipient);
        const auto key =
            known == reached_.end() ? UINT32_MAX : static_cast<std::uint32_t>(known->second) + (1U << 31U);
        keys_.push_back(static_cast<std::uint64_t>(key) << 32U | position);
    }
    std::sort(keys_.begin(), keys_.end());
    order_.clear();
    for (const auto key : keys_) {
        order_.push_back(static_cast<std::uint32_t>(key));
    }
    return order_;
}

void ReachOrder::learn(const std::vector<HolderFact>& holders, const std::vector<std::int32_t>& offsets) {
    for (std::size_t position = 0; position < holders.size(); ++position) {
        const auto seen =
            std::clamp<std::int64_t>(std::int64_t{offsets[position]} * 256, -kMaxSmoothed, kMaxSmoothed);
        const auto [known, is_new] =
            reached_.try_emplace(holders[position].recipient, static_cast<std::int32_t>(seen));
        if (!is_new) {
            known->second = static_cast<std::int32_t>((3 * std::int64_t{known->second} + seen) / 4);
        }
    }
}

void TimesWriter::add(const std::vector<HolderFact>& holders, const std::vector<Attempt>& attempts) {
    begins_.clear();
    firsts_.clear();
    for (std::uint32_t i = 0; i < attempts.size(); ++i) {
        if (i == 0 || attempts[i].recipient != attempts[i - 1].recipient) {
            begins_.push_back(i);
            firsts_.push_back(attempts[i].offset);
        }
    }
    begins_.push_back(static_cast<std::uint32_t>(attempts.size()));
    std::int64_t last = 0;
    std::size_t since_repeat = 0;
    ByteWriter repeats;
    std::size_t repeat_count = 0;
    for (const auto position : order_.order(holders)) {
        offsets_.signed_varint(firsts_[position] - last);
        last = firsts_[position];
        const auto begin = begins_[position];
        const auto end = begins_[position + 1];
        if (end - begin == 1) {
            ++since_repeat;
            continue;
        }
        repeats.varint(since_repeat);
        repeats.varint(end - begin - 2);
        since_repeat = 0;
        ++repeat_count;
        add_repeated(std::span{attempts}.subspan(begin, end - begin));
    }
    repeats_.varint(repeat_count);
    repeats_.raw(repeats.bytes());
    order_.learn(holders, firsts_);
    ++activities_;
    if (offsets_.size() + repeats_.size() + repeat_codes_.size() + repeat_gaps_.size() >= kTimesPartLimit) {
        close_part();
    }
}

void TimesWriter::add_repeated(std::span<const Attempt> attempts) {
    for (std::size_t i = 0; i < attempts.size(); ++i) {
        repeat_codes_.varint(codes_.index_of(attempts[i].code));
        if (i > 0) {
            repeat_gaps_.signed_varint(std::int64_t{attempts[i].offset} - attempts[i - 1].offset -
                                       expected_gap(i));
        }
    }
}

void TimesWriter::close_part() {
    ByteWriter out;
    out.varint(activities_);
    out.sized(offsets_.bytes());
    out.sized(repeats_.bytes());
    out.sized(repeat_codes_.bytes());
    out.sized(repeat_gaps_.bytes());
    parts_.push_back(std::move(out).take());
    activities_ = 0;
    for (auto* column : {&offsets_, &repeats_, &repeat_codes_, &repeat_gaps_}) {
        column->clear();
    }
}

std::vector<Bytes> TimesWriter::take() && {
    if (activities_ > 0) {
        close_part();
    }
    return std::move(parts_);
}

namespace {

class TimesReader {
public:
    TimesReader(ByteView part, const CodeTable& codes, ReachOrder& order)
        : codes_(codes),
          order_(order),
          in_(part),
          activities_(in_.varint()),
          offsets_(in_.sized()),
          repeats_(in_.sized()),
          repeat_codes_(in_.sized()),
          repeat_gaps_(in_.sized()) {}

    [[nodiscard]] std::uint64_t activities() const noexcept { return activities_; }

    void next(ActivityEntry& entry) {
        const auto& holders = entry.holders;
        const auto order = order_.order(holders);
        firsts_.assign(holders.size(), 0);
        auto repeat_count = repeats_.varint();
        std::size_t until_repeat = repeat_count > 0 ? repeats_.varint() : 0;
        std::int64_t last = 0;
        for (const auto position : order) {
            last += offsets_.signed_varint();
            firsts_[position] = static_cast<std::int32_t>(last);
            const auto& holder = holders[position];
            if (repeat_count == 0 || until_repeat > 0) {
                until_repeat -= until_repeat > 0 ? 1 : 0;
                entry.attempts.push_back(Attempt{holder.recipient, firsts_[position], holder.code});
                continue;
            }
            add_repeated(holder.recipient, firsts_[position], entry.attempts);
            --repeat_count;
            until_repeat = repeat_count > 0 ? repeats_.varint() : 0;
        }
        std::sort(entry.attempts.begin(), entry.attempts.end());
        order_.learn(holders, firsts_);
    }

    [[nodiscard]] bool ok() const {
        return in_.ok() && offsets_.ok() && repeats_.ok() && repeat_codes_.ok() && repeat_gaps_.ok() &&
               codes_.ok();
    }
    [[nodiscard]] bool done() const {
        return in_.done() && offsets_.done() && repeats_.done() && repeat_codes_.done() &&
               repeat_gaps_.done() && codes_.ok();
    }

private:
    void add_repeated(std::uint32_t recipient, std::int32_t first, std::vector<Attempt>& attempts) {
        const auto count = repeats_.varint() + 2;
        if (count > repeat_codes_.left()) {
            repeats_.refuse();
            return;
        }
        std::int64_t offset = first;
        for (std::size_t i = 0; i < count; ++i) {
            if (i > 0) {
                offset += repeat_gaps_.signed_varint() + expected_gap(i);
            }
            attempts.push_back(Attempt{
                recipient, static_cast<std::int32_t>(offset), codes_.code_at(repeat_codes_.varint())});
        }
    }

    const CodeTable& codes_;
    ReachOrder& order_;
    ByteReader in_;
    std::uint64_t activities_;
    ByteReader offsets_;
    ByteReader repeats_;
    ByteReader repeat_codes_;
    ByteReader repeat_gaps_;
    std::vector<std::int32_t> firsts_;
};

}  // namespace

namespace {

/// Fills in the activities of one part from `next` on; gives the first of the next part, nothing if it does
/// not fit.
std::optional<std::size_t> read_part(TimesReader& reader, Chunk& chunk, std::size_t next) {
    for (std::uint64_t i = 0; i < reader.activities(); ++i) {
        if (!reader.ok() || next >= chunk.activities.size()) {
            return std::nullopt;
        }
        reader.next(chunk.activities[next++]);
    }
    return reader.done() ? std::optional{next} : std::nullopt;
}

}  // namespace

bool read_times(const std::vector<Bytes>& times, const CodeTable& codes, Chunk& chunk) {
    ReachOrder order;
    std::size_t next = 0;
    for (const auto& part : times) {
        TimesReader reader{part, codes, order};
        const auto after = read_part(reader, chunk, next);
        if (!after) {
            return false;
        }
        next = *after;
    }
    return next == chunk.activities.size();
}

}  // namespace fedtrail::ledger
