// A post that came to a server behind its own Delete, or may have, and a request for it afterwards.

#include <chrono>
#include <string>
#include <vector>

#include "erasure/origin_deletes.hpp"
#include "erasure/plan_shown.hpp"

using namespace fedtrail;
using namespace fedtrail::testing;
using namespace std::chrono_literals;

namespace {

using Lines = std::vector<std::string>;

/// Alice's posts 1 and 2 lie at two servers; the origin deleted post 1, which both took.
struct Behind {
    Office office;
    Instant told_at;

    explicit Behind(erasure::Planner::Options options = {}) : office(options), told_at(office.clock.at) {
        for (const auto* const name : {"masto.example", "other.example"}) {
            office.knows(name, "mastodon");
        }
        for (const int number : {1, 2}) {
            office.lies(number, {"masto.example", "other.example"});
        }
        origin_deleted(office, {1}, {"masto.example", "other.example"});
        office.clock.at += 1h;
        office.ledger.asked = 0;
    }
    void comes(Instant at) { office.ledger.try_again(note(1), "masto.example", at); }
    Lines sent(records::RequestNumber number, const std::string& name) {
        return office.words(office.notice_to(number, name));
    }
};

}  // namespace

TEST_CASE("A chosen post that the origin's queue brought behind its Delete is sent",
          "[erasure][planner][told]") {
    Behind b;
    SECTION("behind it") {
        b.comes(b.told_at + 5min);
    }
    SECTION("shortly before it, which a server may take in the other order") {
        b.comes(b.told_at - 5min);
    }
    const auto preview = *b.office.desk.preview(b.office.order(chosen({1})));
    CHECK_FALSE(shown(preview, "masto.example").told_by_origin);
    CHECK(shown(preview, "other.example").told_by_origin);
    const auto number = b.office.started(chosen({1}));
    CHECK(b.sent(number, "masto.example") == Lines{"delete 1"});
    CHECK(b.sent(number, "other.example").empty());
}

TEST_CASE("Of all posts one that the origin's queue brought behind its Delete is sent",
          "[erasure][planner][told]") {
    Behind b;
    SECTION("behind it") {
        b.comes(b.told_at + 5min);
    }
    SECTION("shortly before it") {
        b.comes(b.told_at - 5min);
    }
    const auto number = b.office.started(every_post());
    CHECK(b.sent(number, "masto.example") == Lines{"delete 1", "delete 2"});
    CHECK(b.sent(number, "other.example") == Lines{"delete 2"});
}

TEST_CASE("A post is sent where the ledger does not know that its Delete was taken",
          "[erasure][planner][told]") {
    Behind b;
    b.office.ledger.tried.clear();
    CHECK(sent_for(b.office, {1}, "masto.example") == Lines{"delete 1"});
    CHECK(b.sent(b.office.started(every_post()), "masto.example") == Lines{"delete 1", "delete 2"});
}

TEST_CASE("The first of several posts that the origin deleted one by one may have come behind its Delete",
          "[erasure][planner][told]") {
    Office office;
    office.knows("masto.example", "mastodon");
    office.lies(1, {"masto.example"});
    office.lies(2, {"masto.example"});
    const auto seen = origin_deleted(office, {1, 2}, {"masto.example"});
    auto notice = office.notice_to(seen, "masto.example");
    notice.acknowledged_at = office.clock.at + 3h;  // of the second
    office.write(notice);
    office.ledger.try_again(note(1), "masto.example", office.clock.at + 1h);
    office.clock.at += 4h;
    CHECK(sent_for(office, {1}, "masto.example") == Lines{"delete 1"});
}

TEST_CASE("The ledger is asked once for a post, however many servers and commits a plan has",
          "[erasure][planner][told]") {
    erasure::Planner::Options options;
    options.batch_notices = 1;
    Behind b{options};
    b.office.started(every_post());
    CHECK(b.office.ledger.asked == 1);
    b.office.ledger.asked = 0;
    CHECK(sent_for(b.office, {1, 2}, "masto.example") == Lines{"delete 2"});
    CHECK(b.office.ledger.asked == 1);  // nobody was told of the other
}
