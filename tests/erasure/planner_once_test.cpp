// A plan that is made again once the origin is gone: who is told once more, and who is not.

#include <utility>

#include "erasure/office.hpp"
#include "erasure/taken.hpp"

using namespace fedtrail;
using namespace fedtrail::testing;
using namespace std::chrono_literals;
using Lines = std::vector<std::string>;

namespace {

/// An account's erasure of which two messages to who.example have left, each of them taken.
struct Upgraded {
    Office office;
    records::RequestNumber number;

    explicit Upgraded(const std::string& software) {
        if (!software.empty()) {
            office.knows("who.example", software);
        }
        office.lies(1, {"who.example"});
        number = office.opened();
    }
    void origin_goes() {
        auto request = *office.requests.request(number);
        request.origin_gone_at = office.clock.at;
        REQUIRE(office.requests.record(request, {}));
        office.clock.at += 1h;
    }
    void start() { REQUIRE(office.desk.start(Office::act(number))); }
    /// One to the first step, which a crash may have cut off.
    void begins(bool cut_off) {
        auto notice = office.notice_to(number, "who.example");
        NoticeChange change;
        change.attempts.push_back(
            {notice.number, 0, office.clock.at, records::AttemptResult::Begun, 0, "cavage", {}});
        if (!cut_off) {
            change.attempts.push_back(
                {notice.number, 0, office.clock.at, records::AttemptResult::Unreachable, 0, "cavage", {}});
        }
        notice.attempts = 1;
        change.notices.push_back(std::move(notice));
        REQUIRE(office.notices.apply(change));
        office.clock.at += 1h;
    }
    void tells() {
        auto notice = office.notice_to(number, "who.example");
        NoticeChange change;
        for (std::uint32_t step = 0; step < 2; ++step) {
            change.attempts.push_back(
                {notice.number, step, office.clock.at, records::AttemptResult::Answered, 202, "cavage", {}});
        }
        REQUIRE(office.notices.apply(change));
        office.deliver(std::move(notice), 2);
        office.clock.at += 1h;
    }
    [[nodiscard]] Lines planned_again() {
        REQUIRE(office.planner.plan(*office.requests.request(number)));
        return office.words(office.notice_to(number, "who.example"));
    }
};

}  // namespace

TEST_CASE("Who was told after the origin was gone is not told once more", "[erasure][planner]") {
    SECTION("where its software was known") {
        Upgraded u{"wordpress"};
        u.origin_goes();
        u.start();
        u.tells();
        CHECK(u.planned_again() == Lines{"delete 1", "actor"});
    }
    SECTION("where that is learned later") {
        Upgraded u{""};
        u.origin_goes();
        u.start();
        u.tells();
        u.office.knows("who.example", "wordpress");
        CHECK(u.planned_again() == Lines{"delete 1", "delete 1 tombstone", "actor"});
    }
}

TEST_CASE("Who was told while the origin answered is told once more, whatever was known of it",
          "[erasure][planner]") {
    Upgraded u{""};
    u.start();
    u.tells();
    u.origin_goes();
    u.office.knows("who.example", "wordpress");
    const auto lines = u.planned_again();
    CHECK(lines == Lines{"delete 1", "delete 1 tombstone", "actor", "delete 1 wave 2", "actor wave 2"});
}

TEST_CASE("A message of which a crash left no outcome may have come while the origin answered",
          "[erasure][planner]") {
    const bool cut_off = GENERATE(true, false);
    Upgraded u{""};
    u.start();
    u.begins(cut_off);
    u.origin_goes();
    u.tells();  // the same again
    u.office.knows("who.example", "wordpress");
    Lines expected{"delete 1", "delete 1 tombstone", "actor"};
    if (cut_off) {
        expected.insert(expected.end(), {"delete 1 wave 2", "actor wave 2"});
    }
    CHECK(u.planned_again() == expected);
}

TEST_CASE("What may have come while the origin answered is sent in the second wave, too",
          "[erasure][planner]") {
    const bool cut_off = GENERATE(true, false);
    Upgraded u{"wordpress"};
    u.start();
    u.begins(cut_off);
    u.origin_goes();
    Lines expected{"delete 1", "actor"};
    if (cut_off) {
        expected.insert(expected.end(), {"delete 1 wave 2", "actor wave 2"});
    }
    CHECK(u.planned_again() == expected);
}

TEST_CASE("What was never sent for want of an inbox ends no message that was cut off", "[erasure]") {
    using records::AttemptResult;
    const auto at = *parse_rfc3339("2026-11-20T10:00:00Z");
    const auto attempt = [](Instant when, AttemptResult result) {
        return records::NoticeAttempt{{}, 0, when, result, 0, "cavage", {}};
    };
    const auto begun = attempt(at, AttemptResult::Begun);
    const std::vector cut_off{begun, attempt(at + 1min, AttemptResult::Blocked)};
    CHECK(erasure::left_before(cut_off, at + 1h));
    CHECK_FALSE(erasure::left_before(cut_off, at));
    CHECK_FALSE(erasure::left_before(std::vector{begun, attempt(at, AttemptResult::Blocked)}, at + 1h));
    CHECK(erasure::left_before(std::vector{begun}, at + 1h));
}
