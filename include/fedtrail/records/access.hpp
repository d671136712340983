/// A look at a person's data by somebody who is not that person, or by them.

#pragma once

#include <cstddef>
#include <string>

#include "fedtrail/core/time.hpp"
#include "fedtrail/privacy/disclosure.hpp"

namespace fedtrail::records {

inline constexpr std::size_t kMaxAccessWords = 2'000;  ///< Octets of a reason.

/// Who looked, when, at what, and why (GDPR Art. 32; CJEU C-579/21). It belongs to the person's own report.
struct Access {
    privacy::SubjectNumber subject;
    Instant at{};
    std::string what;  ///< "report", "name", "objects", "answer".
    std::string by;    ///< "cli", "api:<token id>"; never a person's name.
    std::string why;   ///< What they said; may be empty. Sealed at rest.
    bool revealed{};   ///< The name behind the number was shown.

    friend bool operator==(const Access&, const Access&) = default;
};

}  // namespace fedtrail::records
