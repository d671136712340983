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

/// Whether that `told` is in a chunk makes `asked`, of the same second and place, nothing new. A disclosure
/// says all that an intent over its channel does: beside it the intent would count, and go on counting once
/// it has come to the same.
[[nodiscard]] inline bool covers(ledger::OutcomeCode told, ledger::OutcomeCode asked) {
    return told == asked ||
           (is_intent(asked) && channel_of(told) == channel_of(asked) && ledger::rank_of(told) != 0);
}

}  // namespace fedtrail::sqlite
