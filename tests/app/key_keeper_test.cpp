/// When the keys of people are taken and when they are destroyed.

#include "app/key_keeper.hpp"

#include <map>
#include <set>

#include <catch2/catch.hpp>

#include "app/erasure_options.hpp"
#include "erasure/watch_end.hpp"
#include "fakes/request_book.hpp"
#include "fakes/stopped_clock.hpp"

using namespace fedtrail;
using namespace fedtrail::testing;
using namespace std::chrono_literals;

namespace {

constexpr privacy::SubjectNumber kAlice{1};

struct Keys : KeySafe {
    std::multiset<std::uint64_t> dropped;
    std::set<std::uint64_t> held;
    bool broken{};
    std::uint64_t stuck{};  ///< Whose keys cannot be dropped.

    Result<void> keep(privacy::SubjectNumber, const FoundKey&) override { return {}; }
    Result<std::vector<FoundKey>> kept(privacy::SubjectNumber) const override {
        return std::vector<FoundKey>{};
    }
    Result<std::vector<privacy::SubjectNumber>> holders(privacy::SubjectNumber after,
                                                        std::size_t limit) const override {
        std::vector<privacy::SubjectNumber> found;
        for (auto at = held.upper_bound(after.get()); at != held.end() && found.size() < limit; ++at) {
            found.emplace_back(*at);
        }
        return found;
    }
    Result<void> drop(privacy::SubjectNumber subject) override {
        if (subject.get() == stuck) {
            return fail(ErrorKind::Corrupt, "the safe was told to be damaged");
        }
        if (broken) {
            return fail(ErrorKind::Unavailable, "the safe was told to fail");
        }
        held.erase(subject.get());
        dropped.insert(subject.get());
        return {};
    }
};

struct Keeping {
    FakeRequestBook requests;
    Keys safe;
    StoppedClock clock;
    bool there{true};  ///< Whether the server has the key.
    int taken{};       ///< How often it was asked.
    std::chrono::seconds keep_for{};
    app::KeyKeeper keeper{
        requests,
        safe,
        clock,
        {[this](privacy::SubjectNumber) { return ++taken > 0 && there; }, [](privacy::SubjectNumber) {}},
        keep_for};

    explicit Keeping(std::chrono::seconds span = {}) : keep_for(span) {}

    records::RequestNumber open(bool verified, privacy::SubjectNumber subject = kAlice) {
        records::ErasureRequest request;
        request.subject = subject;
        request.identity_verified = verified;
        return requests.open(request, {})->number;
    }
    void change(records::RequestNumber number, const std::function<void(records::ErasureRequest&)>& how) {
        auto request = *requests.request(number);
        how(request);
        REQUIRE(requests.record(request, {}));
    }
    void close(records::RequestNumber number, privacy::RequestState state) {
        change(number, [&](auto& request) {
            request.state = state;
            request.closed_at = clock.at;
        });
    }
    void pass(std::chrono::seconds span) {
        for (const auto end = clock.at + span; clock.at < end; clock.at += 10s) {
            REQUIRE(keeper.step());
        }
    }
};

}  // namespace

TEST_CASE("A key is taken as soon as it is known who asks, and once", "[app][keys]") {
    Keeping k;
    const auto number = k.open(false);
    k.pass(1min);
    CHECK(k.taken == 0);
    k.change(number, [](auto& request) { request.identity_verified = true; });
    k.pass(1h);
    CHECK(k.taken == 1);
    CHECK(k.safe.dropped.empty());
}

TEST_CASE("A key is looked for at once when somebody says that there is a new request", "[app][keys]") {
    Keeping k;
    REQUIRE(k.keeper.step());
    k.open(true);
    k.clock.at += 1s;
    REQUIRE(k.keeper.step());
    CHECK(k.taken == 0);
    k.keeper.look_now();
    REQUIRE(k.keeper.step());
    CHECK(k.taken == 1);
}

TEST_CASE("Who has no key yet is asked for again now and then", "[app][keys]") {
    Keeping k;
    k.there = false;
    k.open(true);
    k.pass(30min);
    CHECK(k.taken == 3);
    k.there = true;
    k.pass(1h);
    CHECK(k.taken == 4);
}

TEST_CASE("With the last open request the keys go, and a woken one takes them anew", "[app][keys]") {
    Keeping k;
    const auto number = k.open(true);
    k.pass(1min);
    k.change(number, [&](auto& request) {
        request.state = privacy::RequestState::Fulfilled;
        request.closed_at = k.clock.at;
    });
    k.pass(1min);
    CHECK(k.safe.dropped.count(kAlice.get()) == 1);
    k.change(number, [](auto& request) {
        request.state = privacy::RequestState::InProgress;
        request.closed_at.reset();
    });
    k.pass(1min);
    CHECK(k.taken == 2);
}

TEST_CASE("Keys of a fulfilled request stay while it may wake, and those of a withdrawn one do not",
          "[app][keys]") {
    for (const auto state : {privacy::RequestState::Fulfilled, privacy::RequestState::Withdrawn}) {
        Keeping k{1h};
        const auto number = k.open(true);
        k.pass(1min);
        k.change(number, [&](auto& request) {
            request.state = state;
            request.closed_at = k.clock.at;
        });
        k.pass(50min);
        const bool may_wake = state == privacy::RequestState::Fulfilled;
        CHECK(k.safe.dropped.empty() == may_wake);
        k.pass(15min);
        CHECK(k.safe.dropped.count(kAlice.get()) == 1);
    }
}

TEST_CASE("Where the origin is gone only after the closing, keys stay until those looks are over",
          "[app][keys]") {
    Keeping k{1h};
    const auto number = k.open(true);
    k.pass(1min);
    k.close(number, privacy::RequestState::Fulfilled);
    k.pass(30min);
    k.change(number, [&](auto& request) { request.origin_gone_at = k.clock.at; });
    k.pass(55min);
    CHECK(k.safe.dropped.empty());
    k.pass(10min);
    CHECK(k.safe.dropped.count(kAlice.get()) == 1);
}

TEST_CASE("Whatever can wake a closed request is watched as long as keys are kept", "[app][keys]") {
    app::Config config;
    config.erasure.origin_intervals = {1min};
    config.erasure.look_intervals = {1h, 24h, 24h * 7, 24h * 30};
    CHECK(app::looking_ends_after(config) == 24h * 39 + 1h);
    CHECK(erasure::kWatchedFor <= app::looking_ends_after(config));
    for (const auto last : {24h * 30, 24h * 200}) {
        config.erasure.look_intervals.back() = last;
        const auto kept = app::looking_ends_after(config);
        CHECK(app::origin_options(config).after_close == kept);
        CHECK(app::spotter_options(config).fetches.after_close == kept);
    }
}

TEST_CASE("A restart does not make keys outlive the looks", "[app][keys]") {
    Keeping k{1h};
    k.safe.held = {kAlice.get()};
    k.close(k.open(true), privacy::RequestState::Fulfilled);
    k.pass(30min);
    CHECK(k.safe.dropped.empty());
    k.pass(35min);
    CHECK(k.safe.dropped.count(kAlice.get()) == 1);
}

TEST_CASE("However long nobody was here, keys go at the start whose time is over", "[app][keys]") {
    const auto state = GENERATE(privacy::RequestState::Fulfilled, privacy::RequestState::Refused);
    const auto away = GENERATE(24h * 40, 24h * 47, 24h * 4000);
    Keeping k{24h * 39};
    k.safe.held = {kAlice.get()};
    k.close(k.open(true), state);
    k.clock.at += away;
    REQUIRE(k.keeper.step());
    CHECK(k.safe.held.empty());
    CHECK(k.safe.dropped.count(kAlice.get()) == 1);
}

TEST_CASE("A key goes although its request was withdrawn between two looks", "[app][keys]") {
    Keeping k{24h * 39};
    k.pass(1min);  // caught up with the start
    k.close(k.open(true), privacy::RequestState::Withdrawn);
    k.safe.held = {kAlice.get()};  // as the signer does when the first message leaves
    k.pass(20s);
    CHECK(k.safe.held.empty());
    k.safe.held = {kAlice.get()};  // something was still being signed when the keeper looked
    k.pass(20s);
    CHECK(k.safe.held.empty());
}

TEST_CASE("At the start the keys of those stay who never asked, or whose request is open", "[app][keys]") {
    constexpr privacy::SubjectNumber kBob{2};
    constexpr privacy::SubjectNumber kCarol{3};
    Keeping k{24h * 39};
    k.safe.held = {kAlice.get(), kBob.get(), kCarol.get()};
    k.close(k.open(true, kBob), privacy::RequestState::Fulfilled);
    k.open(true, kBob);
    k.close(k.open(true, kCarol), privacy::RequestState::Withdrawn);
    k.clock.at += 24h * 100;
    k.pass(1h);
    CHECK(k.safe.held == std::set<std::uint64_t>{kAlice.get(), kBob.get()});
}

TEST_CASE("More keys than are looked at in one step are all looked at", "[app][keys]") {
    Keeping k;
    for (std::uint64_t i = 1; i <= 1'234; ++i) {
        k.safe.held.insert(i);
        if (i % 2 == 0) {
            k.close(k.open(true, privacy::SubjectNumber{i}), privacy::RequestState::Fulfilled);
        }
    }
    k.pass(1min);
    CHECK(k.safe.dropped.size() == 617);
    CHECK(k.safe.held.size() == 617);
}

TEST_CASE("What the safe cannot do now is done later, also for those who waited", "[app][keys]") {
    Keeping k{1h};
    k.safe.held = {kAlice.get()};
    const bool restarted = GENERATE(true, false);
    const auto number = k.open(true);
    if (!restarted) {
        k.pass(1min);
    }
    k.close(number, privacy::RequestState::Fulfilled);
    k.pass(30min);
    k.safe.broken = true;
    k.clock.at += 1h;
    for (int i = 0; i < 3; ++i) {
        CHECK_FALSE(k.keeper.step());
    }
    k.safe.broken = false;
    REQUIRE(k.keeper.step());
    CHECK(k.safe.held.empty());
}

TEST_CASE("Keys that cannot be dropped do not keep others from being taken, or dropped", "[app][keys]") {
    constexpr privacy::SubjectNumber kBob{2};
    constexpr privacy::SubjectNumber kCarol{3};
    Keeping k;
    k.safe.held = {kAlice.get(), kCarol.get()};
    k.close(k.open(true), privacy::RequestState::Fulfilled);
    k.close(k.open(true, kCarol), privacy::RequestState::Fulfilled);
    k.open(true, kBob);
    k.safe.stuck = kAlice.get();
    for (int i = 0; i < 3; ++i) {
        CHECK_FALSE(k.keeper.step());
        k.clock.at += 10s;
    }
    CHECK(k.taken == 1);
    CHECK(k.safe.held == std::set<std::uint64_t>{kAlice.get()});
    k.safe.stuck = 0;
    k.pass(1min);
    CHECK(k.safe.held.empty());
    CHECK(k.taken == 1);
}
