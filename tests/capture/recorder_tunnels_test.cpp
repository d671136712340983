// What passes through the proxy unread.

#include <stop_token>

#include "capture/bench_of_recorder.hpp"
#include "capture/recorder.hpp"

using namespace fedtrail;
using namespace fedtrail::testing;
using Call = FakeLedgerWriter::Call;

TEST_CASE("A tunnel is durable before it is acknowledged, and what passes through it adds to it") {
    Desk desk;
    std::size_t seen = 0;
    desk.recorder.open_tunnel(
        {desk.clock.at, host("t.example")}, TunnelReason::Declared, [&](const Result<void>& opened) {
            CHECK(opened);
            seen = desk.durable().tunnels.size();
        });
    CHECK(seen == 0);
    CHECK(desk.recorder.run_once());
    CHECK(seen == 1);
    desk.recorder.tunnel({desk.clock.at, host("t.example"), 10, 20, 0});
    CHECK(desk.recorder.run_once());
    REQUIRE(desk.durable().tunnels.size() == 2);
    CHECK(desk.durable().tunnels[0].connections == 1);
    CHECK(desk.durable().tunnels[1].connections == 0);
    CHECK(desk.recorder.figures().tunnels == 1);
}

TEST_CASE("A tunnel that cannot be made durable is refused and leaves nothing") {
    Desk desk;
    std::vector<bool> opened;
    const auto note = [&](const Result<void>& done) { opened.push_back(done.has_value()); };
    desk.ledger.fail_next(Call::Commit);
    desk.recorder.open_tunnel({desk.clock.at, host("t.example")}, TunnelReason::Declared, note);
    CHECK(desk.recorder.run_once());
    CHECK_FALSE(desk.recorder.run_once());
    CHECK(opened == std::vector<bool>{false});
    CHECK(desk.durable().tunnels.empty());
    CHECK(desk.recorder.figures().tunnels == 0);
    CHECK(desk.recorder.figures().tunnels_refused == 1);
}

TEST_CASE("Tunnels for which there is no room are refused, and octets given up are counted") {
    auto options = options_of_two_origins();
    options.max_waiting_intents = 1;
    options.max_kept = 2;
    Desk desk{options};
    int opened = 0;
    int refused = 0;
    for (int i = 0; i < 3; ++i) {
        desk.recorder.open_tunnel({desk.clock.at, host("t.example")},
                                  TunnelReason::Declared,
                                  [&](const Result<void>& done) { ++(done ? opened : refused); });
        desk.recorder.tunnel({desk.clock.at, host("t.example"), 10, 20, 0});
    }
    CHECK(refused == 2);
    desk.ledger.fail_next(Call::Commit);
    CHECK(desk.recorder.run_once());
    CHECK(refused == 3);
    CHECK(desk.recorder.figures().tunnels_lost == 1);
    desk.recorder.tunnel({desk.clock.at, host("t.example"), 10, 20, 0});  // behind the two that were put back
    CHECK(desk.recorder.figures().tunnels_lost == 2);
    CHECK(desk.recorder.run_once());
    CHECK(desk.durable().tunnels.size() == 2);
    CHECK(desk.recorder.figures().tunnels_refused == 3);
    CHECK(opened == 0);
}

TEST_CASE("After the end tunnels are refused, and what passes through them is counted as lost") {
    Desk desk;
    std::stop_source stop;
    stop.request_stop();
    desk.recorder.run(stop.get_token());
    bool refused = false;
    desk.recorder.open_tunnel({desk.clock.at, host("t.example")},
                              TunnelReason::Declared,
                              [&](const Result<void>& done) { refused = !done; });
    desk.recorder.tunnel({desk.clock.at, host("t.example"), 10, 20, 0});
    CHECK(refused);
    CHECK(desk.recorder.figures().tunnels_lost == 1);
}
