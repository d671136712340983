/// A whole workload written into a ledger, measured; and the first part of it written as rows.

#pragma once

#include <cstdint>
#include <filesystem>
#include <vector>

#include "fedtrail/core/result.hpp"
#include "fedtrail/ports/ledger_writer.hpp"

#include "bench/ledger/expected.hpp"
#include "bench/ledger/measure.hpp"
#include "bench/ledger/questions.hpp"
#include "bench/ledger/workload.hpp"

namespace fedtrail::bench {

struct IngestPlan {
    std::uint64_t limit{~std::uint64_t{0}};  ///< Observations.
    std::uint64_t fold_every{1'000};         ///< Commits.
};

struct Ingested {
    std::uint64_t observations{};
    std::uint64_t known{};  ///< Taken for repetitions.
    Stopwatch writing;      ///< Names, observations, commits.
    Stopwatch folding;
    FoldSummary folds;
    WorkloadCounts counts;
};

/// Feeds `workload` to the end or the limit, folding as it goes and once at the end for all that is old
/// enough; tells `expected` and `chooser` what it gave.
[[nodiscard]] Result<Ingested> ingest(Workload& workload,
                                      LedgerWriter& ledger,
                                      const std::vector<privacy::SubjectNumber>& subjects,
                                      const IngestPlan& plan,
                                      Expected& expected,
                                      SubjectChooser& chooser);

struct RowsIngested {
    std::uint64_t rows{};
    Stopwatch writing;
    std::uint64_t bytes{};
    double first_rate{};  ///< Rows a second over the first and the last tenth.
    double last_rate{};
    std::vector<Answered> answers;
};

/// The first `limit` observations of the model as rows in a new database at `file`, a thousand a transaction.
[[nodiscard]] Result<RowsIngested> ingest_rows(const Model& model,
                                               const std::filesystem::path& file,
                                               std::uint64_t limit);

}  // namespace fedtrail::bench
