/// Where events go that the transparency log has to know.

#pragma once

#include "fedtrail/core/result.hpp"
#include "fedtrail/records/leaf.hpp"

namespace fedtrail {

/// Thread-safe; several processes may share it.
///
/// Events that are themselves stored somewhere (a request, a notice, an objection) are taken down by their
/// store, in the transaction that stores them. This door is for the others: policies, exports, runs of
/// retention, looks at a person's data.
class AuditTrail {
public:
    AuditTrail() = default;
    AuditTrail(const AuditTrail&) = delete;
    AuditTrail& operator=(const AuditTrail&) = delete;
    AuditTrail(AuditTrail&&) = delete;
    AuditTrail& operator=(AuditTrail&&) = delete;
    virtual ~AuditTrail() = default;

    /// When it returns, the event is durable; it stands in the log with the next checkpoint, exactly once.
    /// Errors: Unavailable, Invalid (a text too long).
    [[nodiscard]] virtual Result<void> append(const records::LeafRecord& record) = 0;
};

}  // namespace fedtrail
