#include "intake/proxy/names.hpp"

#include <atomic>
#include <condition_variable>
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

/// Answers at once, but for names that begin with "silent": those wait until it is told to let go.
class Resolver {
public:
    Names::Endpoints ask(const std::string& name, std::uint16_t port) {
        std::unique_lock lock{mutex_};
        asked_.insert(name);
        if (name.starts_with("silent")) {
            changed_.wait(lock, [this] { return let_go_; });
            return {};
        }
        return {Tcp::endpoint{asio::ip::make_address("192.0.2.1"), port}};
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
    std::unique_ptr<Names> names = *Names::make(
        {}, [this](const std::string& name, std::uint16_t port) { return resolver.ask(name, port); });
    std::shared_ptr<Loop> loop = std::make_shared<Loop>();

    ~NamesHouse() { resolver.let_go(); }

    Found resolve(const std::string& name, std::chrono::milliseconds patience) {
        auto found = std::make_shared<std::optional<std::size_t>>();
        asio::co_spawn(
            loop->context(),
            look_up(*names, *loop, *target_of(name, false, 80), SteadyClock::now() + patience, found),
            asio::detached);
        return found;
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
