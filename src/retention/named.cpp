#include "retention/named.hpp"

#include <algorithm>
#include <string>

namespace fedtrail::retention {

namespace {

std::string lower(std::string_view text) {
    std::string out{text};
    std::transform(out.begin(), out.end(), out.begin(), [](char c) {
        return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    });
    return out;
}

bool goes_on(char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' ||
           static_cast<unsigned char>(c) >= 0x80;
}

bool has_word(const std::string& text, const std::string& word) {
    for (auto at = text.find(word); at != std::string::npos; at = text.find(word, at + 1)) {
        const auto end = at + word.size();
        if ((at == 0 || !goes_on(text[at - 1])) && (end == text.size() || !goes_on(text[end]))) {
            return true;
        }
    }
    return false;
}

}  // namespace

bool names_person(std::string_view text, const SubjectIdentity& person) {
    const auto said = lower(text);
    const auto handle = lower(person.handle.reveal());
    const auto actor = lower(person.actor.reveal());
    const auto user = handle.substr(0, handle.find('@'));
    const auto has = [&said](const std::string& name) {
        return !name.empty() && said.find(name) != std::string::npos;
    };
    return has(handle) || has(actor) || (!user.empty() && has_word(said, user));
}

}  // namespace fedtrail::retention
