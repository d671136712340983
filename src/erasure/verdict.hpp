/// What a look or a trace found out about a copy: into the notices, into the recipient's honour rate, and
/// back to the request if a copy came back.

#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "fedtrail/core/result.hpp"
#include "fedtrail/fediverse/dialect.hpp"
#include "fedtrail/ports/clock.hpp"
#include "fedtrail/ports/notice_book.hpp"
#include "fedtrail/ports/notice_outcomes.hpp"
#include "fedtrail/ports/recipient_directory.hpp"
#include "fedtrail/ports/request_book.hpp"

namespace fedtrail::erasure {

/// What they name must outlive whom they are given to.
struct VerdictPorts {
    RequestBook& requests;
    NoticeBook& notices;
    const NoticeOutcomes& outcomes;
    RecipientDirectory& directory;
    const Clock& clock;
    /// From the sight of a copy that came back to the messages that tell its server anew: longer than
    /// anything that was sent before may still be under way.
    std::chrono::seconds tell_again_after{std::chrono::minutes{10}};
    /// Which posts of an account a plan left out; none: it left out none.
    const fediverse::Dialects* dialects{};
};

/// How often a recipient whose copy comes back is told anew in one request.
inline constexpr std::uint32_t kMostRounds = 3;

struct Verdict {
    records::Notice notice;                                          ///< As it is to be.
    fediverse::NoticeState before{fediverse::NoticeState::Planned};  ///< As it was.
    std::vector<records::NoticeLook> looks;                          ///< What led to it.
    bool served{};  ///< The origin itself served it: it may be back on purpose, and nobody is told anew.
    /// The origin did not say what it has of it: whoever is told anew waits until it is seen gone once more.
    bool unsure{};
};

/// Wakes closed requests of which a copy came back, which must see their origin gone once more, as must open
/// ones whose origin did not say what it has, and lets its recipient be told anew: all its steps once more,
/// in the second wave, under other ids, at most kMostRounds times. Writes the notices in one step, then
/// counts the recipients whose verdicts changed. Giving the same again is safe. Errors: those of the books;
/// Conflict: a notice is not any more what the verdict was made of; make it anew.
[[nodiscard]] Result<void> write_verdicts(VerdictPorts& ports, std::span<const Verdict> verdicts);

/// Counts anew how one recipient honours deletions: each person's copy once, with the latest verdict over all
/// requests but those refused, withdrawn or taken up by another. Errors: those of the books.
[[nodiscard]] Result<void> count_honour(VerdictPorts& ports, const Host& recipient);

/// The one notice of a request to a recipient; nothing if there is none. Errors: those of the book.
[[nodiscard]] Result<std::optional<records::Notice>> notice_to(const NoticeBook& notices,
                                                               records::RequestNumber request,
                                                               const Host& recipient);

}  // namespace fedtrail::erasure
