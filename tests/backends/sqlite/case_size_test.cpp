/// The largest erasure that is planned for: bounds that no machine should come near.

#include <chrono>
#include <ctime>

#include <catch2/catch.hpp>

#include "backends/sqlite/case_shelf.hpp"

using namespace fedtrail;  // NOLINT(google-build-using-namespace): a test of one room
using namespace fedtrail::testing;
using namespace std::chrono_literals;

namespace {

constexpr std::size_t kRecipients = 30'000;

std::string name_of(std::size_t i) {
    return "host-" + std::to_string(i) + ".example";
}

/// What this process has used: a busy machine does not make it more.
std::chrono::nanoseconds processor_time() {
    timespec used{};
    ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
    return std::chrono::seconds{used.tv_sec} + std::chrono::nanoseconds{used.tv_nsec};
}

/// Runs `act`, says how long the processor took, and fails if that was over `most`.
template <typename Act>
void timed(const char* what, std::chrono::milliseconds most, const Act& act) {
    const auto begin = processor_time();
    act();
    const auto took = processor_time() - begin;
    const std::chrono::duration<double, std::milli> milliseconds{took};
    INFO(what << ": " << milliseconds.count() << " ms");
    CHECK(took < most);
}

}  // namespace

TEST_CASE("Thirty thousand recipients fit into one request", "[cases][size]") {
    SqliteShelf shelf;
    auto request = started(shelf.requests(), 7);
    const auto objects = objects_of(5'000);
    std::vector<records::Notice> notices;
    for (std::size_t i = 0; i < kRecipients; ++i) {
        auto notice = notice_to(request, name_of(i), static_cast<std::int64_t>(i % 100));
        notice.steps.clear();
        for (std::uint32_t object = 0; object < 20; ++object) {
            notice.steps.push_back({fediverse::StepKind::DeleteObject,
                                    fediverse::ObjectForm::Plain,
                                    1,
                                    (static_cast<std::uint32_t>(i) + object * 7) % 5'000});
        }
        notice.steps.push_back(records::NoticeStep{});
        notices.push_back(std::move(notice));
    }
    timed("plan", 5s, [&] { REQUIRE(shelf.notices().plan(request.number, objects, notices)); });
    timed("plan the same objects again", 2s, [&] {
        REQUIRE(shelf.notices().plan(request.number, objects, {}));
    });
    NoticeChange change;
    timed("256 due", 1s, [&] {
        NoticeFilter filter;
        filter.due_at = at(1'000);
        filter.limit = 256;
        change.notices = *shelf.notices().notices(filter);
    });
    REQUIRE(change.notices.size() == 256);
    for (auto& notice : change.notices) {
        notice.in_flight = true;
        notice.next_at = at(600);
        change.attempts.push_back({notice.number, 0, at(0), {}, 0, "cavage", {}});
    }
    timed("apply 256", 1s, [&] { REQUIRE(shelf.notices().apply(change)); });
    timed("256 one by one", 2s, [&] {
        for (const auto& notice : change.notices) {
            NoticeFilter filter;
            filter.after = records::NoticeNumber{notice.number.get() - 1};
            filter.limit = 1;
            CHECK(same(shelf.notices().notices(filter)->at(0), notice));
        }
    });
    timed("tally", 1s, [&] { CHECK(shelf.notices().tally(request.number)->notices == kRecipients); });
    timed("stop", 5s, [&] {
        request.stopped = true;
        REQUIRE(
            shelf.requests().record(request, event(privacy::RequestEventKind::Stopped, request.state, 9)));
    });
    timed("read all", 5s, [&] {
        NoticeFilter filter;
        filter.request = request.number;
        filter.limit = kRecipients;
        CHECK(shelf.notices().notices(filter)->size() == kRecipients);
    });
    timed("check", 20s, [&] { CHECK(shelf.notices().check()->faults.empty()); });
}

TEST_CASE("Thirty thousand entries of the directory are read at once", "[cases][size]") {
    SqliteShelf shelf;
    std::vector<Host> hosts;
    std::vector<RecipientChange> changes;
    for (std::size_t i = 0; i < kRecipients; ++i) {
        hosts.push_back(host(name_of(i)));
        changes.push_back({hosts.back(), [](RecipientEntry& entry) {
                               entry.software = "mastodon";
                               entry.shared_inbox = "https://" + entry.host.text() + "/inbox";
                           }});
    }
    timed("update all", 5s, [&] { REQUIRE(shelf.directory().update_all(changes)); });
    timed("entries", 5s, [&] { CHECK(shelf.directory().entries(hosts)->back().software == "mastodon"); });
}

TEST_CASE("The generation of objections costs no question to the file", "[cases][size]") {
    SqliteShelf shelf;
    constexpr int kRounds = 1'000'000;
    timed("a million generations", 1s, [&] {
        std::uint64_t sum = 0;
        for (int i = 0; i < kRounds; ++i) {
            sum += shelf.objections().generation();
        }
        CHECK(sum > 0);
    });
}
