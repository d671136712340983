#include "api/paging.hpp"

#include <charconv>

namespace fedtrail::api {

namespace {

template <typename Number>
bool reads(const std::string& text, Number& number) {
    const auto* end = text.data() + text.size();
    const auto [stopped, error] = std::from_chars(text.data(), end, number);
    return error == std::errc{} && stopped == end && !text.empty();
}

}  // namespace

Result<std::size_t> limit_of(const Target& target) {
    std::size_t limit = kUsualOnPage;
    const auto asked = target.query("limit");
    if (asked && (!reads(*asked, limit) || limit < 1 || limit > kMostOnPage)) {
        return fail(ErrorKind::Invalid, "limit is not a number from 1 to 1000", "Leave it out for 100.");
    }
    return limit;
}

Result<Page> page_of(const Target& target) {
    const auto limit = limit_of(target);
    if (!limit) {
        return fail(limit);
    }
    Page page{*limit, 0};
    const auto after = target.query("after");
    if (after && !reads(*after, page.after)) {
        return fail(ErrorKind::Invalid, "after is no cursor", "Take the `next` of the page before.");
    }
    return page;
}

std::string filter_words(const Target& target, std::initializer_list<std::string_view> names) {
    std::string words;
    for (const auto name : names) {
        if (const auto value = target.query(name)) {
            words += "&" + std::string{name} + "=" + percent_encoded(*value);
        }
    }
    return words;
}

HttpResponse paged(HttpResponse answer,
                   const std::string& address,
                   const Page& page,
                   std::uint64_t next,
                   const std::string& filters) {
    if (next != 0) {
        answer.headers.emplace_back("Link",
                                    "<" + address + "?limit=" + std::to_string(page.limit) +
                                        "&after=" + std::to_string(next) + filters + ">; rel=\"next\"");
    }
    return answer;
}

}  // namespace fedtrail::api
