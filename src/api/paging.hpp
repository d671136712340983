/// Lists in pages: `limit` and `after`, a `next` in the document and in a Link header (RFC 8288).

#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "fedtrail/core/result.hpp"
#include "fedtrail/ports/http_server.hpp"

#include "api/target.hpp"

namespace fedtrail::api {

inline constexpr std::size_t kMostOnPage = 1000;
inline constexpr std::size_t kUsualOnPage = 100;

struct Page {
    std::size_t limit{kUsualOnPage};
    std::uint64_t after{};
};

/// Errors: Invalid.
[[nodiscard]] Result<std::size_t> limit_of(const Target& target);
/// For lists whose cursor is a number. Errors: Invalid.
[[nodiscard]] Result<Page> page_of(const Target& target);

/// Adds the Link header; `next` 0 is the last page.
[[nodiscard]] HttpResponse paged(HttpResponse answer,
                                 const std::string& address,
                                 const Page& page,
                                 std::uint64_t next);

}  // namespace fedtrail::api
