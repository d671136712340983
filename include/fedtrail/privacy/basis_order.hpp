/// Which of two transfer bases the law asks less of.

#pragma once

#include <algorithm>
#include <array>

#include "fedtrail/privacy/transfer_basis.hpp"

namespace fedtrail::privacy {

/// Whether a transfer on `a` has less to rest on than one on `b`.
[[nodiscard]] inline bool is_weaker(BasisKind a, BasisKind b) {
    /// From the best, what the law asks least of, to none at all.
    constexpr std::array kOrder{BasisKind::NoneNeeded,
                                BasisKind::Adequacy,
                                BasisKind::StandardClauses,
                                BasisKind::ExplicitConsent,
                                BasisKind::Declared,
                                BasisKind::AdequacyUnverified,
                                BasisKind::Undocumented};
    return std::find(kOrder.begin(), kOrder.end(), a) > std::find(kOrder.begin(), kOrder.end(), b);
}

}  // namespace fedtrail::privacy
