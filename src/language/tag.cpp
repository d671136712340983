#include "language/tag.hpp"

#include <algorithm>

namespace fedtrail::language {

namespace {

bool is_letter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

}  // namespace

bool is_tag(std::string_view text) {
    return text.size() >= 2 && text.size() <= 35 && is_letter(text.front()) && text.back() != '-' &&
           std::all_of(text.begin(), text.end(), [](char c) {
               return is_letter(c) || (c >= '0' && c <= '9') || c == '-';
           });
}

std::string lower(std::string_view text) {
    std::string out{text};
    std::transform(out.begin(), out.end(), out.begin(), [](char c) {
        return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    });
    return out;
}

std::string_view primary(std::string_view tag) {
    return tag.substr(0, tag.find('-'));
}

}  // namespace fedtrail::language
