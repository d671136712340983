/// Deliveries and tunnels about which nothing is heard in time, where the ledger's failure lets pass.

#include <chrono>

#include <catch2/catch.hpp>

#include "house.hpp"

using namespace fedtrail;
using namespace fedtrail::testing;
using privacy::Outcome;
using privacy::OutcomeKind;

namespace {

/// A house that lets pass, whose ledger says nothing.
void make_silent(House& house, bool may_deny) {
    house.options.on_ledger_failure = proxy::OnLedgerFailure::Pass;
    house.options.limits.intent = std::chrono::milliseconds{50};
    house.sink.hold();
    if (may_deny) {
        house.sink.let_deny();
    }
}

}  // namespace

TEST_CASE("With pass, a delivery that a rule may still stop is held when nothing is heard") {
    const bool may_deny = GENERATE(false, true);
    House house;
    Received received;
    const Peer peer{house.leaf("peer.example"), answering(received, kAccepted)};
    house.name("peer.example", peer);
    make_silent(house, may_deny);
    house.start();

    auto client = house.open("peer.example");
    client.send(post("peer.example", note()));
    CHECK(client.read_message().head.substr(0, 12) == (may_deny ? "HTTP/1.1 503" : "HTTP/1.1 202"));
    CHECK(received.count() == (may_deny ? 0 : 1));
    CHECK(house.sink.gaps() == (may_deny ? 0 : 1));
    house.sink.release();
    if (may_deny) {  // allowed after all: then it says that nothing left
        CHECK(house.sink.settled(1).at(0) == Outcome{OutcomeKind::Unreachable, 0});
    }
}

TEST_CASE("With pass, a tunnel that a rule may still stop does not begin when nothing is heard") {
    const bool declared = GENERATE(false, true);
    House house;
    const Peer peer{std::nullopt, [](Wire& wire) { wire.read_to_end(); }};
    house.name("peer.example:7000", peer);
    if (declared) {
        house.options.bypass = {"peer.example"};
    }
    make_silent(house, true);
    house.start();
    auto client = house.connect();
    client.send(connect_to("peer.example:7000"));
    CHECK(client.read_until("\r\n\r\n").substr(0, 12) == "HTTP/1.1 200");
    client.send("\x01hello");
    if (declared) {
        house.wait_for(&proxy::ProxyFigures::tunnels, 1);
        client.finish_sending();
    }
    CHECK(client.read_to_end().empty());
    CHECK(house.proxy().figures().tunnels_refused == (declared ? 0 : 1));
    house.sink.release();
}
