/// Which objects of a subject lie where.

#pragma once

#include <cstdint>
#include <functional>
#include <span>

#include "fedtrail/core/personal.hpp"
#include "fedtrail/core/result.hpp"
#include "fedtrail/core/time.hpp"
#include "fedtrail/core/uri.hpp"
#include "fedtrail/fediverse/category.hpp"
#include "fedtrail/privacy/disclosure.hpp"

namespace fedtrail {

/// One activity of a subject that was disclosed.
struct HeldActivity {
    Personal<std::string> activity;  ///< URI; "" if it has none.
    Personal<std::string> object;    ///< URI of the subject's own object, else the activity's.
    fediverse::CategorySet categories;
    fediverse::Visibility visibility{fediverse::Visibility::Unknown};
    Instant first{};  ///< Of its disclosures, at one second.
};

/// Thread-safe.
class LedgerHoldings {
public:
    /// `at` are the servers of `wanted` (indexes, ascending) that hold or possibly hold the activity. False
    /// ends it.
    using Visitor = std::function<bool(const HeldActivity&, std::span<const std::uint32_t> at)>;

    LedgerHoldings() = default;
    LedgerHoldings(const LedgerHoldings&) = delete;
    LedgerHoldings& operator=(const LedgerHoldings&) = delete;
    LedgerHoldings(LedgerHoldings&&) = delete;
    LedgerHoldings& operator=(LedgerHoldings&&) = delete;
    virtual ~LedgerHoldings() = default;

    /// Every activity of the subject that at least one of `wanted` holds, oldest first, each once. Memory
    /// does not grow with their number. Errors: Corrupt, Unavailable.
    [[nodiscard]] virtual Result<void> visit_held(privacy::SubjectNumber subject,
                                                  std::span<const Host> wanted,
                                                  const Visitor& visitor) const = 0;
};

}  // namespace fedtrail
