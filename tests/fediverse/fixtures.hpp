/// The documents in tests/fediverse/fixtures and what is expected of each.

#pragma once

#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "fedtrail/fediverse/digest.hpp"

namespace fedtrail::fediverse::test {

/// An expected digest; `roles` stands beside `digest.shares` and says "actor", "author" or "other".
struct Expected {
    ActivityDigest digest;
    std::vector<std::string> roles;
};

inline std::filesystem::path fixtures() {
    return std::filesystem::path{FEDTRAIL_SOURCE_DIR} / "tests/fediverse/fixtures";
}

inline std::vector<std::string> fixture_names() {
    std::vector<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator{fixtures()}) {
        if (entry.path().extension() == ".json") {
            names.push_back(entry.path().stem().string());
        }
    }
    return names;
}

inline std::string text_of_file(const std::filesystem::path& path) {
    std::ifstream file{path, std::ios::binary};
    INFO(path.string());
    REQUIRE(file.good());
    return {std::istreambuf_iterator<char>{file}, {}};
}

inline std::string fixture(const std::string& name) {
    return text_of_file(fixtures() / (name + ".json"));
}

/// "handle post_text" or "handle, post_text"; "–" is none.
inline CategorySet categories_named(const std::string& text) {
    CategorySet set;
    std::istringstream words{text};
    for (std::string word; words >> word;) {
        if (word.back() == ',') {
            word.pop_back();
        }
        if (word == "–") {
            continue;
        }
        const auto category = category_named(word);
        INFO(word);
        REQUIRE(category);
        set.add(*category);
    }
    return set;
}

inline DataShare share_of_line(const std::string& role, std::istringstream& line) {
    DataShare share;
    std::string word;
    line >> word;
    if (word.back() != ':') {
        share.actor = Personal<std::string>{word};
        line >> word;
        INFO(role);
        REQUIRE(word.front() == '@');
        share.username = Personal<std::string>{word.substr(1, word.size() - 2)};
    } else {
        share.actor = Personal<std::string>{word.substr(0, word.size() - 1)};
    }
    std::string rest;
    std::getline(line, rest);
    share.categories = categories_named(rest);
    return share;
}

/// Reads "NAME.digest": lines `type`, `id`, `object`, `visibility`, then one line for each share.
inline Expected expected(const std::string& name) {
    Expected out;
    std::istringstream lines{text_of_file(fixtures() / (name + ".digest"))};
    for (std::string text; std::getline(lines, text);) {
        std::istringstream line{text};
        std::string word;
        std::string value;
        line >> word;
        if (word == "actor" || word == "author" || word == "other") {
            out.roles.push_back(word);
            out.digest.shares.push_back(share_of_line(word, line));
            continue;
        }
        line >> value;
        if (word == "type") {
            out.digest.type = value;
        } else if (word == "id") {
            out.digest.id = Personal<std::string>{value};
        } else if (word == "object") {
            out.digest.object = Personal<std::string>{value};
        } else {
            REQUIRE(word == "visibility");
            REQUIRE(visibility_named(value));
            out.digest.visibility = *visibility_named(value);
        }
    }
    return out;
}

}  // namespace fedtrail::fediverse::test
