/// A workload as a file of observations, imported the way `fedtrail import ndjson` does it: reader, recorder,
/// vault and ledger, everything durable at the end.

#pragma once

#include <cstdint>
#include <filesystem>

#include "fedtrail/core/result.hpp"

#include "bench/ledger/check.hpp"
#include "bench/ledger/measure.hpp"
#include "bench/ledger/workload.hpp"

namespace fedtrail::bench {

struct NdjsonIngested {
    std::uint64_t lines{};
    std::uint64_t bytes{};
    std::uint64_t fresh{};
    std::uint64_t rejected{};
    Stopwatch importing;
    CheckSum pairs;  ///< Of sampled subjects.
};

/// Writes the first `limit` observations of `model` into a file in `directory`, which must be empty, and
/// imports it into a new ledger there. A fetch is told by its object alone, as an access log tells it.
[[nodiscard]] Result<NdjsonIngested> ingest_ndjson(const Model& model,
                                                   const std::filesystem::path& directory,
                                                   std::uint64_t limit);

}  // namespace fedtrail::bench
