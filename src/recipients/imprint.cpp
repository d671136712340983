#include "recipients/imprint.hpp"

#include <algorithm>
#include <array>
#include <set>

#include "recipients/address_line.hpp"
#include "recipients/sentences.hpp"

namespace fedtrail::recipients {

namespace {

using privacy::Country;

constexpr std::size_t kMostRead = std::size_t{256} * 1024;
constexpr std::size_t kLongestLine = 600;
/// How many lines an address may stand below the words that say whose it is.
constexpr int kReach = 8;
/// And how far apart its postcode and its country may be.
constexpr std::size_t kAddressLines = 2;

enum class Whose { Unknown, Operator, Other };

std::vector<std::string_view> lines_of(std::string_view text) {
    std::vector<std::string_view> lines;
    text = text.substr(0, kMostRead);
    while (!text.empty()) {
        const auto end = std::min({text.find('\n'), text.size(), kLongestLine});
        if (const auto line = trimmed(text.substr(0, end)); !line.empty()) {
            lines.push_back(line);
        }
        text.remove_prefix(std::min(text.size(), end + (end < text.size() && text[end] == '\n' ? 1 : 0)));
    }
    return lines;
}

bool names_one(const std::string& line, const std::vector<std::string>& words) {
    return std::any_of(
        words.begin(), words.end(), [&line](const std::string& word) { return begins_word(line, word); });
}

bool is_of_a_word(char c) {
    constexpr unsigned char kNoBreak = 0xa0;  // the end of a no-break space
    const auto octet = static_cast<unsigned char>(c);
    return (octet >= 0x80 && octet != kNoBreak) || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

/// Whether the phrase stands there in whole words ("Oregon" does not have "regon"), and nothing before it in
/// the line denies it.
bool says(const std::string& line, const std::string& phrase, const std::vector<std::string>& negations) {
    for (auto at = line.find(phrase); at != std::string::npos; at = line.find(phrase, at + 1)) {
        const auto end = at + phrase.size();
        const bool begins = at == 0 || !is_of_a_word(phrase.front()) || !is_of_a_word(line[at - 1]);
        const bool ends = end == line.size() || !is_of_a_word(phrase.back()) || !is_of_a_word(line[end]);
        const auto before = std::string_view{line}.substr(0, at);
        const bool denied = std::any_of(negations.begin(), negations.end(), [&](const std::string& word) {
            return before.find(word) != std::string_view::npos;
        });
        if (begins && ends && !denied) {
            return true;
        }
    }
    return false;
}

/// Follows the text and knows whose address would stand here.
class ImprintReader {
public:
    ImprintReader(TextKind kind, const ImprintWords& words) : kind_(kind), words_(words) {}

    void line(std::string_view text) {
        const auto lower = lower_latin(text);
        ++since_;
        if (names_one(lower, words_.others)) {
            whose_ = Whose::Other;
            since_ = 0;
        } else if (names_one(lower, words_.operators)) {
            whose_ = Whose::Operator;
            since_ = 0;
        }
        look_for_phrases(lower);
        look_for_numbers(text, lower);
        look_for_address(text);
        last_.push_back(std::string{text});
        if (last_.size() > kAddressLines) {
            last_.erase(last_.begin());
        }
    }

    [[nodiscard]] std::optional<ImprintFinding> finding() const {
        if (countries_.size() != 1) {
            return std::nullopt;
        }
        const auto confidence = kinds_.size() > 1 ? records::Confidence::High : records::Confidence::Medium;
        return ImprintFinding{*countries_.begin(), confidence, why_};
    }

private:
    [[nodiscard]] bool is_operators() const {
        const auto here = since_ <= kReach ? whose_ : Whose::Unknown;
        return here == Whose::Operator ||
               (here == Whose::Unknown && kind_ == TextKind::Imprint && countries_.empty());
    }

    void found(const Country& country, char kind, const std::string& why) {
        if (!is_operators()) {
            return;
        }
        countries_.insert(country);
        kinds_.insert(kind);
        if (why_.empty() || (kind == 'a' && !address_told_)) {
            why_ = why;
            address_told_ = kind == 'a';
        }
    }

    /// In an imprint a law says by itself whose text it is; elsewhere it has to stand where the operator
    /// does.
    void look_for_phrases(const std::string& lower) {
        const bool counts =
            kind_ == TextKind::Imprint ? whose_here() != Whose::Other : whose_here() == Whose::Operator;
        for (const auto& [phrase, country] : words_.phrases) {
            if (counts && says(lower, phrase, words_.negations)) {
                countries_.insert(country);
                kinds_.insert('p');
                why_ = why_.empty() ? phrase : why_;
            }
        }
    }

    void look_for_numbers(std::string_view text, const std::string& lower) {
        if (!names_one(lower, words_.number_words)) {
            return;
        }
        for (const auto& [form, country] : words_.number_forms) {
            if (holds_number(text, form)) {
                found(country, 'n', "a tax or company number of " + std::string{country.code()});
            }
        }
    }

    void look_for_address(std::string_view text) {
        std::string before;
        for (const auto& line : last_) {
            before += line + "\n";
        }
        if (auto address = address_in(text, before, words_)) {
            found(address->country, 'a', address->text);
        }
    }

    [[nodiscard]] Whose whose_here() const { return since_ <= kReach ? whose_ : Whose::Unknown; }

    TextKind kind_;
    const ImprintWords& words_;
    Whose whose_{Whose::Unknown};
    int since_{kReach + 1};
    std::vector<std::string> last_;
    std::set<Country> countries_;
    std::set<char> kinds_;
    std::string why_;
    bool address_told_{};
};

}  // namespace

std::optional<ImprintFinding> country_in_text(std::string_view text,
                                              TextKind kind,
                                              const ImprintWords& words) {
    ImprintReader reader{kind, words};
    for (const auto line : lines_of(text)) {
        reader.line(line);
    }
    return reader.finding();
}

}  // namespace fedtrail::recipients
