/// Whether somebody still posts.

#pragma once

#include "fedtrail/core/result.hpp"
#include "fedtrail/core/time.hpp"
#include "fedtrail/privacy/disclosure.hpp"

namespace fedtrail {

/// Thread-safe.
class Posting {
public:
    Posting() = default;
    Posting(const Posting&) = delete;
    Posting& operator=(const Posting&) = delete;
    Posting(Posting&&) = delete;
    Posting& operator=(Posting&&) = delete;
    virtual ~Posting() = default;

    /// Whether the origin sent anything of the subject after this moment that was new then. A Delete, an
    /// Undo, a late delivery of something older, what servers fetch and what others pass on are none of it.
    /// At one second. Errors: Corrupt, Unavailable.
    [[nodiscard]] virtual Result<bool> posts_after(privacy::SubjectNumber subject, Instant moment) const = 0;
};

}  // namespace fedtrail
