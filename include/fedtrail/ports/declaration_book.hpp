/// What the controller wrote down about recipients; who wrote it, when, and why.

#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "fedtrail/core/personal.hpp"
#include "fedtrail/core/result.hpp"
#include "fedtrail/core/time.hpp"
#include "fedtrail/core/uri.hpp"

namespace fedtrail {

/// One thing that stands. docs/transfers.md lists the keys.
struct DeclaredWord {
    std::string key;              ///< "country", "dpf_list.entity".
    Personal<std::string> value;  ///< An operator can be a person.
    Instant at{};
    std::string by;  ///< See records/by.hpp; or "import".
    std::string reason;
};

struct WordChange {
    std::string key;
    std::optional<Personal<std::string>> before{};  ///< The book fills it in.
    std::optional<Personal<std::string>> after{};   ///< Absent: taken back.
};

/// One entry of the history.
struct DeclarationAct {
    Host host;
    Instant at{};
    std::string by;
    std::string reason;
    std::vector<WordChange> changes;
};

/// What is to be written of one host. `change` sees what stands and gives what becomes different; a failure
/// of it is the failure of the whole. It may be called more than once: it must not have effects of its own.
struct Declaring {
    Host host;
    Instant at{};
    std::string by;
    std::string reason;
    std::function<Result<std::vector<WordChange>>(std::span<const DeclaredWord>)> change;
};

/// Thread-safe; several processes may share it. Errors of all: Unavailable, Corrupt.
class DeclarationBook {
public:
    DeclarationBook() = default;
    DeclarationBook(const DeclarationBook&) = delete;
    DeclarationBook& operator=(const DeclarationBook&) = delete;
    DeclarationBook(DeclarationBook&&) = delete;
    DeclarationBook& operator=(DeclarationBook&&) = delete;
    virtual ~DeclarationBook() = default;

    /// What stands of each host, by key, in the order of `hosts`.
    [[nodiscard]] virtual Result<std::vector<std::vector<DeclaredWord>>> declared(
        std::span<const Host> hosts) const = 0;
    /// Hosts of which something stands and that sort after `after`, ascending, at most `limit`.
    [[nodiscard]] virtual Result<std::vector<Host>> declared_hosts(std::string_view after,
                                                                   std::size_t limit) const = 0;
    /// Durable in one step with its history, or nothing of it. What does not change leaves no trace. How many
    /// hosts changed. Errors: also those of `change`.
    [[nodiscard]] virtual Result<std::size_t> declare(std::span<const Declaring> acts) = 0;
    /// The oldest first.
    [[nodiscard]] virtual Result<std::vector<DeclarationAct>> history(const Host& host) const = 0;
};

}  // namespace fedtrail
