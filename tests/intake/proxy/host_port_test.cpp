/// Host and absolute targets beside the connection that they came over.

#include <string>

#include <catch2/catch.hpp>

#include "house.hpp"
#include "intake/proxy/request_route.hpp"

using namespace fedtrail;
using namespace fedtrail::testing;

namespace {

/// What a request with that target gets over a connection to `authority`: 0 if it may pass.
std::uint16_t refusal_at(const std::string& authority,
                         const std::string& target,
                         const std::string& host,
                         const std::string& version = "HTTP/1.1") {
    const auto text =
        "GET " + target + " " + version + "\r\n" + (host.empty() ? "" : "Host: " + host + "\r\n") + "\r\n";
    const auto head = std::get<proxy::RequestHead>(proxy::parse_request(text));
    const auto problem = proxy::wrong_host(head, *proxy::target_of(authority, true, 443));
    return problem ? problem->status : std::uint16_t{0};
}

}  // namespace

TEST_CASE("A Host names the host and the port of the connection, or no port", "[host]") {
    for (const auto* const right : {"peer.example:8443", "peer.example", "Peer.Example:8443"}) {
        CAPTURE(right);
        CHECK(refusal_at("peer.example:8443", "/", right) == 0);
    }
    for (const auto* const wrong :
         {"peer.example:443", "peer.example:9090", "other.example:8443", "other.example"}) {
        CAPTURE(wrong);
        CHECK(refusal_at("peer.example:8443", "/", wrong) == 421);
    }
    CHECK(refusal_at("peer.example", "/", "peer.example:443") == 0);
    CHECK(refusal_at("peer.example", "/", "peer.example:8443") == 421);
}

TEST_CASE("An absolute target names the connection's host and port, with a Host or without", "[host]") {
    CHECK(refusal_at("peer.example", "https://peer.example/x", "peer.example") == 0);
    CHECK(refusal_at("peer.example:8443", "https://peer.example:8443/x", "peer.example") == 0);
    for (const auto* const wrong : {"https://peer.example:9090/x",
                                    "https://other.example/x",
                                    "http://peer.example/x",
                                    "https://x@other.example/x",
                                    "https://other.example:99999/x",
                                    "ftp://other.example/x"}) {
        CAPTURE(wrong);
        CHECK(refusal_at("peer.example", wrong, "peer.example") == 421);
        CHECK(refusal_at("peer.example", wrong, "", "HTTP/1.0") == 421);
    }
}

TEST_CASE("A delivery whose Host names another port goes nowhere", "[host]") {
    House house;
    Received received;
    const Peer peer{house.leaf("peer.example"), answering(received, kAccepted)};
    const Peer plain{std::nullopt, answering(received, kAccepted)};
    house.name("peer.example", peer);
    house.name("peer.example:80", plain);
    house.start();
    auto inside = house.open("peer.example");
    inside.send(post("peer.example:8443", note()));
    CHECK(inside.read_message().head.substr(0, 12) == "HTTP/1.1 421");
    auto request = post("peer.example:8080", note());
    request.insert(5, "http://peer.example");
    auto client = house.connect();
    client.send(request);
    CHECK(client.read_message().head.substr(0, 12) == "HTTP/1.1 421");
    CHECK(received.count() == 0);
    CHECK(house.sink.intents().empty());
}
