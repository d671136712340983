/// Requests, plans and notices as JSON; the schemas are schemas/erasure-*.schema.json. The same for REST and
/// the command line.

#pragma once

#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "api/request_acts.hpp"
#include "erasure/desk.hpp"
#include "erasure/escalation.hpp"

namespace fedtrail::api {

/// One request with its scope, clock, progress, history, what is held and what is to be decided. The
/// addresses of objects are null without `names`.
[[nodiscard]] std::string request_json(const erasure::RequestView& view,
                                       bool names,
                                       std::span<const erasure::DecisionDue> decisions);
/// Requests without objects, history and what is held. `next` is the cursor of the next page, or 0.
[[nodiscard]] std::string requests_json(const erasure::RequestRows& rows, records::RequestNumber next);
/// A request as it is after an act, with the plan's totals if one was made.
[[nodiscard]] std::string acted_json(const Acted& acted);
[[nodiscard]] std::string plan_json(const erasure::PlanPreview& plan);
/// `passing_on`: Desk::passing_on() of their recipients. `next` is the cursor of the next page, or 0.
[[nodiscard]] std::string notices_json(std::span<const records::Notice> notices,
                                       const std::set<Host>& passing_on,
                                       records::NoticeNumber next);
[[nodiscard]] std::string notice_json(const records::Notice& notice,
                                      const std::set<Host>& passing_on,
                                      const NoticeHistory& history);
[[nodiscard]] std::string history_json(records::RequestNumber number,
                                       std::span<const records::RequestEvent> events);
/// A letter with where it belongs.
struct SentLetter {
    records::RequestNumber request;
    Host recipient;
    records::NoticeLetter letter;
    bool waiting{};  ///< It lies in a file, and nobody said that it was sent.
};
/// Those of a request, by notice, oldest first. Errors: those of the book.
[[nodiscard]] Result<std::vector<SentLetter>> letters_of(const NoticeBook& book,
                                                         records::RequestNumber request);
struct OpenLetters {
    std::vector<SentLetter> letters;                           ///< By request.
    std::vector<DamagedRow<records::ErasureRequest>> damaged;  ///< Whose letters cannot be told.
};
/// Those of all open requests, and of those closed in part the ones that wait to be sent, as long as letters
/// go on for it at `now`. Errors: those of the books but Corrupt.
[[nodiscard]] Result<OpenLetters> letters_of_open(const RequestBook& requests,
                                                  const NoticeBook& notices,
                                                  Instant now);
/// `folder` is where letters lie that are to be sent by hand.
[[nodiscard]] std::string letters_json(const OpenLetters& letters, const std::string& folder);

/// How far a request has come: one line, for streams.
[[nodiscard]] std::string progress_json(const records::ErasureRequest& request, const NoticeTally& tally);

/// "admin", "person", "observed".
[[nodiscard]] std::string_view name_of(records::RequestSource source);
/// "account", "objects", "matching".
[[nodiscard]] std::string_view name_of(records::ScopeKind kind);
/// "answered", "unreachable", …
[[nodiscard]] std::string_view name_of(records::AttemptResult result);
/// "account", or "2 objects at a.example": without the objects themselves.
[[nodiscard]] std::string scope_words(const records::ErasureScope& scope);

}  // namespace fedtrail::api
