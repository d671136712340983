/// The keys of texts, which are to be the same in every language.

#pragma once

#include <set>
#include <string>

namespace fedtrail::reports::test {

[[nodiscard]] inline bool is_count(const std::string& key) {
    return key.compare(0, 6, "count.") == 0;
}

[[nodiscard]] inline bool is_about(const std::string& key) {
    return key.compare(0, 6, "about.") == 0;
}

/// Without the form of a noun, which is the language's own.
template <typename Texts>
[[nodiscard]] std::set<std::string> keys_of(const Texts& texts) {
    std::set<std::string> keys;
    for (const auto& [key, text] : texts.all()) {
        keys.insert(is_count(key) ? key.substr(0, key.rfind('.')) : key);
    }
    return keys;
}

}  // namespace fedtrail::reports::test
