/// When recipients are asked again, and what is remembered of their answers so that they need not send them
/// again.

#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "fedtrail/core/result.hpp"
#include "fedtrail/core/time.hpp"
#include "fedtrail/core/uri.hpp"
#include "fedtrail/fediverse/node_info.hpp"
#include "fedtrail/records/recipient_card.hpp"

namespace fedtrail {

/// What a server said of one of its documents, for a conditional request (RFC 9110 section 13.1).
struct RememberedAnswer {
    std::string url;
    std::string etag;           ///< As it came; "" is none.
    std::string last_modified;  ///< The same.

    friend bool operator==(const RememberedAnswer&, const RememberedAnswer&) = default;
};

struct RefreshState {
    Host host;
    Instant due{};
    std::uint32_t failures{};                 ///< In a row.
    std::string node_info;                    ///< URI of the document that was read last; "" is none.
    fediverse::NodeFacts node_facts;          ///< What it said.
    fediverse::NodeFacts instance_facts;      ///< What the instance API said.
    std::vector<records::HostAlias> aliases;  ///< That the last visit found, at most 16.
    std::vector<RememberedAnswer> answers;    ///< Of all documents, at most 16.
};

struct RefreshTotals {
    std::uint64_t hosts{};
    std::uint64_t due{};
    std::uint64_t failing{};
};

/// Thread-safe; several processes may share it. Errors of all: Unavailable, Corrupt.
class RefreshBook {
public:
    RefreshBook() = default;
    RefreshBook(const RefreshBook&) = delete;
    RefreshBook& operator=(const RefreshBook&) = delete;
    RefreshBook(RefreshBook&&) = delete;
    RefreshBook& operator=(RefreshBook&&) = delete;
    virtual ~RefreshBook() = default;

    /// Those that are not there yet are due at `due`.
    [[nodiscard]] virtual Result<void> add(std::span<const Host> hosts, Instant due) = 0;
    /// These are due at `due`, and are added where they are not there.
    [[nodiscard]] virtual Result<void> call_for(std::span<const Host> hosts, Instant due) = 0;
    /// At most `limit` of those that are due at `now`, the longest first; until `lease` nobody else gets
    /// them. Who dies meanwhile loses nothing: they are due again then.
    [[nodiscard]] virtual Result<std::vector<RefreshState>> claim(Instant now,
                                                                  Instant lease,
                                                                  std::size_t limit) = 0;
    /// Writes them down as they are, all or none.
    [[nodiscard]] virtual Result<void> put(std::span<const RefreshState> states) = 0;
    /// When the next one is due; nothing if there is none.
    [[nodiscard]] virtual Result<std::optional<Instant>> next_due() const = 0;
    [[nodiscard]] virtual Result<RefreshTotals> totals(Instant now) const = 0;
};

}  // namespace fedtrail
