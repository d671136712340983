/// What doctor says of the handles of an origin's people.

#pragma once

#include <chrono>
#include <cstddef>
#include <string>

#include "fedtrail/ports/clock.hpp"
#include "fedtrail/ports/remote_http.hpp"
#include "fedtrail/ports/subject_vault.hpp"

#include "app/checks.hpp"

namespace fedtrail::app {

struct HandleAskPorts {
    const SubjectVault& vault;
    RemoteHttp& http;
    const Clock& clock;
};

struct HandleAskLimits {
    std::string user_agent;
    std::size_t looked_through{1'000};         ///< People, for some of that origin.
    std::size_t asked_for{3};                  ///< Of them, one after the other, until one is named.
    std::chrono::milliseconds timeout{5'000};  ///< For each of at most three questions about each.
};

/// Asks an origin's WebFinger (RFC 7033) for one of its people. A warning where the host in the handles is
/// not the one that is configured, or is not confirmed. Names hosts, never people. Errors: those of the
/// vault.
[[nodiscard]] Result<Check> check_handles_of(const OriginConfig& origin,
                                             const HandleAskPorts& ports,
                                             const HandleAskLimits& limits);

}  // namespace fedtrail::app
