/// Lines as real programs write them.

#pragma once

#include <string>

namespace fedtrail::test {

inline const std::string kMastodon = "Mastodon/4.3.0 (http.rb/5.2.0; +https://a.example/)";
inline const std::string kFirefox = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0";
inline const std::string kActivity = "application/activity+json, application/ld+json";
/// As nginx escapes it in JSON.
inline const std::string kCavage =
    R"(keyId=\"https://b.example/actor#main-key\",algorithm=\"rsa-sha256\",headers=\"(request-target) host date\",signature=\"x==\")";
inline const std::string kRfc9421 =
    R"(sig1=(\"@method\" \"@target-uri\");created=1796034200;keyid=\"https://c.example/actor#main-key\")";

/// A line of docs/ingress.md's log_format.
struct Request {
    std::string uri;
    std::string agent{kMastodon};
    std::string accept{kActivity};
    std::string signature{};
    std::string signature_input{};
    int status{200};
    std::string method{"GET"};
    std::string host{"origin.example"};
    std::string time{"1796034200.250"};

    [[nodiscard]] std::string json() const {
        return R"({"time":)" + time + R"(,"method":")" + method + R"(","host":")" + host + R"(","uri":")" +
               uri + R"(","status":)" + std::to_string(status) + R"(,"bytes":1234,"agent":")" + agent +
               R"(","accept":")" + accept + R"(","signature":")" + signature + R"(","signature_input":")" +
               signature_input + R"("})";
    }
    [[nodiscard]] std::string combined() const {
        return R"(192.0.2.1 - - [30/Nov/2026:11:23:20 +0100] ")" + method + " " + uri + R"( HTTP/1.1" )" +
               std::to_string(status) + R"( 1234 "-" ")" + agent + R"(")";
    }
    [[nodiscard]] std::string caddy() const {
        return R"({"level":"info","ts":)" + time +
               R"(,"logger":"http.log.access","msg":"handled request","request":{"remote_ip":"192.0.2.1",)"
               R"("remote_port":"41342","client_ip":"192.0.2.1","proto":"HTTP/2.0","method":")" +
               method + R"(","host":")" + host + R"(","uri":")" + uri + R"(","headers":{"User-Agent":[")" +
               agent + R"("],"Accept":[")" + accept + R"("],"Signature":[")" + signature +
               R"("],"Accept-Encoding":["gzip"]},"tls":{"resumed":false,"version":772}},"bytes_read":0,)"
               R"("user_id":"","duration":0.000929675,"size":10900,"status":)" +
               std::to_string(status) + R"(,"resp_headers":{"Server":["Caddy"]}})";
    }
};

}  // namespace fedtrail::test
