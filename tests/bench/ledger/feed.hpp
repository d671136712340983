/// Writes a workload into a ledger through its port: names resolved once, then packed observations.

#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "fedtrail/core/result.hpp"
#include "fedtrail/ports/ledger_writer.hpp"

#include "bench/ledger/workload.hpp"

namespace fedtrail::bench {

class PackedFeed {
public:
    /// `subjects` are the numbers of the workload's users in their order. The workload and the ledger outlive
    /// the feed.
    PackedFeed(const Workload& workload, LedgerWriter& ledger, std::vector<privacy::SubjectNumber> subjects);

    /// Makes texts and records of a batch; not part of what is measured.
    void prepare(const ObservationBatch& batch);
    /// Writes the prepared batch and makes it durable.
    [[nodiscard]] Result<void> write();

    [[nodiscard]] std::uint64_t added() const { return added_; }
    /// Observations that the ledger said it had already.
    [[nodiscard]] std::uint64_t known() const { return known_; }

private:
    struct NewActivity {
        std::uint32_t user{};
        std::uint32_t index{};
        Activity activity;
        ActivityText text;
    };
    struct Prepared {
        PackedObservation observation;
        std::uint32_t user{};
        std::uint32_t activity{};
        std::uint32_t server{};
    };

    [[nodiscard]] Result<void> resolve();

    const Workload& workload_;
    LedgerWriter& ledger_;
    std::vector<privacy::SubjectNumber> subjects_;
    std::vector<privacy::RecipientNumber> recipients_;  ///< By server.
    std::vector<bool> recipient_known_;
    std::vector<std::vector<ActivityNumber>> activities_;  ///< By user and index.
    std::vector<std::vector<bool>> activity_known_;
    std::vector<std::uint32_t> new_servers_;
    std::vector<Host> new_hosts_;
    std::vector<NewActivity> new_activities_;
    std::vector<Prepared> prepared_;
    std::uint64_t added_{};
    std::uint64_t known_{};
};

}  // namespace fedtrail::bench
