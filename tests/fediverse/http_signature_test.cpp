#include "fedtrail/fediverse/http_signature.hpp"

#include <catch2/catch.hpp>

#include "fediverse/signature_lines.hpp"

using namespace fedtrail;
using namespace fedtrail::fediverse;

namespace {

using Headers = std::vector<std::pair<std::string, std::string>>;

SignableRequest post() {
    return {"POST",
            *Uri::parse("https://r.example:8443/inbox?x=1"),
            *parse_rfc3339("2026-11-22T04:12:05.999Z"),
            "application/activity+json",
            "YWJj"};
}

SignableRequest get() {
    return {"GET", *Uri::parse("https://r.example/users/a#main-key"), Instant{}, {}, {}};
}

}  // namespace

TEST_CASE("A draft-cavage POST signs target, host, date, digest and content type", "[fediverse][signature]") {
    const auto base = cavage_base(post());
    CHECK(base.text ==
          "(request-target): post /inbox?x=1\n"
          "host: r.example:8443\n"
          "date: Sun, 22 Nov 2026 04:12:05 GMT\n"
          "digest: SHA-256=YWJj\n"
          "content-type: application/activity+json");
    CHECK(base.headers == Headers{{"Host", "r.example:8443"},
                                  {"Date", "Sun, 22 Nov 2026 04:12:05 GMT"},
                                  {"Digest", "SHA-256=YWJj"},
                                  {"Content-Type", "application/activity+json"}});
    CHECK(cavage_headers(base, "https://o.example/users/a#main-key", "c2ln") ==
          Headers{{"Signature",
                   R"(keyId="https://o.example/users/a#main-key",algorithm="rsa-sha256",)"
                   R"(headers="(request-target) host date digest content-type",signature="c2ln")"}});
}

TEST_CASE("A draft-cavage GET signs what it has, and no fragment leaves", "[fediverse][signature]") {
    const auto base = cavage_base(get());
    CHECK(base.text ==
          "(request-target): get /users/a\nhost: r.example\ndate: Thu, 01 Jan 1970 00:00:00 GMT");
    CHECK(base.params == "(request-target) host date");
    CHECK(base.headers.size() == 2);
}

TEST_CASE("An RFC 9421 POST signs method, target URI and content digest", "[fediverse][signature]") {
    const auto base = rfc9421_base(post(), "https://o.example/users/a#main-key", "rsa-v1_5-sha256");
    const std::string params = R"(("@method" "@target-uri" "content-digest");created=1795320725;)"
                               R"(keyid="https://o.example/users/a#main-key";alg="rsa-v1_5-sha256")";
    CHECK(base.params == params);
    CHECK(base.text ==
          "\"@method\": POST\n"
          "\"@target-uri\": https://r.example:8443/inbox?x=1\n"
          "\"content-digest\": sha-256=:YWJj:\n"
          "\"@signature-params\": " +
              params);
    CHECK(base.headers == Headers{{"Host", "r.example:8443"},
                                  {"Date", "Sun, 22 Nov 2026 04:12:05 GMT"},
                                  {"Content-Digest", "sha-256=:YWJj:"},
                                  {"Content-Type", "application/activity+json"}});
    CHECK(rfc9421_headers(base, "c2ln") ==
          Headers{{"Signature-Input", "sig1=" + params}, {"Signature", "sig1=:c2ln:"}});
}

TEST_CASE("An RFC 9421 GET signs method and target URI", "[fediverse][signature]") {
    const auto base = rfc9421_base(get(), "k", "ed25519");
    CHECK(base.text ==
          "\"@method\": GET\n\"@target-uri\": https://r.example/users/a\n"
          "\"@signature-params\": (\"@method\" \"@target-uri\");created=0;keyid=\"k\";alg=\"ed25519\"");
}

TEST_CASE("A key id cannot end its own quotes", "[fediverse][signature]") {
    const auto base = rfc9421_base(get(), R"(a";alg="none\)", "ed25519");
    CHECK_THAT(base.params, Catch::EndsWith(R"(;keyid="a\";alg=\"none\\";alg="ed25519")"));
    CHECK_THAT(cavage_headers(cavage_base(get()), R"(a",signature="x)", "c2ln").front().second,
               Catch::StartsWith(R"(keyId="a\",signature=\"x",algorithm=)"));
}

TEST_CASE("Dates are written as HTTP wants them", "[fediverse][signature]") {
    const auto date = [](const char* text) { return http_date(*parse_rfc3339(text)); };
    CHECK(date("1994-11-06T08:49:37Z") == "Sun, 06 Nov 1994 08:49:37 GMT");  // RFC 9110 section 5.6.7
    CHECK(date("2024-02-29T23:59:59.999Z") == "Thu, 29 Feb 2024 23:59:59 GMT");
    CHECK(date("2026-11-22T00:00:00+01:00") == "Sat, 21 Nov 2026 23:00:00 GMT");
    CHECK(date("9999-12-31T23:59:59Z") == "Fri, 31 Dec 9999 23:59:59 GMT");
}
