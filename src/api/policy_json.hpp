/// What recipients promised and promise, as JSON; the same for the API and the command line.

#pragma once

#include <optional>
#include <span>
#include <string>

#include "fedtrail/records/policy_text.hpp"

namespace fedtrail::api {

/// What shows how the wordings of a recipient differ.
[[nodiscard]] std::string difference_command(const Host& host);
[[nodiscard]] std::string policies_json(const Host& host, const records::PolicyHistory& history);
/// Of all recipients. `since` is what was asked for; nothing: from the start.
[[nodiscard]] std::string policy_changes_json(const std::optional<Instant>& since,
                                              std::span<const records::PolicyReplacement> changes);

}  // namespace fedtrail::api
