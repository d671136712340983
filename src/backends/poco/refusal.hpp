/// What the engine refuses by itself, as problem documents (RFC 9457).

#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "fedtrail/ports/http_server.hpp"

namespace fedtrail::poco {

/// Its title is the phrase of the status. Neither text has anything in it that JSON escapes. The connection
/// ends with it.
[[nodiscard]] HttpResponse refusal(int status, std::string_view detail, std::string_view remedy);

/// 503, to be tried again soon.
[[nodiscard]] HttpResponse too_many(std::string_view what);

/// What is wrong with the head of a request, to its empty line, so that Poco need not say it without a word
/// of why: the form of its first line and of its headers (RFC 9112 sections 3 and 5, RFC 9110 section 5.5),
/// their number, the version, a length that is no number.
[[nodiscard]] std::optional<HttpResponse> wrong_head(std::string_view head);

/// The request that begins so is a HEAD, whose answer has no body (RFC 9110 section 9.3.2).
[[nodiscard]] bool asks_for_head(std::string_view head);

/// As it is sent, HTTP/1.1; its Content-Length is that of the body in any case.
[[nodiscard]] std::string on_the_wire(const HttpResponse& answer, bool to_head);

}  // namespace fedtrail::poco
