#include "recipients/address_line.hpp"

#include <algorithm>
#include <vector>

#include "recipients/sentences.hpp"

namespace fedtrail::recipients {

namespace {

using privacy::Country;

constexpr bool is_digit(char c) {
    return c >= '0' && c <= '9';
}
constexpr bool is_upper(char c) {
    return c >= 'A' && c <= 'Z';
}
constexpr bool is_letter(char c) {
    return is_upper(c) || (c >= 'a' && c <= 'z') || static_cast<unsigned char>(c) >= 0x80;
}

/// The pieces of an address on one line.
std::vector<std::string_view> pieces_of(std::string_view line) {
    std::vector<std::string_view> pieces;
    while (!line.empty()) {
        const auto end = std::min(line.find_first_of(",;|\n"), line.size());
        if (const auto piece = trimmed(line.substr(0, end)); !piece.empty()) {
            pieces.push_back(piece);
        }
        line.remove_prefix(std::min(end + 1, line.size()));
    }
    return pieces;
}

std::vector<std::string_view> tokens_of(std::string_view piece) {
    std::vector<std::string_view> tokens;
    while (!piece.empty()) {
        const auto end = std::min(piece.find_first_of(" \t"), piece.size());
        if (end > 0) {
            tokens.push_back(piece.substr(0, end));
        }
        piece.remove_prefix(std::min(end + 1, piece.size()));
    }
    return tokens;
}

/// "12345": # a digit, @ a capital letter.
bool has_form(std::string_view text, std::string_view form) {
    return text.size() == form.size() &&
           std::equal(text.begin(), text.end(), form.begin(), [](char c, char wanted) {
               return wanted == '#'   ? is_digit(c)
                      : wanted == '@' ? is_upper(c)
                      : wanted == '*' ? is_digit(c) || is_upper(c)
                                      : c == wanted;
           });
}

bool has_any_form(std::string_view text, std::initializer_list<std::string_view> forms) {
    return std::any_of(forms.begin(), forms.end(), [text](auto form) { return has_form(text, form); });
}

bool is_outward(std::string_view token) {
    return has_any_form(token, {"@#", "@##", "@@#", "@@##", "@#@", "@@#@"});
}

bool is_year(std::string_view token) {
    return has_form(token, "19##") || has_form(token, "20##");
}

/// Where in `tokens` a postcode begins; their number if nowhere.
std::size_t postcode_in(const std::vector<std::string_view>& tokens) {
    for (std::size_t at = 0; at < tokens.size(); ++at) {
        const auto token = tokens[at];
        const auto next = at + 1 < tokens.size() ? tokens[at + 1] : std::string_view{};
        const bool one =
            has_any_form(token, {"#####", "####", "######", "##-###", "###-####", "#####-###", "####@@"}) &&
            !is_year(token);
        const bool two = (has_form(token, "###") && has_form(next, "##")) ||
                         (is_outward(token) && has_form(next, "#@@")) ||
                         (has_form(token, "@#@") && has_form(next, "#@#"));
        if (one || two) {
            return at;
        }
    }
    return tokens.size();
}

std::string from_token(const std::vector<std::string_view>& tokens, std::size_t at, std::string_view piece) {
    const auto offset = static_cast<std::size_t>(tokens[at].data() - piece.data());
    return std::string{piece.substr(offset)};
}

std::optional<Country> named(std::string_view text, const ImprintWords& words) {
    auto found = words.countries.find(lower_latin(text));
    if (found == words.countries.end() && text.ends_with('.')) {  // of the sentence, not of "U.S.A."
        found = words.countries.find(lower_latin(text.substr(0, text.size() - 1)));
    }
    return found == words.countries.end() ? std::nullopt : std::optional{found->second};
}

/// "D-12345 Berlin".
std::optional<FoundAddress> with_prefix(std::string_view piece, const ImprintWords& words) {
    const auto tokens = tokens_of(piece);
    for (std::size_t at = 0; at + 1 < tokens.size(); ++at) {
        const auto dash = tokens[at].find('-');
        const auto known = words.prefixes.find(tokens[at].substr(0, dash));
        if (dash == std::string_view::npos || known == words.prefixes.end()) {
            continue;
        }
        if (has_any_form(tokens[at].substr(dash + 1), {"####", "#####", "##-###"}) &&
            is_letter(tokens[at + 1][0])) {
            return FoundAddress{known->second, from_token(tokens, at, piece)};
        }
    }
    return std::nullopt;
}

/// "CA 94107" at the end, or "EC1A 1BB" at the end.
std::optional<FoundAddress> with_own_form(std::string_view piece, const ImprintWords& words) {
    const auto tokens = tokens_of(piece);
    if (tokens.size() < 2) {
        return std::nullopt;
    }
    const auto last = tokens.back();
    const auto before = tokens[tokens.size() - 2];
    const auto text = from_token(tokens, tokens.size() - 2, piece);
    if (has_any_form(last, {"#####", "#####-####"}) && words.states.contains(before)) {
        return FoundAddress{*Country::parse("US"), text};
    }
    if (has_form(last, "#@@") && is_outward(before)) {
        const auto area = before.substr(0, 2);
        return FoundAddress{*Country::parse(area == "JE"   ? "JE"
                                            : area == "GY" ? "GG"
                                            : area == "IM" ? "IM"
                                                           : "GB"),
                            text};
    }
    return std::nullopt;
}

/// "12345 Berlin Germany": a country's name at the end of a piece that has a postcode.
std::optional<FoundAddress> with_name_inside(std::string_view piece, const ImprintWords& words) {
    constexpr std::size_t kMostWords = 4;
    const auto tokens = tokens_of(piece);
    const auto code = postcode_in(tokens);
    for (std::size_t back = 1; back <= kMostWords && code + back < tokens.size(); ++back) {
        const auto name = from_token(tokens, tokens.size() - back, piece);
        if (const auto country = named(name, words)) {
            return FoundAddress{*country, from_token(tokens, code, piece)};
        }
    }
    return std::nullopt;
}

std::optional<FoundAddress> in_any_form(std::string_view piece, const ImprintWords& words) {
    for (const auto& form : {with_prefix, with_own_form, with_name_inside}) {
        if (auto address = form(piece, words)) {
            return address;
        }
    }
    return std::nullopt;
}

/// The signs from `at` on, without what may stand in between, at most `most`; `at` moves behind them.
std::string bare_signs(std::string_view line, std::size_t& at, std::size_t most) {
    std::string signs;
    for (; at < line.size() && signs.size() < most; ++at) {
        if (line[at] != ' ' && line[at] != '.' && line[at] != '-') {
            signs += line[at];
        }
    }
    return signs;
}

}  // namespace

std::optional<FoundAddress> address_in(std::string_view line,
                                       std::string_view before,
                                       const ImprintWords& words) {
    std::string postcode;
    const auto remember = [&postcode](std::string_view piece) {
        const auto tokens = tokens_of(piece);
        if (const auto at = postcode_in(tokens); at < tokens.size()) {
            postcode = from_token(tokens, at, piece);
        }
    };
    for (const auto piece : pieces_of(before)) {
        remember(piece);
    }
    for (const auto piece : pieces_of(line)) {
        const auto country = named(piece, words);
        if (country && !postcode.empty()) {
            return FoundAddress{*country, postcode + ", " + std::string{piece}};
        }
        if (auto address = in_any_form(piece, words)) {
            return address;
        }
        remember(piece);
    }
    return std::nullopt;
}

bool holds_number(std::string_view line, std::string_view form) {
    for (std::size_t start = 0; start < line.size(); ++start) {
        const bool inside = start > 0 && (is_letter(line[start - 1]) || is_digit(line[start - 1]));
        if (inside || line[start] != form.front()) {
            continue;
        }
        std::size_t at = start;
        const auto word = bare_signs(line, at, form.size());
        const bool ends = at == line.size() || !(is_letter(line[at]) || is_digit(line[at]));
        if (ends && has_form(word, form)) {
            return true;
        }
    }
    return false;
}

bool begins_word(std::string_view lower, std::string_view word) {
    for (auto at = lower.find(word); at != std::string_view::npos; at = lower.find(word, at + 1)) {
        if (at == 0 || !is_letter(lower[at - 1])) {
            return true;
        }
    }
    return false;
}

std::string_view trimmed(std::string_view text) {
    constexpr std::string_view kBlank = " \t\r\n\v\f*_#>-";
    const auto first = text.find_first_not_of(kBlank);
    if (first == std::string_view::npos) {
        return {};
    }
    return text.substr(first, text.find_last_not_of(" \t\r\n\v\f*_") - first + 1);
}

}  // namespace fedtrail::recipients
