/// What commands ask of a running sidecar.

#pragma once

#include <string>

#include "fedtrail/core/result.hpp"
#include "fedtrail/ports/http_server.hpp"

#include "app/instance.hpp"
#include "app/session.hpp"

namespace fedtrail::app {

/// POSTs `body` (JSON) to `path` of the API of the instance that holds the data folder, with $FEDTRAIL_TOKEN
/// or the token it left for its own user. Errors: Unavailable (it is starting or ending), and what it
/// answered as the error it was (404 NotFound, 403 Denied, 409 Conflict, 422 Invalid).
[[nodiscard]] Result<HttpResponse> ask_sidecar(const Session& session,
                                               const Config& config,
                                               const RunningInstance& running,
                                               const std::string& path,
                                               const std::string& body);

/// GETs `path` of the same, within ten seconds.
[[nodiscard]] Result<HttpResponse> read_sidecar(const Session& session,
                                                const Config& config,
                                                const RunningInstance& running,
                                                const std::string& path);

}  // namespace fedtrail::app
