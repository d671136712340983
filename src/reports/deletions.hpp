/// How far the erasure of one person's data has come at each recipient (Art. 19).

#pragma once

#include <map>
#include <optional>

#include "fedtrail/core/result.hpp"
#include "fedtrail/core/time.hpp"
#include "fedtrail/fediverse/notice.hpp"
#include "fedtrail/ports/notice_book.hpp"
#include "fedtrail/ports/request_book.hpp"

namespace fedtrail::reports {

struct DeletionState {
    std::optional<fediverse::NoticeState> state;  ///< Absent: nothing was asked of it.
    bool everything{};                  ///< The whole account and everything of it; else some of it.
    bool told{};                        ///< As far as we know; records::was_told().
    std::optional<Instant> told_at;     ///< When it acknowledged.
    records::RequestNumber request{0};  ///< That asked; 0: none.

    friend bool operator==(const DeletionState&, const DeletionState&) = default;
};

/// One state per recipient that a request of `subject` names. Where several did, one for the whole account
/// counts before one for a part, and the later before the earlier. A notice that was never sent and whose
/// request was refused or withdrawn asked nothing. Errors: Unavailable, Corrupt.
[[nodiscard]] Result<std::map<Host, DeletionState>> deletions_of(const NoticeBook& notices,
                                                                 const RequestBook& requests,
                                                                 privacy::SubjectNumber subject);

}  // namespace fedtrail::reports
