#include "fedtrail/fediverse/politeness.hpp"

#include <chrono>
#include <string>

#include <catch2/catch.hpp>

using namespace fedtrail;
using namespace std::chrono_literals;
using fediverse::Robots;

namespace {

const Instant kNow = *parse_rfc3339("2026-11-22T10:00:00Z");

struct Said {
    int status{};
    HttpHeaders headers;
};

}  // namespace

TEST_CASE("robots.txt is read as RFC 9309 says", "[politeness]") {
    const auto robots = Robots::parse(
        "User-agent: *\nDisallow: /\n\n# ours\nUser-Agent: other\nuser-agent: FedTrail\n"
        "Disallow: /private # all of it\nAllow: /private/open\nDisallow: /*.json$\nDisallow:\n",
        "fedtrail");
    CHECK(robots.allow("/@a@b.example"));
    CHECK(!robots.allow("/private/x"));
    CHECK(robots.allow("/private/open/x"));
    CHECK(!robots.allow("/a/b.json"));
    CHECK(robots.allow("/a/b.json?c"));
    const auto nobody = Robots::parse("User-agent: *\nDisallow: /@\n", "fedtrail");
    CHECK(!nobody.allow("/@a@b.example"));
    CHECK(nobody.allow("/about"));
    CHECK(Robots::parse("", "fedtrail").allow("/x"));
    CHECK(Robots::parse("Disallow: /\n", "fedtrail").allow("/x"));  // a rule without a group
    const auto equal = Robots::parse("User-agent: *\nDisallow: /a\nAllow: /a\n", "fedtrail");
    CHECK(equal.allow("/a"));
}

TEST_CASE("without a robots.txt everything is allowed, with one that cannot be read nothing",
          "[politeness]") {
    CHECK(Robots::of(404, "", "fedtrail").allow("/x"));
    CHECK(Robots::of(401, "", "fedtrail").allow("/x"));
    CHECK(!Robots::of(503, "", "fedtrail").allow("/x"));
    CHECK(!Robots::of(0, "", "fedtrail").allow("/x"));
    CHECK(!Robots::of(200, "User-agent: *\nDisallow: /", "fedtrail").allow("/x"));
}

TEST_CASE("a pattern of many stars costs no more than its length and the path's", "[politeness]") {
    std::string stars = "User-agent: *\nDisallow: /";
    for (int i = 0; i < 1'000; ++i) {
        stars += "*a";
    }
    const auto robots = Robots::parse(stars + "b\n", "fedtrail");
    CHECK(robots.allow("/" + std::string(2'000, 'a')));
}

TEST_CASE("a server that wants to be left alone says until when", "[politeness]") {
    const auto rest_until = [](const Said& said, Instant now) {
        return fediverse::rest_until(said.status, said.headers, now);
    };
    CHECK(!rest_until(Said{200, {}}, kNow));
    CHECK(rest_until(Said{429, {{"Retry-After", "120"}}}, kNow) == kNow + 120s);
    CHECK(rest_until(Said{503, {{"retry-after", "Sun, 22 Nov 2026 10:05:00 GMT"}}}, kNow) == kNow + 5min);
    CHECK(rest_until(Said{429, {}}, kNow) == kNow + 1h);
    CHECK(fediverse::rest_until(429, {}, kNow, 5min) == kNow + 5min);
    CHECK(fediverse::rest_until(429, {{"Retry-After", "120"}}, kNow, 5min) == kNow + 2min);
    CHECK(!fediverse::rest_until(503, {}, kNow, 5min));
    CHECK(!rest_until(Said{200, {{"RateLimit-Remaining", "7"}, {"RateLimit-Reset", "60"}}}, kNow));
    CHECK(rest_until(Said{200, {{"RateLimit-Remaining", "0"}, {"RateLimit-Reset", "60"}}}, kNow) ==
          kNow + 1min);
    CHECK(
        rest_until(
            Said{200, {{"X-RateLimit-Remaining", "1"}, {"X-RateLimit-Reset", "2026-11-22T10:03:00.123456Z"}}},
            kNow) == kNow + 3min + 123ms);
    CHECK(rest_until(Said{200, {{"X-RateLimit-Remaining", "0"}, {"X-RateLimit-Reset", "1795342800"}}}, kNow)
              .has_value());
    CHECK(rest_until(Said{429, {{"Retry-After", "99999999"}}}, kNow) == kNow + 24h);
    CHECK(rest_until(Said{503, {{"Retry-After", "99999999999999999999"}}}, kNow) == kNow + 24h);
    CHECK(rest_until(Said{503, {{"Retry-After", "1"}, {"retry-after", "120"}}}, kNow) == kNow + 120s);
    CHECK(!rest_until(Said{503, {{"Retry-After", "-99999999999"}}}, kNow));
    CHECK(!rest_until(Said{503, {{"Retry-After", "12e9"}}}, kNow));
    CHECK(!rest_until(Said{200, {{"X-RateLimit-Remaining", "0"}, {"X-RateLimit-Reset", "soon"}}}, kNow));
    CHECK(rest_until(Said{429, {{"RateLimit-Remaining", "0"}, {"RateLimit-Reset", "9223372036854775807"}}},
                     kNow) == kNow + 1h);
}
