/// Walks through the books page by page.

#pragma once

#include <cstddef>
#include <vector>

#include "fedtrail/core/result.hpp"
#include "fedtrail/ports/notice_book.hpp"
#include "fedtrail/ports/request_book.hpp"

namespace fedtrail {

inline constexpr std::size_t kBookPage = 1'000;

/// The same for one page that was read; moves the filter on.
template <typename One, typename Filter, typename Visit>
[[nodiscard]] Result<void> visit_page(std::vector<One>& page, Filter& filter, const Visit& visit) {
    for (auto& one : page) {
        filter.after = one.number;
        if (Result<void> visited = visit(one); !visited) {
            return visited;
        }
    }
    return {};
}

/// Gives every request that the filter lets through to `visit`, which returns Result<void>; a failure ends
/// it. Errors: those of the book and of `visit`.
template <typename Visit>
[[nodiscard]] Result<void> visit_requests(const RequestBook& book, RequestFilter filter, const Visit& visit) {
    filter.limit = kBookPage;
    for (;;) {
        auto page = book.requests(filter);
        if (!page) {
            return fail(page);
        }
        if (auto visited = visit_page(*page, filter, visit); !visited || page->size() < kBookPage) {
            return visited;
        }
    }
}

/// The same past those that are damaged, each of which is given to `pass`. Errors: those of the book and of
/// `visit`; Corrupt: all but what is damaged was visited.
template <typename Visit, typename Pass>
[[nodiscard]] Result<void> visit_whole_requests(const RequestBook& book,
                                                RequestFilter filter,
                                                const Visit& visit,
                                                const Pass& pass) {
    filter.limit = kBookPage;
    Result<void> damage;
    for (;;) {
        auto page = book.whole_requests(filter);
        if (!page) {
            return fail(page);
        }
        damage = damage ? page->whole() : damage;
        for (const auto& row : page->damaged) {
            pass(row);
        }
        const bool last = page->rows.size() < kBookPage;
        if (auto visited = visit_page(page->rows, filter, visit); !visited || last) {
            return visited ? damage : visited;
        }
    }
}

template <typename Visit>
[[nodiscard]] Result<void> visit_whole_requests(const RequestBook& book,
                                                const RequestFilter& filter,
                                                const Visit& visit) {
    return visit_whole_requests(book, filter, visit, [](const auto& /*damaged*/) {});
}

/// As visit_requests(), for notices; not for filters by time.
template <typename Visit>
[[nodiscard]] Result<void> visit_notices(const NoticeBook& book, NoticeFilter filter, const Visit& visit) {
    filter.limit = kBookPage;
    for (;;) {
        auto page = book.notices(filter);
        if (!page) {
            return fail(page);
        }
        if (auto visited = visit_page(*page, filter, visit); !visited || page->size() < kBookPage) {
            return visited;
        }
    }
}

}  // namespace fedtrail
