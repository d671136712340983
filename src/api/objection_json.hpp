/// Objections as JSON and in words; the same for the API and the command line.

#pragma once

#include <map>
#include <span>
#include <string>

#include "fedtrail/core/result.hpp"
#include "fedtrail/records/erasure.hpp"

namespace fedtrail::api {

/// Errors: Invalid (how a recipient is written).
[[nodiscard]] Result<Host> objected_host(const std::string& text);

struct ObjectionBody {
    Host recipient;
    std::string reason;  ///< "" if none is given.
};

/// A body with the member `recipient`, and `reason` if `takes_reason`. Errors: Invalid.
[[nodiscard]] Result<ObjectionBody> objection_body(const std::string& json, bool takes_reason);

/// One document as in schemas/cli/objections.schema.json.
[[nodiscard]] std::string objections_json(privacy::SubjectNumber subject,
                                          std::span<const records::Objection> objections,
                                          const std::map<Host, std::string>& reasons);

}  // namespace fedtrail::api
