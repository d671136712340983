#include "backends/sqlite/ledger_codes.hpp"

namespace fedtrail::sqlite {

ledger::OutcomeCode outcome_code(const privacy::Outcome& outcome, privacy::Channel channel) {
    const auto evidence = privacy::evidence_of(outcome);
    const std::uint32_t rank = evidence ? static_cast<std::uint32_t>(*evidence) + 1U : 0U;
    return rank << 24U | static_cast<std::uint32_t>(channel) << 20U |
           static_cast<std::uint32_t>(outcome.kind) << 16U | outcome.status;
}

privacy::Outcome outcome_of(ledger::OutcomeCode code) {
    return privacy::Outcome{static_cast<privacy::OutcomeKind>(code >> 16U & 0xFU),
                            static_cast<std::uint16_t>(code & 0xFFFFU)};
}

privacy::Channel channel_of(ledger::OutcomeCode code) {
    return static_cast<privacy::Channel>(code >> 20U & 0xFU);
}

}  // namespace fedtrail::sqlite
