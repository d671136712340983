/// The papers of a request, for an audit bundle.

#pragma once

#include <vector>

#include "app/case_room.hpp"
#include "audit/export.hpp"
#include "erasure/answer.hpp"

namespace fedtrail::app {

/// The answer to the person, in the language of the page, and the letters to operators of other servers.
/// Of a request that was dropped since, or whose person was shredded, only that they belong there is
/// left.
/// Errors: Unavailable, Corrupt.
[[nodiscard]] Result<std::vector<audit::Paper>> bundle_papers(CaseRoom& room,
                                                              records::RequestNumber request,
                                                              const erasure::AnswerWords& words);

}  // namespace fedtrail::app
