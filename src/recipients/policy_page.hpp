/// What comes in place of a policy: a door to log in by, the front page, somebody's profile, a page that says
/// that there is none.

#pragma once

#include "fedtrail/core/uri.hpp"
#include "fedtrail/ports/html_reader.hpp"

namespace fedtrail::recipients {

/// Whether a redirect from the place of a policy to `to` leads to something else.
[[nodiscard]] bool leads_away(const Uri& from, const Uri& to);

/// Whether a page that came with status 200 is a form to log in by, or says that nothing is there.
[[nodiscard]] bool is_no_policy(const HtmlText& page);

}  // namespace fedtrail::recipients
