#include "intake/proxy/names.hpp"

#include <atomic>
#include <condition_variable>
#include <future>
#include <mutex>
#include <optional>
#include <set>
#include <thread>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <catch2/catch.hpp>

using namespace fedtrail;
using namespace fedtrail::proxy;
using namespace std::chrono_literals;

namespace {

/// Answers at once, but for names that begin with "silent": those wait until it is told to let go. Nobody
/// answers the second question for one that begins with "failing", or with "hanging", which waits besides;
/// and of "gone" there is nothing by then.
class Resolver {
public:
    std::optional<Names::Endpoints> ask(const std::string& name, std::uint16_t port) {
        std::unique_lock lock{mutex_};
        asked_.insert(name);
        const bool again = asked_.count(name) > 1;
        if (name.starts_with("silent") || (again && name.starts_with("hanging"))) {
            changed_.wait(lock, [this] { return let_go_; });
            return std::nullopt;
        }
        if (again && name.starts_with("failing")) {
            return std::nullopt;
        }
        if (again && name.starts_with("gone")) {
            return Names::Endpoints{};
        }
        return Names::Endpoints{Tcp::endpoint{asio::ip::make_address("192.0.2.1"), port}};
    }
    void let_go() {
        const std::lock_guard lock{mutex_};
        let_go_ = true;
        changed_.notify_all();
    }
    std::size_t asked(const std::string& name) {
        const std::lock_guard lock{mutex_};
        return asked_.count(name);
    }

private:
    std::mutex mutex_;
    std::condition_variable changed_;
    std::multiset<std::string> asked_;
    bool let_go_{};
};

using Found = std::shared_ptr<std::optional<std::size_t>>;

Awaitable<> look_up(Names& names, Loop& loop, Target target, TimePoint until, Found found) {
    const auto endpoints = co_await names.resolve(loop, target, until);
    *found = endpoints.size();
}

struct NamesHouse {
    Resolver resolver;
    std::unique_ptr<Names> names;
    std::shared_ptr<Loop> loop = std::make_shared<Loop>();

    explicit NamesHouse(NameTimes times = {.farewell = 60s})
        : names(*Names::make(
              {},
              [this](const std::string& name, std::uint16_t port) { return resolver.ask(name, port); },
              times)) {}
    ~NamesHouse() { resolver.let_go(); }
    NamesHouse(const NamesHouse&) = delete;
    NamesHouse& operator=(const NamesHouse&) = delete;
    NamesHouse(NamesHouse&&) = delete;
    NamesHouse& operator=(NamesHouse&&) = delete;

    Found resolve(const std::string& name, std::chrono::milliseconds patience) {
        auto found = std::make_shared<std::optional<std::size_t>>();
        asio::co_spawn(
            loop->context(),
            look_up(*names, *loop, *target_of(name, false, 80), SteadyClock::now() + patience, found),
            asio::detached);
        return found;
    }

    /// How many addresses were found; its question may be waited for still.
    std::optional<std::size_t> found(const std::string& name) {
        const auto one = resolve(name, 120s);
        const auto give_up = SteadyClock::now() + 60s;
        loop->context().restart();
        while (!*one && SteadyClock::now() < give_up) {
            loop->context().run_for(20ms);
        }
        return *one;
    }
};

}  // namespace

TEST_CASE("A target has one port", "[proxy]") {
    for (const auto* wrong :
         {"a.example:8:80", "[::1]:8:80", "a.example:", ":80", "a.example:0", "b@a.example"}) {
        INFO(wrong);
        CHECK_FALSE(target_of(wrong, false, 80));
    }
    for (const auto* right : {"a.example", "a.example:8080", "[::1]", "[::1]:81"}) {
        INFO(right);
        CHECK(target_of(right, false, 80));
    }
}

TEST_CASE("Names whose servers never answer hold up no other") {
    NamesHouse house;
    constexpr int kSilent = 48;  // a mention of people at as many dead servers
    for (int i = 0; i < kSilent; ++i) {
        (void)house.resolve("silent" + std::to_string(i) + ".example", 120s);
    }
    const auto good = house.resolve("good.example", 120s);
    const auto give_up = SteadyClock::now() + 60s;
    while (!*good && SteadyClock::now() < give_up) {
        house.loop->context().run_for(20ms);
    }
    REQUIRE(*good);
    CHECK(**good == 1);
    house.resolver.let_go();
    house.loop->context().run_for(60s);
}

TEST_CASE("A name that nobody waits for any more is not asked for") {
    NamesHouse house;
    for (std::size_t i = 0; i < Names::kAtOnce; ++i) {
        (void)house.resolve("silent" + std::to_string(i) + ".example", 50ms);
    }
    const auto late = house.resolve("late.example", 50ms);
    const auto too_late = SteadyClock::now() + 60s;
    while (!*late && SteadyClock::now() < too_late) {
        house.loop->context().run_for(20ms);
    }
    REQUIRE(*late);
    CHECK(**late == 0);
    house.resolver.let_go();
    const auto again = house.resolve("good.example", 120s);  // stands behind it in the queue
    const auto give_up = SteadyClock::now() + 60s;
    while (!*again && SteadyClock::now() < give_up) {
        house.loop->context().run_for(20ms);
    }
    REQUIRE(*again);
    CHECK(**again == 1);
    CHECK(house.resolver.asked("late.example") == 0);
    house.loop->context().restart();  // nothing was left to do
    const auto asked = house.resolve("late.example", 120s);
    house.loop->context().run_for(60s);
    REQUIRE(*asked);
    CHECK(**asked == 1);
    CHECK(house.resolver.asked("late.example") == 1);
}

TEST_CASE("Any number of dead names of one domain hold up no other") {
    NamesHouse house;
    for (std::size_t i = 0; i < 4 * Names::kAtOnce; ++i) {
        (void)house.resolve("silent" + std::to_string(i) + ".dead.example", 120s);
    }
    CHECK(house.found("good.example") == 1);
    house.resolver.let_go();
    house.loop->context().run_for(60s);  // until the last has its answer
    CHECK(house.loop->context().stopped());
    CHECK(house.resolver.asked("silent" + std::to_string(4 * Names::kAtOnce - 1) + ".dead.example") == 1);
}

TEST_CASE("Where nobody says what a name has now, what it had last does") {
    NamesHouse house{{.keep = 0ms, .keep_failure = 0ms, .patience = 120s, .farewell = 60s}};
    CHECK(house.found("failing.example") == 1);
    CHECK(house.found("failing.example") == 1);
    CHECK(house.found("failing.example") == 1);
    CHECK(house.resolver.asked("failing.example") == 3);
    CHECK(house.found("gone.example") == 1);
    CHECK(house.found("gone.example") == 0);  // that is an answer

    NamesHouse impatient{{.keep = 0ms, .patience = 10ms, .farewell = 60s}};
    CHECK(impatient.found("hanging.example") == 1);
    CHECK(impatient.found("hanging.example") == 1);  // while it is asked
    CHECK(impatient.found("hanging.example") == 1);
}

TEST_CASE("What a name had is not fallen back on for ever") {
    NamesHouse house{{.keep = 0ms, .keep_failure = 0ms, .keep_last = 0ms, .patience = 120s, .farewell = 60s}};
    CHECK(house.found("failing.example") == 1);
    CHECK(house.found("failing.example") == 0);
}

TEST_CASE("A name that is never answered does not hold up the end") {
    const auto resolver = std::make_shared<Resolver>();
    const auto loop = std::make_shared<Loop>();
    auto names = *Names::make(
        {},
        [resolver](const std::string& name, std::uint16_t port) { return resolver->ask(name, port); },
        {.farewell = 10ms});
    auto found = std::make_shared<std::optional<std::size_t>>();
    asio::co_spawn(
        loop->context(),
        look_up(*names, *loop, *target_of("silent.example", false, 80), SteadyClock::now() + 1h, found),
        asio::detached);
    while (resolver->asked("silent.example") == 0) {
        loop->context().run_for(20ms);
    }
    names->let_go();
    loop->context().run_for(60s);
    CHECK(loop->context().stopped());
    REQUIRE(*found);
    CHECK(**found == 0);
    auto end = std::async(std::launch::async, [&names] { names.reset(); });
    CHECK(end.wait_for(60s) == std::future_status::ready);
    resolver->let_go();
}
