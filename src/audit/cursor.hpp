/// Reads JSON in the one spelling that json_text.hpp writes, from the front, without making a tree of it:
/// what comes from outside can be as deep and as long as it likes.

#pragma once

#include <charconv>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>

#include "fedtrail/core/bytes.hpp"

namespace fedtrail::audit {

class Cursor {
public:
    explicit Cursor(std::string_view rest) : rest_(rest) {}

    [[nodiscard]] bool take(std::string_view text) {
        if (!rest_.starts_with(text)) {
            return false;
        }
        rest_.remove_prefix(text.size());
        return true;
    }
    /// In decimal digits, none too many.
    template <std::integral Number = std::uint64_t>
    [[nodiscard]] std::optional<Number> number() {
        Number value{};
        const auto* const end = rest_.data() + rest_.size();
        const auto [stop, error] = std::from_chars(rest_.data(), end, value);
        const auto* const digits = rest_.starts_with('-') ? rest_.data() + 1 : rest_.data();
        if (error != std::errc{} || (*digits == '0' && (stop != digits + 1 || digits != rest_.data()))) {
            return std::nullopt;
        }
        rest_.remove_prefix(static_cast<std::size_t>(stop - rest_.data()));
        return value;
    }
    /// Up to the next quotation mark, which is taken off as well.
    [[nodiscard]] std::optional<std::string_view> quoted() {
        const auto end = rest_.find('"');
        if (end == std::string_view::npos) {
            return std::nullopt;
        }
        const auto text = rest_.substr(0, end);
        rest_.remove_prefix(end + 1);
        return text;
    }
    /// A text as put_text() writes it, of at most `most` octets.
    [[nodiscard]] std::optional<std::string> text(std::size_t most);
    /// One of the words name(0) to name(count - 1), in quotation marks.
    template <typename Name>
    [[nodiscard]] bool take_word(std::size_t count, Name name) {
        const auto spelled = take("\"") ? quoted() : std::nullopt;
        for (unsigned each = 0; spelled && each < count; ++each) {
            if (name(each) == *spelled) {
                return true;
            }
        }
        return false;
    }
    /// "unnamed server 3", in quotation marks; `what` is what stands before the number.
    [[nodiscard]] bool take_label(std::string_view what) {
        if (!take("\"") || !take(what) || !take(" ")) {
            return false;
        }
        const auto place = number();
        return place && *place > 0 && take("\"");
    }
    [[nodiscard]] std::string_view rest() const { return rest_; }

private:
    std::string_view rest_;
};

}  // namespace fedtrail::audit
