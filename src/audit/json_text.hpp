/// JSON in the one spelling that a bundle's lines have: no white space, keys in the given order, only what
/// must be escaped is. Fast, since it is written for every record when a bundle is made and once more when it
/// is checked.

#pragma once

#include <charconv>
#include <string>
#include <string_view>

#include "fedtrail/core/bytes.hpp"

namespace fedtrail::audit {

/// A JSON string; text that is not UTF-8 becomes {"base64":"…"}.
void put_text(std::string& out, std::string_view text);
/// ASCII, with nothing in it that is escaped.
[[nodiscard]] bool is_plain(std::string_view text);

template <typename Number>
void put_number(std::string& out, Number number) {
    char digits[24];  // NOLINT(cppcoreguidelines-avoid-c-arrays): to_chars writes into it
    const auto end = std::to_chars(std::begin(digits), std::end(digits), number).ptr;
    out.append(std::begin(digits), end);
}

/// Writes an object's members one after the other.
class JsonObject {
public:
    explicit JsonObject(std::string& out) : out_(out) { out_ += '{'; }

    JsonObject& key(std::string_view name) {
        out_ += first_ ? "\"" : ",\"";
        first_ = false;
        out_ += name;
        out_ += "\":";
        return *this;
    }
    template <typename Number>
    JsonObject& number(std::string_view name, Number value) {
        key(name);
        put_number(out_, value);
        return *this;
    }
    JsonObject& text(std::string_view name, std::string_view value) {
        key(name);
        put_text(out_, value);
        return *this;
    }
    /// One of our own words: nothing in it is escaped.
    JsonObject& word(std::string_view name, std::string_view value) {
        key(name);
        out_ += '"';
        out_ += value;
        out_ += '"';
        return *this;
    }
    JsonObject& flag(std::string_view name, bool value) {
        key(name);
        out_ += value ? "true" : "false";
        return *this;
    }
    JsonObject& null(std::string_view name) {
        key(name);
        out_ += "null";
        return *this;
    }
    void end() { out_ += '}'; }

private:
    std::string& out_;
    bool first_{true};
};

}  // namespace fedtrail::audit
