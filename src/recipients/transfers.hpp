/// On what the transfers to all recipients rest, and what turning a switch would change.

#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "fedtrail/ports/ledger_reader.hpp"
#include "fedtrail/ports/switch_book.hpp"

#include "recipients/register.hpp"

namespace fedtrail::recipients {

struct BasisCount {
    privacy::BasisKind kind{};
    privacy::BasisReason reason{};
    std::uint64_t recipients{};
    std::uint64_t disclosures{};
};

struct BasisCounts {
    std::vector<BasisCount> counts;  ///< By kind, then reason; only those that occur.
    std::uint64_t recipients{};
    std::uint64_t stale{};  ///< Recipients whose answer rests on data that was checked too long ago.
};

/// Of all recipients of the ledger, for a transfer on the day `transfer`. Errors: Unavailable, Corrupt.
[[nodiscard]] Result<BasisCounts> count_bases(const LedgerReader& ledger,
                                              const RecipientRegister& cards,
                                              privacy::Day transfer);

struct SwitchState {
    bool on{};
    bool allowed{};                 ///< policies/adequacy.json has it on; else nobody can turn it on.
    std::vector<SwitchTurn> turns;  ///< The oldest first.
};

/// Errors: Unavailable, Corrupt.
[[nodiscard]] Result<SwitchState> dpf_state(const RegisterPolicies& policies, const SwitchBook& book);

/// Whose basis would not be what it is, in the order of hosts. Errors: Unavailable, Corrupt.
[[nodiscard]] Result<std::vector<privacy::BasisChange>> effect_of_dpf(const LedgerReader& ledger,
                                                                      const Register& cards,
                                                                      bool on,
                                                                      privacy::Day transfer);

/// Errors: Invalid (no reason, or one that is too long), Conflict (it is so already), Denied (on, while
/// policies/adequacy.json has it off), Unavailable, Corrupt.
[[nodiscard]] Result<void> turn_dpf(const RegisterPolicies& policies, SwitchBook& book, SwitchTurn turn);

}  // namespace fedtrail::recipients
