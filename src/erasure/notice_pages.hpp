/// Notices, page by page.

#pragma once

#include <cstddef>
#include <functional>

#include "fedtrail/core/result.hpp"
#include "fedtrail/ports/notice_book.hpp"

namespace fedtrail::erasure {

/// Hands over each notice that fits `filter`, by number; false ends it. Errors: those of the book.
[[nodiscard]] Result<void> each_notice(const NoticeBook& book,
                                       NoticeFilter filter,
                                       const std::function<bool(records::Notice&&)>& take);

}  // namespace fedtrail::erasure
