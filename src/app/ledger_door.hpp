/// Forgetting in the ledger, so that its windows in the transparency log still add up afterwards.

#pragma once

#include <filesystem>

#include "fedtrail/ports/shredding.hpp"
#include "fedtrail/ports/subject_vault.hpp"

#include "backends/sqlite/ledger_windows.hpp"

namespace fedtrail::app {

class LedgerDoor final : public LedgerForgetter {
public:
    /// `recorder` and `sealer` must outlive it; `ledger` is the file.
    LedgerDoor(LedgerForgetter& recorder, std::filesystem::path ledger, const SubjectSealer& sealer)
        : recorder_(recorder), ledger_(std::move(ledger)), sealer_(sealer) {}

    /// The hashes of the person's leaves are written down while their key can still make them.
    [[nodiscard]] Result<void> forget(privacy::SubjectNumber subject,
                                      const std::function<Result<void>()>& destroy_key) override {
        return recorder_.forget(subject, [&]() -> Result<void> {
            if (const auto kept = sqlite::keep_commitments(ledger_, sealer_, subject); !kept) {
                return fail(kept);
            }
            return destroy_key();
        });
    }

private:
    LedgerForgetter& recorder_;
    std::filesystem::path ledger_;
    const SubjectSealer& sealer_;
};

}  // namespace fedtrail::app
