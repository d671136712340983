/// Letters that a person sends: each lies in a file and waits until somebody says that it went out.

#pragma once

#include <chrono>

#include "fedtrail/ports/notice_book.hpp"

namespace fedtrail::erasure {

/// When it is looked whether a letter helped.
inline constexpr std::chrono::hours kLookAfterLetter{24 * 7};

/// The letter that lies in a file and is not known to have been sent; none if none does. Of `history`.
[[nodiscard]] const records::NoticeLetter* waiting_letter(const NoticeHistory& history);

/// Records that a letter left, at `record.at`: the notice is Escalated if it can be, and is looked at
/// `look_after` later. Errors: NotFound (no such notice), Conflict, those of the book.
[[nodiscard]] Result<void> record_letter(NoticeBook& notices,
                                         records::NoticeLetter record,
                                         std::chrono::hours look_after);

/// Records that a person sent the letter that waits for this notice; gives the notice as it is then. Errors:
/// NotFound (no such notice, or no letter of it waits), those of the book.
[[nodiscard]] Result<records::Notice> letter_sent_by_hand(NoticeBook& notices,
                                                          records::NoticeNumber notice,
                                                          Instant at,
                                                          std::chrono::hours look_after = kLookAfterLetter);

/// Errors: NotFound, those of the book.
[[nodiscard]] Result<records::Notice> notice_numbered(const NoticeBook& notices,
                                                      records::NoticeNumber number);

}  // namespace fedtrail::erasure
