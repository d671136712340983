#include "erasure/notice_pages.hpp"

#include <algorithm>
#include <iterator>

namespace fedtrail::erasure {

namespace {

constexpr std::size_t kPage = 10'000;

}  // namespace

Result<void> each_notice(const NoticeBook& book,
                         NoticeFilter filter,
                         const std::function<bool(records::Notice&&)>& take) {
    filter.limit = kPage;
    for (bool more = true; more;) {
        auto page = book.notices(filter);
        if (!page) {
            return fail(page);
        }
        more = page->size() == kPage;
        filter.after = page->empty() ? filter.after : page->back().number;
        more = std::all_of(std::make_move_iterator(page->begin()),
                           std::make_move_iterator(page->end()),
                           std::cref(take)) &&
               more;
    }
    return {};
}

}  // namespace fedtrail::erasure
