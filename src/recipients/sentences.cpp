#include "recipients/sentences.hpp"

#include <algorithm>
#include <array>

namespace fedtrail::recipients {

namespace {

// Whatever ends with a stop and is followed by a capital all the same.
constexpr std::array<std::string_view, 36> kShort{
    "art",  "abs", "nr", "no", "z.b", "d.h", "e.g", "i.e", "etc", "bzw", "ca",  "dr",
    "mr",   "mrs", "ms", "st", "str", "inc", "ltd", "co",  "vgl", "ggf", "lit", "par",
    "p.ej", "ej",  "es", "np", "ust", "pkt", "tel", "sig", "s.a", "vs",  "cf",  "bijv"};

bool is_blank(char c) {
    return c == ' ' || c == '\t';
}

char lower(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

/// Whether what stands before the stop is an abbreviation or a bare number or letter.
bool is_short(std::string_view before) {
    const auto begin = before.find_last_of(" \t(\"");
    auto word = std::string{begin == std::string_view::npos ? before : before.substr(begin + 1)};
    std::transform(word.begin(), word.end(), word.begin(), lower);
    const bool digits =
        !word.empty() && std::all_of(word.begin(), word.end(), [](char c) { return c >= '0' && c <= '9'; });
    return word.size() == 1 || (digits && word.size() <= 2) ||
           std::find(kShort.begin(), kShort.end(), word) != kShort.end();
}

std::string_view stripped(std::string_view text) {
    while (!text.empty() && is_blank(text.front())) {
        text.remove_prefix(1);
    }
    while (!text.empty() && (is_blank(text.back()) || text.back() == '\r')) {
        text.remove_suffix(1);
    }
    return text;
}

/// Where the sentence that `line` begins with ends.
std::size_t end_of_sentence(std::string_view line) {
    for (std::size_t i = 0; i + 1 < line.size(); ++i) {
        const char c = line[i];
        if ((c != '.' && c != '!' && c != '?') || !is_blank(line[i + 1])) {
            continue;
        }
        const auto next = line.find_first_not_of(" \t", i + 1);
        const bool goes_on = next == std::string_view::npos || (line[next] >= 'a' && line[next] <= 'z');
        if (!goes_on && !(c == '.' && is_short(line.substr(0, i)))) {
            return i + 1;
        }
    }
    return line.size();
}

/// Octets of the character that `text` begins with; 0 if it is none (overlong forms and surrogates are not
/// told apart: nothing here depends on them).
std::size_t character_at(std::string_view text) {
    const auto lead = static_cast<unsigned char>(text.front());
    const std::size_t size = lead < 0x80          ? 1
                             : (lead >> 5U) == 6  ? 2
                             : (lead >> 4U) == 14 ? 3
                             : (lead >> 3U) == 30 ? 4
                                                  : 0;
    if (size == 0 || size > text.size()) {
        return 0;
    }
    const auto rest = text.substr(1, size - 1);
    const bool whole = std::all_of(
        rest.begin(), rest.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) == 0x80U; });
    return whole ? size : 0;
}

/// C0 but the line's end, DEL, C1.
bool is_control(std::string_view character) {
    const auto first = static_cast<unsigned char>(character.front());
    if (character.size() == 1) {
        return (first < 0x20 && first != '\n') || first == 0x7F;
    }
    return character.size() == 2 && first == 0xC2 && static_cast<unsigned char>(character[1]) < 0xA0;
}

}  // namespace

std::string clean_text(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    while (!text.empty()) {
        const auto size = character_at(text);
        const auto character = size == 0 ? std::string_view{"\xef\xbf\xbd"} : text.substr(0, size);
        text.remove_prefix(std::max<std::size_t>(size, 1));
        out += character == "\t"       ? std::string_view{" "}
               : is_control(character) ? std::string_view{}
                                       : character;
    }
    return out;
}

namespace {

/// Until `found` has `most`.
void add_sentences_of(std::string_view line, std::size_t most, std::vector<std::string_view>& found) {
    while (!line.empty() && found.size() < most) {
        const auto end = end_of_sentence(line);
        if (const auto sentence = stripped(line.substr(0, end)); !sentence.empty()) {
            found.push_back(sentence);
        }
        line.remove_prefix(end);
    }
}

/// Whether the code point is the large letter of a pair in Latin Extended-A, whose small one comes next.
constexpr bool is_large_of_pair(unsigned point) {
    const bool even =
        (point >= 0x100 && point <= 0x137 && point != 0x130) || (point >= 0x14A && point <= 0x176);
    const bool odd = (point >= 0x139 && point <= 0x147) || (point >= 0x179 && point <= 0x17D);
    return point % 2 == 0 ? even : odd;
}

}  // namespace

std::vector<std::string_view> sentences_of(std::string_view text, std::size_t most) {
    std::vector<std::string_view> found;
    while (!text.empty() && found.size() < most) {
        const auto line = text.substr(0, text.find('\n'));
        text.remove_prefix(std::min(text.size(), line.size() + 1));
        add_sentences_of(line, most, found);
    }
    return found;
}

std::string lower_latin(std::string_view text) {
    std::string out{text};
    for (std::size_t i = 0; i < out.size(); ++i) {
        const auto octet = static_cast<unsigned char>(out[i]);
        if (octet < 0x80) {
            out[i] = lower(out[i]);
            continue;
        }
        if ((octet != 0xC3 && octet != 0xC4 && octet != 0xC5) || i + 1 >= out.size()) {
            continue;
        }
        const auto second = static_cast<unsigned char>(out[i + 1]);
        if ((second & 0xC0U) != 0x80U) {
            continue;  // no UTF-8: what stands there is a letter of its own
        }
        const unsigned point = ((octet & 0x1FU) << 6U) | (second & 0x3FU);
        unsigned small = point;
        if (point >= 0xC0 && point <= 0xDE && point != 0xD7) {
            small = point + 0x20;
        } else if (is_large_of_pair(point)) {
            small = point + 1;
        }
        out[i] = static_cast<char>(0xC0U | (small >> 6U));
        out[i + 1] = static_cast<char>(0x80U | (small & 0x3FU));
        ++i;
    }
    return out;
}

}  // namespace fedtrail::recipients
