/// Which messages a recipient is known to have taken.

#pragma once

#include <span>
#include <string_view>

#include "fedtrail/core/result.hpp"
#include "fedtrail/core/time.hpp"
#include "fedtrail/ports/notice_book.hpp"
#include "fedtrail/ports/request_book.hpp"
#include "fedtrail/records/erasure.hpp"

#include "erasure/delivery_rules.hpp"

namespace fedtrail::erasure {

/// The scheme of an attempt that the origin itself made; its step is an object's place in the request's
/// scope. Answered: it was seen passing. Sent: it left, and the ledger does not know the answer.
inline constexpr std::string_view kByOrigin = "origin";

/// Whether it took the account's Delete before: of what was sent to the recipient of `notice` so far, in
/// whichever round or request of the same person, by us or by the origin. `notice` is as the book has it.
/// Errors: those of the books.
[[nodiscard]] Result<ActorTaken> actor_taken(const NoticeBook& notices,
                                             const RequestBook& requests,
                                             const records::Notice& notice);

/// Whether a message of ours left before `moment`, or may have: one that began, and of which a crash left no
/// outcome. Attempts as NoticeBook::history() has them, in their order.
[[nodiscard]] bool left_before(std::span<const records::NoticeAttempt> attempts, Instant moment);

/// Whether it took each thing that it was told of so far, in one form at least, or the account's own Delete.
/// Errors: those of the book.
[[nodiscard]] Result<bool> took_everything(const NoticeBook& notices, const records::Notice& notice);

}  // namespace fedtrail::erasure
