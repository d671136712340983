/// Whether a recipient is known to have taken the Delete of an account before.

#pragma once

#include "fedtrail/core/result.hpp"
#include "fedtrail/ports/notice_book.hpp"
#include "fedtrail/ports/request_book.hpp"

#include "erasure/delivery_rules.hpp"

namespace fedtrail::erasure {

/// Of what was sent to the recipient of `notice` so far, in whichever round or request of the same person, by
/// us or by the origin. `notice` is as the book has it. Errors: those of the books.
[[nodiscard]] Result<ActorTaken> actor_taken(const NoticeBook& notices,
                                             const RequestBook& requests,
                                             const records::Notice& notice);

}  // namespace fedtrail::erasure
