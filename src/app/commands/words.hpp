/// Words that several commands print.

#pragma once

#include <string>

#include "fedtrail/core/time.hpp"
#include "fedtrail/fediverse/category.hpp"
#include "fedtrail/records/erasure.hpp"

#include "erasure/reason.hpp"

namespace fedtrail::app {

/// "profile post_text"
[[nodiscard]] inline std::string kinds_of(fediverse::CategorySet set) {
    std::string out;
    for (const auto& [category, name] : fediverse::kDataCategories) {
        if (set.has(category)) {
            out += (out.empty() ? "" : " ") + std::string{name};
        }
    }
    return out;
}

/// The state of a notice; where it was given up by Art. 19, the ground that was given: one state stands for
/// both.
[[nodiscard]] inline std::string shown_state(const records::Notice& notice) {
    const auto code = erasure::reason_of(notice.reason).code;
    const bool given =
        notice.state == fediverse::NoticeState::Disproportionate &&
        (code == erasure::ReasonCode::Impossible || code == erasure::ReasonCode::Disproportionate);
    return std::string{given ? erasure::name_of(code) : fediverse::name_of(notice.state)};
}

/// "since 2026-11-18T09:46:40Z: no connection", of a recipient that fails; `how` may be empty.
[[nodiscard]] inline std::string failing_words(Instant since, const std::string& how) {
    return "since " + format_rfc3339(since) + (how.empty() ? "" : ": " + how);
}

}  // namespace fedtrail::app
