/// What the ledger's opaque numbers mean.

#pragma once

#include <cstdint>

#include "fedtrail/ledger/chunk.hpp"
#include "fedtrail/privacy/disclosure.hpp"

namespace fedtrail::sqlite {

/// rank << 24 | channel << 20 | kind << 16 | status; the rank is the evidence + 1, 0 for what is no
/// disclosure.
[[nodiscard]] ledger::OutcomeCode outcome_code(const privacy::Outcome& outcome, privacy::Channel channel);

[[nodiscard]] privacy::Outcome outcome_of(ledger::OutcomeCode code);
[[nodiscard]] privacy::Channel channel_of(ledger::OutcomeCode code);

[[nodiscard]] inline bool is_intent(ledger::OutcomeCode code) {
    return (code >> 16U & 0xFU) == static_cast<std::uint32_t>(privacy::OutcomeKind::Intended);
}

}  // namespace fedtrail::sqlite
