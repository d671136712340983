/// Lists in pages: `limit` and `after`, a `next` in the document and in a Link header (RFC 8288).

#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>

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

/// The queries of these names, as they stand in the address of the next page: "&open=true".
[[nodiscard]] std::string filter_words(const Target& target, std::initializer_list<std::string_view> names);

/// Adds the Link header; `next` 0 is the last page. `filters`: filter_words() of the list.
[[nodiscard]] HttpResponse paged(HttpResponse answer,
                                 const std::string& address,
                                 const Page& page,
                                 std::uint64_t next,
                                 const std::string& filters = {});

}  // namespace fedtrail::api
