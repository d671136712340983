/// Compares what a ledger answers with what the stream says.

#pragma once

#include <cstdint>
#include <vector>

#include "fedtrail/core/result.hpp"
#include "fedtrail/ports/ledger_reader.hpp"

#include "bench/ledger/expected.hpp"
#include "bench/ledger/workload.hpp"

namespace fedtrail::bench {

struct CheckSum {
    std::uint64_t compared{};  ///< Pairs or holders looked at.
    std::uint64_t different{};
};

/// Every recipient of every sampled user with all its sums.
[[nodiscard]] Result<CheckSum> check_pairs(const LedgerReader& ledger,
                                           const Expected& expected,
                                           const std::vector<privacy::SubjectNumber>& subjects);

/// Every holder of every sampled object with its strongest evidence.
[[nodiscard]] Result<CheckSum> check_holders(const LedgerReader& ledger,
                                             const Expected& expected,
                                             const Workload& workload,
                                             const std::vector<privacy::SubjectNumber>& subjects);

/// Every attempt with every sampled object: recipient, second, channel, outcome and status.
[[nodiscard]] Result<CheckSum> check_attempts(const LedgerEvidence& ledger,
                                              const Expected& expected,
                                              const Workload& workload,
                                              const std::vector<privacy::SubjectNumber>& subjects);

}  // namespace fedtrail::bench
