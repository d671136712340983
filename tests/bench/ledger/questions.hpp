/// The three questions, asked of a ledger and of the rows.

#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "fedtrail/core/result.hpp"
#include "fedtrail/ports/ledger_reader.hpp"

#include "bench/ledger/measure.hpp"
#include "bench/ledger/rows.hpp"
#include "bench/ledger/workload.hpp"

namespace fedtrail::bench {

/// Whom and what to ask about, chosen from what the stream gave.
struct Subjects {
    std::uint32_t top_user{};
    std::uint32_t median_user{};
    std::uint32_t top_server{};
    std::uint32_t middle_server{};
    std::vector<std::pair<std::uint32_t, std::uint32_t>> posts;  ///< User and activity, of non-empty waves.
};

/// Counts a stream and chooses from it.
class SubjectChooser {
public:
    explicit SubjectChooser(const Workload& workload);
    void add(const Attempt& attempt);
    [[nodiscard]] Subjects choose() const;

private:
    std::vector<std::uint64_t> of_user_;
    std::vector<std::uint64_t> of_server_;
    std::vector<std::pair<std::uint32_t, std::uint32_t>> posts_;
    std::pair<std::uint32_t, std::uint32_t> last_{~0U, ~0U};
    std::uint64_t waves_{};
    Random random_;
};

struct Answered {
    std::string question;
    std::size_t size{};  ///< Of the answer; of the last one where many things are asked about.
    Latencies times;
    double target_ms{};
};

[[nodiscard]] Result<std::vector<Answered>> ask(const LedgerReader& ledger,
                                                const Workload& workload,
                                                const std::vector<privacy::SubjectNumber>& subjects,
                                                const Subjects& about);
/// `objects` are the rows' numbers of `about.posts`.
[[nodiscard]] Result<std::vector<Answered>> ask(RowStore& rows,
                                                const Subjects& about,
                                                const std::vector<std::int64_t>& objects);

}  // namespace fedtrail::bench
