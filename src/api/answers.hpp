/// Answers in one form: JSON, problem documents (RFC 9457), security headers.

#pragma once

#include <string>

#include "fedtrail/core/error.hpp"
#include "fedtrail/ports/http_server.hpp"

namespace fedtrail::api {

/// `title` is the same for every problem of its kind, `detail` says what and where.
[[nodiscard]] HttpResponse problem(int status,
                                   const std::string& title,
                                   const std::string& detail,
                                   const std::string& remedy = {});

/// A failure of ours as a problem: NotFound 404, Denied 403, Conflict 409, Invalid 422, Unavailable 503 with
/// Retry-After, Corrupt 500.
[[nodiscard]] HttpResponse problem(const Error& error);

/// 400: the request cannot be understood.
[[nodiscard]] HttpResponse bad_request(const std::string& detail, const std::string& remedy = {});

[[nodiscard]] HttpResponse json_answer(std::string body);

/// Adds what every answer carries: no sniffing, no caching, no referrer, nothing loaded, no framing; what is
/// already set stays.
[[nodiscard]] HttpResponse secured(HttpResponse answer);

}  // namespace fedtrail::api
