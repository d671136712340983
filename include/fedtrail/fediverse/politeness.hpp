/// What a server asks of those who look at it: robots.txt (RFC 9309) and the headers of its rate limits.
/// Pure.

#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "fedtrail/core/http_headers.hpp"
#include "fedtrail/core/time.hpp"

namespace fedtrail::fediverse {

/// The rules of one robots.txt for one agent.
class Robots {
public:
    /// `text` beyond 500 KiB is not read (RFC 9309 section 2.5). `agent` is a product token ("fedtrail"), in
    /// any case; where no group names it those for "*" count.
    [[nodiscard]] static Robots parse(std::string_view text, std::string_view agent);
    /// What an answer to GET /robots.txt means (section 2.3.1): 2xx its rules, 4xx everything is allowed, the
    /// rest (and no answer, 0) nothing.
    [[nodiscard]] static Robots of(int status, std::string_view body, std::string_view agent);

    /// `path` with its query, percent-encoded. The longest rule counts, of equals the one that allows.
    [[nodiscard]] bool allow(std::string_view path) const;

private:
    struct Rule {
        std::string pattern;
        bool allows{};
    };
    std::vector<Rule> rules_;
};

/// Until when a server wants to be left alone: Retry-After (RFC 9110 section 10.2.3), or a limit that is used
/// up (RateLimit-Remaining and X-RateLimit-Remaining, with their Reset in seconds, as a time or as a moment).
/// At most a day; `unsaid` where it says 429 without a time.
[[nodiscard]] std::optional<Instant> rest_until(int status,
                                                const HttpHeaders& headers,
                                                Instant now,
                                                std::chrono::milliseconds unsaid = std::chrono::hours{1});

}  // namespace fedtrail::fediverse
