// A plan that is made again once the origin is gone: who is told once more, and who is not.

#include "erasure/office.hpp"

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
