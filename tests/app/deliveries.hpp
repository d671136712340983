/// Deliveries that a server took, as lines to import.

#pragma once

#include <string>

#include <nlohmann/json.hpp>

namespace fedtrail::testing {

/// A post of `actor` at `origin`, which `recipient` accepted `at` that moment (RFC 3339); a line of NDJSON.
inline std::string accepted_post(const std::string& origin,
                                 const std::string& recipient,
                                 const std::string& actor,
                                 const std::string& object,
                                 const std::string& at = "2026-11-20T07:00:00Z") {
    return nlohmann::json{{"at", at},
                          {"channel", "push"},
                          {"origin", origin},
                          {"recipient", recipient},
                          {"outcome", {{"kind", "accepted"}, {"status", 202}}},
                          {"digest",
                           {{"actor", actor},
                            {"id", object + "/activity"},
                            {"object", object},
                            {"type", "Create"},
                            {"categories", {"post_text"}},
                            {"visibility", "public"}}}}
               .dump() +
           "\n";
}

}  // namespace fedtrail::testing
