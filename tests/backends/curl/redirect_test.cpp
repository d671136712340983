#include <atomic>
#include <chrono>
#include <thread>

#include <catch2/catch.hpp>

#include "fixture.hpp"

using namespace fedtrail;
using namespace fedtrail::testing;

namespace {

std::string to(const std::string& where, int status = 302) {
    return "HTTP/1.1 " + std::to_string(status) + " Elsewhere\r\nLocation: " + where +
           "\r\nContent-Length: 0\r\n\r\n";
}

RemoteRequest following(const std::string& url) {
    auto request = get_of(url);
    request.follow_redirects = true;
    return request;
}

}  // namespace

TEST_CASE("A POST is not followed elsewhere") {
    Outside outside;
    Received received;
    const int status = GENERATE(301, 302, 303, 307, 308);
    const Peer peer{outside.leaf("a.example"), answering(received, to("https://a.example/else", status))};
    outside.name("a.example", peer);
    outside.start();
    auto request = post_of("https://a.example/inbox", "{}");
    request.follow_redirects = true;
    CHECK(outside.ask(request).status == status);
    CHECK(received.count() == 1);
}

TEST_CASE("A GET is followed three times at most, and only where that was asked for") {
    Outside outside;
    Received received;
    const Peer peer{outside.leaf("a.example"), answering(received, to("/again"))};
    outside.name("a.example", peer);
    outside.start();
    CHECK(outside.get("https://a.example/").status == 302);
    CHECK(received.count() == 1);
    const auto response = outside.ask(following("https://a.example/"));
    CHECK(response.fault == RemoteFault::None);
    CHECK(response.status == 302);
    CHECK(received.count() == 5);
    CHECK(received.get(5).at(4).head.rfind("GET /again HTTP/1.1\r\n", 0) == 0);
}

TEST_CASE("Another host gets the question without what was meant for the first") {
    Outside outside;
    Received first;
    Received second;
    const Peer a{outside.leaf("a.example"), answering(first, to("https://b.example/node?x=1"))};
    const Peer b{outside.leaf("b.example"),
                 answering(second, "HTTP/1.1 200 OK\r\nX-B: b\r\nContent-Length: 2\r\n\r\nhi")};
    outside.name("a.example", a);
    outside.name("b.example", b);
    outside.start();
    auto request = following("https://a.example/");
    request.headers = {
        {"Signature", "keyId=\"k\""}, {"Accept", "application/json"}, {"Authorization", "Bearer x"}};
    const auto response = outside.ask(request);
    CHECK(response.status == 200);
    CHECK(response.body == "hi");
    CHECK(header_of(response.headers, "Location").empty());
    const auto head = second.get(1).at(0).head;
    CHECK(head.rfind("GET /node?x=1 HTTP/1.1\r\n", 0) == 0);
    CHECK(head.find("Accept: application/json\r\n") != std::string::npos);
    CHECK(head.find("Signature") == std::string::npos);
    CHECK(head.find("Authorization") == std::string::npos);
}

TEST_CASE("A redirect leads neither inside nor to another scheme nor to another service") {
    Outside outside;
    Received received;
    Received inside;
    const Peer victim{outside.leaf("127.0.0.2"), answering(inside, to("/"))};
    const auto port = victim.address().substr(victim.address().find(':') + 1);
    const std::string where = GENERATE_COPY(as<std::string>{},
                                            "https://127.0.0.2:" + port + "/",
                                            "https://[::1]:" + port + "/",
                                            "https://169.254.169.254/latest/meta-data/",
                                            "http://a.example/",
                                            "https://a.example:22/",
                                            "file:///etc/passwd",
                                            "gopher://127.0.0.1:" + port + "/x",
                                            "https://user:secret@a.example/");
    CAPTURE(where);
    const Peer peer{outside.leaf("a.example"), answering(received, to(where))};
    outside.name("a.example", peer);
    outside.options.allow_http = true;
    outside.start();
    const auto response = outside.ask(following("https://a.example/"));
    CHECK(response.fault == RemoteFault::Forbidden);
    CHECK(response.left);
    CHECK(received.count() == 1);
    CHECK(inside.count() == 0);
}

TEST_CASE("A hop that never answers ends in its time") {
    Outside outside;
    Received received;
    const Peer a{outside.leaf("a.example"), answering(received, to("https://b.example/"))};
    const Peer b{outside.leaf("b.example"), [](Wire& wire) { wire.read_to_end(); }};
    outside.name("a.example", a);
    outside.name("b.example", b);
    outside.start();
    auto request = following("https://a.example/");
    request.timeout = std::chrono::seconds{3};
    CHECK(outside.ask(request).fault == RemoteFault::TimedOut);
}

TEST_CASE("All hops share one time limit") {
    Outside outside;
    std::atomic<int> asked{0};
    const Peer peer{outside.leaf("a.example"), [&asked](Wire& wire) {
                        while (!wire.read_message().head.empty()) {
                            ++asked;
                            std::this_thread::sleep_for(std::chrono::milliseconds{400});
                            wire.send(to("/again"));
                        }
                    }};
    outside.name("a.example", peer);
    outside.start();
    auto request = following("https://a.example/");
    request.timeout = std::chrono::seconds{1};
    (void)outside.ask(request);
    CHECK(asked < 4);  // the fourth would be asked after 1.2 s
}
