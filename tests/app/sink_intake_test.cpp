/// What is handed in over the API, and what is told of it.

#include "app/sink_intake.hpp"

#include <string>

#include <catch2/catch.hpp>

#include "app/system_clock.hpp"

using namespace fedtrail;

namespace {

class UnusedSink final : public DeliverySink {
public:
    void intend(records::Observation, IntentDone) override { FAIL("nothing is intended"); }
    void settle(IntentId, privacy::Outcome) override { FAIL("nothing is settled"); }
    void open_tunnel(const records::TunnelObservation&, TunnelReason, TunnelDone) override {
        FAIL("no tunnel is opened");
    }
    void tunnel(const records::TunnelObservation&) override {}
    void gap(const records::GapObservation&) override {}
    Result<Observed> observe(std::span<const records::Observation>) override {
        FAIL("no line is good");
        return Observed{};
    }
};

}  // namespace

TEST_CASE("Of very many bad lines the first are listed and all are counted", "[app][intake]") {
    UnusedSink sink;
    const app::SystemClock clock;
    app::SinkIntake intake{sink, clock, {}};
    std::string lines;
    for (int i = 0; i < 10'003; ++i) {
        lines += "x\n";
    }
    const auto receipt = intake.take(lines);
    REQUIRE(receipt);
    CHECK(receipt->rejected_lines == 10'003);
    REQUIRE(receipt->rejected.size() == IntakeReceipt::kMostListed);
    CHECK(receipt->rejected.back().line == 10'000);
}
