#include "api/period.hpp"

namespace fedtrail::api {

namespace {

Result<std::optional<Instant>> moment(const std::optional<std::string>& text, const std::string& name) {
    if (!text) {
        return std::optional<Instant>{};
    }
    const auto at = parse_rfc3339(text->size() == 10 ? *text + "T00:00:00Z" : *text);
    if (!at) {
        return fail(
            ErrorKind::Invalid, name + " is not a moment", "Write 2026-11-22 or 2026-11-22T10:00:00Z.");
    }
    return std::optional{*at};
}

}  // namespace

Result<Window> period_of(const std::optional<std::string>& since, const std::optional<std::string>& until) {
    const auto first = moment(since, "since");
    const auto end = moment(until, "until");
    if (!first || !end) {
        return fail(!first ? first : end);
    }
    return Window{*first, *end};
}

}  // namespace fedtrail::api
