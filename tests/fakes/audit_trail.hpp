/// A trail that remembers, and can be told to fail.

#pragma once

#include <mutex>
#include <vector>

#include "fedtrail/ports/audit_trail.hpp"

namespace fedtrail::testing {

class FakeAuditTrail final : public AuditTrail {
public:
    /// The next `n` records are refused.
    int failures = 0;

    Result<void> append(const records::LeafRecord& record) override {
        const std::scoped_lock held{lock_};
        if (failures > 0) {
            --failures;
            return fail(ErrorKind::Unavailable, "the fake trail was told to fail");
        }
        records_.push_back(record);
        return {};
    }

    /// The bodies of one kind, oldest first.
    template <typename Leaf>
    [[nodiscard]] std::vector<Leaf> all() const {
        const std::scoped_lock held{lock_};
        std::vector<Leaf> found;
        for (const auto& record : records_) {
            if (const auto* leaf = std::get_if<Leaf>(&record.body)) {
                found.push_back(*leaf);
            }
        }
        return found;
    }

private:
    mutable std::mutex lock_;
    std::vector<records::LeafRecord> records_;
};

}  // namespace fedtrail::testing
