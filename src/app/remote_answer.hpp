/// One question to another server, and its answer awaited: for commands and checks, which have nothing else
/// to do meanwhile.

#pragma once

#include "fedtrail/ports/remote_http.hpp"

namespace fedtrail::app {

/// The answer; TimedOut if none came within the request's own time.
[[nodiscard]] RemoteResponse answer_to(RemoteRequest request, RemoteHttp& http);

}  // namespace fedtrail::app
