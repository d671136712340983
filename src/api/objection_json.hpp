/// Objections as JSON and in words; the same for the API and the command line.

#pragma once

#include <span>
#include <string>

#include "fedtrail/core/result.hpp"
#include "fedtrail/records/erasure.hpp"

namespace fedtrail::api {

/// Errors: Invalid (how a recipient is written).
[[nodiscard]] Result<Host> objected_host(const std::string& text);

/// A body with the one member `recipient`. Errors: Invalid.
[[nodiscard]] Result<Host> objection_body(const std::string& json);

/// One document as in schemas/cli/objections.schema.json.
[[nodiscard]] std::string objections_json(privacy::SubjectNumber subject,
                                          std::span<const records::Objection> objections);

}  // namespace fedtrail::api
