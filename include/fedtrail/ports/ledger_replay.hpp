/// Everything that was disclosed of a subject, activity by activity.

#pragma once

#include <cstdint>
#include <functional>
#include <span>

#include "fedtrail/core/result.hpp"
#include "fedtrail/core/uri.hpp"
#include "fedtrail/fediverse/category.hpp"
#include "fedtrail/privacy/disclosure.hpp"

namespace fedtrail {

/// An activity of a subject, without its names.
struct ReplayedActivity {
    fediverse::CategorySet categories;
    fediverse::Visibility visibility{fediverse::Visibility::Unknown};
    bool takes_back{};  ///< A Delete or an Undo.
};

/// Attempts that disclosed an activity to one server over one channel.
struct ReplayedDisclosures {
    std::uint32_t recipient{};  ///< Index into the hosts.
    privacy::Channel channel{privacy::Channel::Push};
    std::uint64_t disclosures{};
};

/// Thread-safe.
class LedgerReplay {
public:
    /// `to` by recipient, then channel, each pair once, never empty. False ends it.
    using Visitor = std::function<bool(const ReplayedActivity&, std::span<const ReplayedDisclosures> to)>;

    LedgerReplay() = default;
    LedgerReplay(const LedgerReplay&) = delete;
    LedgerReplay& operator=(const LedgerReplay&) = delete;
    LedgerReplay(LedgerReplay&&) = delete;
    LedgerReplay& operator=(LedgerReplay&&) = delete;
    virtual ~LedgerReplay() = default;

    /// Every activity of the subject that was disclosed to one of `hosts`, in the order of the ledger. The
    /// disclosures add up to those of LedgerReader::recipients_of(). Memory does not grow with their number.
    /// Errors: Corrupt, Unavailable.
    [[nodiscard]] virtual Result<void> visit_disclosed(privacy::SubjectNumber subject,
                                                       std::span<const Host> hosts,
                                                       const Visitor& visitor) const = 0;
    /// Deliveries of the subject's data that a transfer rule or an objection stopped, each attempt counted.
    /// Reads the whole history. Errors: Corrupt, Unavailable.
    [[nodiscard]] virtual Result<std::uint64_t> prevented(privacy::SubjectNumber subject) const = 0;
};

}  // namespace fedtrail
