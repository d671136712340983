/// Which hosts are one recipient's: its aliases, and hosts that differ by their port only. Pure.

#pragma once

#include <cstddef>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "fedtrail/core/uri.hpp"

namespace fedtrail::privacy {

/// "example.org" of "example.org:8443", "[::1]" of "[::1]:8443".
[[nodiscard]] std::string_view without_port(const Host& host);

/// Ports do not matter: a host is its name here.
class JoinedHosts {
public:
    /// Both are hosts of one recipient, and so is whatever either is joined to already.
    void join(const Host& a, const Host& b);

    /// All names of the recipient that has a host of this name, its own among them, sorted; empty: it is
    /// joined to none.
    [[nodiscard]] std::span<const std::string> names(std::string_view name) const;
    /// Those of `host`; its own name alone if it is joined to none.
    [[nodiscard]] std::vector<std::string> names_of(const Host& host) const;
    /// Whether both are hosts of one recipient.
    [[nodiscard]] bool are_one(const Host& a, const Host& b) const;
    /// The names of each recipient that has several.
    [[nodiscard]] std::vector<std::span<const std::string>> recipients() const;
    /// Whether no two names are one recipient's.
    [[nodiscard]] bool empty() const noexcept { return place_.empty(); }

    /// Whether both say the same, whatever the order in which they learned it.
    friend bool operator==(const JoinedHosts& a, const JoinedHosts& b);

private:
    struct NameHash {
        using is_transparent = void;  // NOLINT(readability-identifier-naming): the standard's word
        std::size_t operator()(std::string_view name) const noexcept {
            return std::hash<std::string_view>{}(name);
        }
    };

    std::size_t place_of(std::string_view name);

    std::unordered_map<std::string, std::size_t, NameHash, std::equal_to<>> place_;  ///< In `lists_`.
    std::vector<std::vector<std::string>> lists_;  ///< Each sorted; one that went into another is empty.
};

}  // namespace fedtrail::privacy
