// The road of a deletion that the origin does by itself: seen passing, completed, and looked after.

#include <chrono>
#include <cstdint>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include <catch2/catch.hpp>

#include "capture/transfer_gate.hpp"
#include "erasure/deletion_spotter.hpp"
#include "erasure/office_looker.hpp"
#include "erasure/origin_watch.hpp"
#include "fakes/delivery_sink.hpp"
#include "fakes/recipient_register.hpp"
#include "fakes/subject_facts.hpp"

using namespace fedtrail;
using namespace fedtrail::testing;
using namespace std::chrono_literals;
using fediverse::NoticeState;
using privacy::OutcomeKind;

namespace {

records::Observation deletion(const std::string& to, Instant at, const std::string& object = kActor) {
    records::Observation seen;
    seen.at = at;
    seen.recipient = host(to);
    seen.activity.type = "Delete";
    seen.activity.id = personal(object + "#delete");
    seen.activity.object = personal(object);
    seen.activity.shares.push_back({personal(kActor), {}, {fediverse::DataCategory::Deletion}});
    return seen;
}

erasure::SpotterOptions spotter_options() {
    erasure::SpotterOptions options;
    options.local_hosts = {host("origin.example")};
    return options;
}

/// Hands out ids at once, from any thread.
class BusySink final : public DeliverySink {
public:
    void intend(records::Observation, IntentDone done) override {
        std::uint64_t id = 0;
        {
            const std::scoped_lock held{lock_};
            id = ++intents_;
        }
        done(IntentId{id});
    }
    void settle(IntentId, privacy::Outcome) override {
        const std::scoped_lock held{lock_};
        ++settled_;
    }
    Result<Observed> observe(std::span<const records::Observation> seen) override {
        return Observed{seen.size(), 0};
    }
    void open_tunnel(const records::TunnelObservation&, TunnelReason, TunnelDone done) override { done({}); }
    void tunnel(const records::TunnelObservation&) override {}
    void gap(const records::GapObservation&) override {}
    [[nodiscard]] std::uint64_t settled() const { return settled_; }

private:
    std::mutex lock_;
    std::uint64_t intents_{};
    std::uint64_t settled_{};
};

}  // namespace

TEST_CASE("What the origin leaves of a deletion is completed, and looked after", "[erasure][road]") {
    Office office;
    for (const auto& [name, software] : std::vector<std::pair<std::string, std::string>>{
             {"told.example", "mastodon"},    // obeys the origin's own Delete
             {"typed.example", "pixelfed"},   // drops it: its object is a string
             {"posts.example", "snac"},       // keeps everything but what is named
             {"asks.example", "wordpress"},   // asks the origin first
             {"missed.example", "mastodon"},  // the origin does not know it any more
         }) {
        office.knows(name, software);
    }
    office.lies(1, {"told.example", "typed.example", "posts.example", "asks.example", "missed.example"});
    FakeDeliverySink sink;
    erasure::DeletionSpotter spotter{
        sink,
        {office.requests, office.notices, office.notices, office.directory, office.vault, office.clock},
        office.dialects,
        [&](records::RequestNumber number) -> Result<void> {
            return office.desk.start_observed({number, "fedtrail", ""});
        },
        spotter_options(),
        {}};

    // The origin's own fan-out passes.
    std::uint64_t intent = 0;
    for (const auto* to : {"told.example", "typed.example", "posts.example", "asks.example"}) {
        spotter.intend(deletion(to, office.clock.at), [](const Result<IntentId>&) {});
        spotter.settle(IntentId{++intent}, {OutcomeKind::Accepted, 202});
    }
    REQUIRE(spotter.step());
    office.clock.at += 10min;
    REQUIRE(spotter.step());
    const records::RequestNumber number{1};
    REQUIRE(office.requests.request(number)->state == privacy::RequestState::InProgress);

    // It fills the gap, and nothing but the gap.
    const auto told = office.notice_to(number, "told.example");
    CHECK(told.state == NoticeState::Acknowledged);
    CHECK(told.seen_from_origin);
    CHECK(told.steps.empty());
    CHECK(!told.next_at);
    CHECK(office.words(office.notice_to(number, "typed.example")) == std::vector<std::string>{"actor typed"});
    const auto posts = office.words(office.notice_to(number, "posts.example"));
    CHECK(posts == std::vector<std::string>{"delete 1"});
    const auto asks = office.words(office.notice_to(number, "asks.example"));
    REQUIRE(!asks.empty());
    CHECK(asks.back() == "actor wave 2");
    CHECK(office.words(office.notice_to(number, "missed.example")) == std::vector<std::string>{"actor"});
    CHECK(office.notices.history(told.number)->attempts.at(0).scheme == "origin");
    office.deliver(office.notice_to(number, "missed.example"), 1);

    // The origin is seen gone; then the copies are looked at.
    FakeRemoteHttp http;
    http.server = [](const RemoteRequest& request) {
        const bool kept = request.url.host().text() == "missed.example";
        return kept ? answered(200, {}, R"({"id": "1"})")
                    : answered(404, {}, R"({"error": "Record not found"})");
    };
    erasure::OriginWatch watch{
        {office.requests, office.notices, office.vault, http, office.clock}, {}, [] {}};
    for (int i = 0; i < 3 * 4; ++i) {  // the actor twice, the note once, and the answer to it
        REQUIRE(watch.step());
        office.clock.at += i % 4 == 3 && i < 11 ? 1min : 0min;
    }
    REQUIRE(office.requests.request(number)->origin_gone_at == office.clock.at);
    OfficeLooker eyes{office, http};
    for (int i = 0; i < 100; ++i) {
        REQUIRE(eyes.looker.step());
        office.clock.at += 1min;
    }
    CHECK(office.notice_to(number, "told.example").state == NoticeState::VerifiedGone);
    CHECK(office.notice_to(number, "missed.example").state == NoticeState::StillPresent);
    CHECK(office.notice_to(number, "typed.example").looks == 0);  // its message has not left yet
    const auto rates = office.directory.by_software();
    REQUIRE(rates);
    CHECK(rates->at("mastodon").told == 2);
    CHECK(rates->at("mastodon").gone == 1);
    CHECK(rates->at("mastodon").present == 1);
}

TEST_CASE("Of posts that the origin deletes each server hears of those alone that it was told of",
          "[erasure][road]") {
    Office office;
    office.knows("a.example", "pixelfed");  // drops what the origin sends
    office.knows("b.example", "pixelfed");
    FakeDeliverySink sink;
    erasure::DeletionSpotter spotter{
        sink,
        {office.requests, office.notices, office.notices, office.directory, office.vault, office.clock},
        office.dialects,
        [&](records::RequestNumber number) -> Result<void> {
            return office.desk.start_observed({number, "fedtrail", ""});
        },
        spotter_options(),
        {}};
    spotter.intend(deletion("a.example", office.clock.at, note(2)), [](const Result<IntentId>&) {});
    spotter.settle(IntentId{1}, {OutcomeKind::Accepted, 202});
    spotter.intend(deletion("b.example", office.clock.at, note(1)), [](const Result<IntentId>&) {});
    spotter.settle(IntentId{2}, {OutcomeKind::Accepted, 202});
    REQUIRE(spotter.step());
    office.clock.at += 10min;
    REQUIRE(spotter.step());

    const records::RequestNumber number{1};
    const auto first = office.notice_to(number, "a.example");
    const auto second = office.notice_to(number, "b.example");
    CHECK(office.words(first) == std::vector<std::string>{"delete 2 tombstone"});
    CHECK(office.words(second) == std::vector<std::string>{"delete 1 tombstone"});
    office.deliver(first, 1);
    office.deliver(second, 1);
    const auto closed = office.desk.close(Office::act(number, "both answer 404"));
    REQUIRE(closed);
    CHECK(closed->state == privacy::RequestState::Fulfilled);
}

TEST_CASE("Deliveries of many threads pass while what they show is written down", "[erasure][threads]") {
    Office office;
    BusySink sink;
    erasure::DeletionSpotter spotter{
        sink,
        {office.requests, office.notices, office.notices, office.directory, office.vault, office.clock},
        office.dialects,
        [](records::RequestNumber) -> Result<void> { return {}; },
        spotter_options(),
        [] {}};
    REQUIRE(office.objections.object({office.alice, host("hated.example"), office.clock.at, {}}));
    FakeSubjectFacts facts;
    FakeRecipientRegister recipients;
    capture::RulesInForce rules;
    BusySink prevented;
    capture::TransferGate gate{{spotter,
                                prevented,
                                office.objections,
                                facts,
                                office.vault,
                                recipients,
                                office.directory,
                                office.clock},
                               rules,
                               {},
                               [] {}};
    constexpr int kThreads = 4;
    constexpr int kEach = 500;
    std::vector<std::thread> threads;
    for (int thread = 0; thread < kThreads; ++thread) {
        threads.emplace_back([&, thread] {
            for (int i = 0; i < kEach; ++i) {
                auto seen = deletion("h" + std::to_string(i % 50) + ".example", office.clock.at);
                seen.inbox = personal("https://" + seen.recipient.text() + "/inbox");
                gate.intend(seen, [&](const Result<IntentId>& id) {
                    gate.settle(*id, {OutcomeKind::Accepted, 202});
                });
                seen.activity.type = "Create";
                seen.recipient = host("hated.example");
                gate.intend(seen, [](const Result<IntentId>&) {});
                seen.channel = privacy::Channel::SignedPull;
                static_cast<void>(gate.observe({&seen, 1}));
                if (i % 100 == 0) {
                    static_cast<void>(
                        office.objections.object({office.alice,
                                                  host("t" + std::to_string(thread) + ".example"),
                                                  office.clock.at,
                                                  {}}));
                }
            }
        });
    }
    bool stepped = true;
    for (int i = 0; i < 50; ++i) {
        stepped = stepped && spotter.step() && gate.step();
    }
    for (auto& thread : threads) {
        thread.join();
    }
    for (int i = 0; i < 10; ++i) {
        stepped = stepped && spotter.step() && gate.step();
    }
    CHECK(stepped);
    CHECK(sink.settled() == kThreads * kEach);
    CHECK(gate.figures().by_objection == kThreads * kEach);
    CHECK(spotter.figures().deletions == kThreads * kEach);
    CHECK(spotter.figures().lost == 0);
    CHECK(office.requests.requests({})->size() == 1);
    CHECK((*office.directory.entry(host("h7.example"))).shared_inbox == "https://h7.example/inbox");
}
