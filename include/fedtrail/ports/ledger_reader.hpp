/// What can be asked of the ledger.

#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "fedtrail/core/result.hpp"
#include "fedtrail/core/time.hpp"
#include "fedtrail/core/uri.hpp"
#include "fedtrail/fediverse/category.hpp"
#include "fedtrail/privacy/disclosure.hpp"

namespace fedtrail {

/// Half-open: since <= at < until. An absent end is open.
struct Window {
    std::optional<Instant> since;
    std::optional<Instant> until;
    [[nodiscard]] bool everything() const { return !since && !until; }
};

/// All disclosures of one subject to one recipient, added up. Times at one second.
struct PairAggregate {
    Host recipient;
    Instant first{};
    Instant last{};
    std::uint64_t
        objects{};  ///< Distinct things of the subject (posts, reactions, the profile, …) disclosed there.
    std::uint64_t disclosures{};  ///< Attempts that count as disclosures.
    privacy::ChannelSet channels;
    fediverse::CategorySet categories;
    privacy::Evidence strongest{privacy::Evidence::Intended};

    friend bool operator==(const PairAggregate&, const PairAggregate&) = default;
};

/// All disclosures to one recipient, added up.
struct RecipientTotals {
    Host recipient;
    Instant first{};
    Instant last{};
    std::uint64_t subjects{};
    std::uint64_t disclosures{};
    privacy::ChannelSet channels;
    fediverse::CategorySet categories;
    privacy::Evidence strongest{privacy::Evidence::Intended};
    std::uint64_t tunnels{};       ///< Connections that could not be read.
    std::uint64_t tunnel_bytes{};  ///< Bytes sent through them.
};

/// A server that holds, or possibly holds, one object.
struct Holder {
    Host recipient;
    privacy::Evidence strongest{privacy::Evidence::Intended};
    friend bool operator==(const Holder&, const Holder&) = default;
};

/// One attempt to hand an object to a recipient, at one second, whatever came of it.
struct ObservedAttempt {
    Host recipient;
    Instant at{};
    privacy::Channel channel{privacy::Channel::Push};
    privacy::Outcome outcome;
    friend bool operator==(const ObservedAttempt&, const ObservedAttempt&) = default;
};

struct LedgerTotals {
    std::uint64_t subjects{};
    std::uint64_t recipients{};
    std::uint64_t disclosures{};
    std::uint64_t activities{};
    std::optional<Instant> first;
    std::optional<Instant> last;
    std::uint64_t unread_tunnels{};       ///< Connections whose content could not be read …
    std::uint64_t unread_tunnel_hosts{};  ///< … and to how many servers.
    std::uint64_t gap_deliveries{};       ///< Deliveries that left while the ledger could not be written.
};

/// The three questions and the two lists. Thread-safe; sees everything that was durable when it was called.
class LedgerReader {
public:
    LedgerReader() = default;
    LedgerReader(const LedgerReader&) = delete;
    LedgerReader& operator=(const LedgerReader&) = delete;
    LedgerReader(LedgerReader&&) = delete;
    LedgerReader& operator=(LedgerReader&&) = delete;
    virtual ~LedgerReader() = default;

    /// Recipients of a subject (Art. 15(1)(c)), by host. Errors: Corrupt, Unavailable.
    [[nodiscard]] virtual Result<std::vector<PairAggregate>> recipients_of(privacy::SubjectNumber subject,
                                                                           const Window& window) const = 0;
    /// Subjects whose data a recipient got, ascending. An unknown host has none.
    [[nodiscard]] virtual Result<std::vector<privacy::SubjectNumber>> subjects_at(
        const Host& recipient) const = 0;
    /// Recipients of one object of the subject, by host. `object` is the object's or the activity's URI.
    [[nodiscard]] virtual Result<std::vector<Holder>> holders_of(privacy::SubjectNumber subject,
                                                                 const Uri& object) const = 0;
    /// Recipients whose host sorts after `after`, ascending, at most `limit`.
    [[nodiscard]] virtual Result<std::vector<RecipientTotals>> recipients(std::string_view after,
                                                                          std::size_t limit) const = 0;
    [[nodiscard]] virtual Result<LedgerTotals> totals() const = 0;
};

/// The evidence behind the answers. Thread-safe; slower than LedgerReader.
class LedgerEvidence {
public:
    LedgerEvidence() = default;
    LedgerEvidence(const LedgerEvidence&) = delete;
    LedgerEvidence& operator=(const LedgerEvidence&) = delete;
    LedgerEvidence(LedgerEvidence&&) = delete;
    LedgerEvidence& operator=(LedgerEvidence&&) = delete;
    virtual ~LedgerEvidence() = default;

    /// Every attempt with one object, by time, then host. `object` is the object's or the activity's URI.
    [[nodiscard]] virtual Result<std::vector<ObservedAttempt>> attempts_of(privacy::SubjectNumber subject,
                                                                           const Uri& object) const = 0;
};

}  // namespace fedtrail
