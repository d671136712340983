// Requests that ask for the same: which one does the work, and which one the person is answered by.

#include <algorithm>

#include "erasure/office.hpp"

using namespace fedtrail;
using namespace fedtrail::testing;
using privacy::RefusalGround;
using privacy::RequestState;

namespace {

template <typename T>
bool was_denied(const Result<T>& result) {
    return !result && result.error().kind == ErrorKind::Denied;
}

erasure::OpenOrder unverified_order(const Office& office) {
    auto order = office.order();
    order.identity_verified = false;
    return order;
}

/// As the spotter opens one; nobody asked for it.
records::RequestNumber observed_one(Office& office) {
    auto order = office.order();
    order.source = records::RequestSource::Observed;
    order.by = "fedtrail";
    const auto opened = office.desk.open(order);
    REQUIRE(opened);
    return opened->number;
}

void told_by_origin(Office& office, records::RequestNumber observed, const std::string& name) {
    records::Notice notice;
    notice.request = observed;
    notice.subject = office.alice;
    notice.recipient = host(name);
    notice.state = fediverse::NoticeState::Acknowledged;
    notice.seen_from_origin = true;
    notice.acknowledged_at = office.clock.at;
    REQUIRE(office.notices.plan(observed, {}, std::vector{notice}));
}

}  // namespace

TEST_CASE("The same asked twice is one piece of work", "[erasure][desk][duplicates]") {
    Office office;
    const auto first = office.opened();
    const auto second = *office.desk.open(office.order());
    CHECK(second.state == RequestState::Duplicate);
    CHECK(second.duplicate_of == first);
    CHECK(office.desk.view(second.number)->events.back().by == "fedtrail");
    // Somebody who did not show who they are cannot push it aside either.
    CHECK(office.desk.open(unverified_order(office))->duplicate_of == first);
}

TEST_CASE("A request that is not verified never takes up one that is", "[erasure][desk][duplicates]") {
    Office office;
    office.lies(1, {"a.example"});
    // Somebody else got in first and never shows who they are.
    const auto stranger = office.desk.open(unverified_order(office))->number;
    REQUIRE(office.desk.ask_identity(Office::act(stranger)));
    const auto real = *office.desk.open(office.order());
    CHECK(real.state == RequestState::Received);
    const auto backwards = office.desk.mark_duplicate(Office::act(real.number), stranger);
    CHECK(was_denied(backwards));
    CHECK_FALSE(backwards.error().remedy.empty());
    CHECK(office.desk.start(Office::act(real.number)));
    // The other way round it may be.
    CHECK(office.desk.mark_duplicate(Office::act(stranger), real.number)->state == RequestState::Duplicate);
}

TEST_CASE("The real person is not blocked by having looked like a duplicate", "[erasure][desk][duplicates]") {
    Office office;
    office.lies(1, {"a.example"});
    const auto stranger = office.desk.open(unverified_order(office))->number;
    const auto real = *office.desk.open(unverified_order(office));
    REQUIRE(real.state == RequestState::Duplicate);
    REQUIRE(real.duplicate_of == stranger);

    SECTION("when they show who they are, it is their own request again") {
        const auto verified = office.desk.verify_identity(Office::act(real.number));
        REQUIRE(verified);
        CHECK(verified->state == RequestState::Received);
        CHECK(verified->identity_verified);
        CHECK_FALSE(verified->duplicate_of);
        CHECK_FALSE(verified->closed_at);
        CHECK(office.desk.start(Office::act(real.number)));
    }
    SECTION("when the other is refused, it wakes") {
        REQUIRE(office.desk.refuse(Office::act(stranger, "no proof came"), RefusalGround::NotIdentified));
        CHECK(office.requests.request(real.number)->state == RequestState::Received);
    }
    SECTION("when the other is withdrawn, it wakes") {
        REQUIRE(office.desk.withdraw(Office::act(stranger)));
        CHECK(office.requests.request(real.number)->state == RequestState::Received);
    }
}

TEST_CASE("Nothing is sent twice by two requests that turn out to be the same",
          "[erasure][desk][duplicates]") {
    Office office;
    office.knows("a.example", "mastodon");
    office.lies(1, {"a.example"});

    SECTION("one is verified while the other runs") {
        const auto first = office.desk.open(unverified_order(office))->number;
        const auto second = office.started();
        const auto verified = office.desk.verify_identity(Office::act(first));
        REQUIRE(verified);
        CHECK(verified->state == RequestState::Duplicate);
        CHECK(verified->duplicate_of == second);
        CHECK(verified->identity_verified);
    }
    SECTION("one is started while the other runs") {
        const auto first = office.desk.open(unverified_order(office))->number;
        const auto second = office.opened();
        REQUIRE(office.desk.verify_identity(Office::act(first)));
        REQUIRE(office.desk.start(Office::act(second)));
        const auto started = office.desk.start(Office::act(first));
        REQUIRE(was_denied(started));
        CHECK(started.error().what == "the same is done by request 2 already");
        CHECK(office.notices_of(first) == 0);
    }
    SECTION("one is resumed while the other runs") {
        const auto first = office.started();
        REQUIRE(office.desk.stop(Office::act(first)));
        const auto second = office.started();
        CHECK(was_denied(office.desk.resume_sending(Office::act(first))));
        CHECK(office.desk.mark_duplicate(Office::act(first), second)->state == RequestState::Duplicate);
        CHECK(office.desk.withdraw(Office::act(second)));  // then it may go on
        CHECK(office.desk.start(Office::act(first)));
    }
    SECTION("one is answered for while the other runs") {
        const auto first = office.started();
        REQUIRE(office.desk.stop(Office::act(first)));
        const auto second = office.opened();
        REQUIRE(office.desk.start(Office::act(second)));
        REQUIRE(office.desk.pause(Office::act(first, "which posts?")));
        CHECK(office.desk.resume(Office::act(first))->duplicate_of == second);
    }
}

TEST_CASE("Whoever is not verified blocks nobody who is", "[erasure][desk][duplicates]") {
    Office office;
    office.lies(1, {"a.example"});
    const auto stranger = office.desk.open(unverified_order(office))->number;
    const auto real = office.desk.open(unverified_order(office))->number;
    REQUIRE(office.desk.verify_identity(Office::act(real))->state == RequestState::Received);
    CHECK(office.desk.start(Office::act(real)));
    CHECK(was_denied(office.desk.start(Office::act(stranger))));
}

TEST_CASE("What is withdrawn once more wakes the duplicates that were left asleep",
          "[erasure][desk][duplicates]") {
    Office office;
    const auto first = office.opened();
    const auto second = office.desk.open(office.order())->number;
    int changes = 0;
    office.requests.before_record = [&] { office.requests.failures = ++changes == 2 ? 1 : 0; };
    const bool refused = GENERATE(false, true);
    const auto end = [&] {
        return refused ? office.desk.refuse(Office::act(first, "the tenth today"), RefusalGround::Excessive)
                       : office.desk.withdraw(Office::act(first));
    };
    const auto cut_off = end();
    REQUIRE_FALSE(cut_off);
    CHECK(cut_off.error().kind == ErrorKind::Unavailable);
    CHECK(office.requests.request(second)->state == RequestState::Duplicate);
    CHECK(was_denied(end()));
    CHECK(office.requests.request(second)->state != RequestState::Duplicate);
}

TEST_CASE("A request of another scope or another person is no duplicate", "[erasure][desk][duplicates]") {
    Office office;
    office.lies(1, {"a.example"});
    office.lies(2, {"a.example"});
    const auto some = office.opened(chosen({1}));
    CHECK(office.desk.open(office.order())->state == RequestState::Received);
    CHECK(office.desk.open(office.order(chosen({1, 2})))->state == RequestState::Received);
    CHECK(office.desk.open(office.order(chosen({1})))->duplicate_of == some);

    auto other = office.order(chosen({1}));
    other.subject = *office.vault.enrol(*Uri::parse("https://origin.example/users/bob"), "bob");
    const auto bobs = *office.desk.open(other);
    CHECK(bobs.state == RequestState::Received);
    CHECK(was_denied(office.desk.mark_duplicate(Office::act(bobs.number), some)));
}

TEST_CASE("What is closed or stopped takes up nothing", "[erasure][desk][duplicates]") {
    Office office;
    const auto first = office.started();
    REQUIRE(office.desk.stop(Office::act(first)));
    const auto second = *office.desk.open(office.order());
    CHECK(second.state == RequestState::Received);
    REQUIRE(office.desk.withdraw(Office::act(first)));
    REQUIRE(office.desk.withdraw(Office::act(second.number)));
    CHECK(office.desk.open(office.order())->state == RequestState::Received);
}

TEST_CASE("What the origin deleted by itself takes up nothing that the person asks for",
          "[erasure][desk][duplicates]") {
    Office office;
    office.knows("a.example", "mastodon");
    office.lies(1, {"a.example"});
    const auto observed = observed_one(office);
    told_by_origin(office, observed, "a.example");
    REQUIRE(office.desk.start_observed(Office::act(observed)));
    const auto own = *office.desk.open(office.order());
    REQUIRE(own.state == RequestState::Received);
    CHECK(was_denied(office.desk.mark_duplicate(Office::act(own.number), observed)));
    REQUIRE(office.desk.start(Office::act(own.number)));
    CHECK(office.notice_to(own.number, "a.example").steps.empty());  // it heard from the origin
    REQUIRE(office.desk.close(Office::act(observed, "seen")));
    REQUIRE(office.desk.close(Office::act(own.number, "seen")));
    const auto pending = office.desk.pending({});
    REQUIRE(pending);
    REQUIRE(pending->views.size() == 1);  // Art. 12(3): the person is told what was done
    CHECK(pending->views.front().request.number == own.number);
    CHECK(pending->views.front().unanswered);
}

TEST_CASE("The origin's own deletion is taken up by the person's request that runs already",
          "[erasure][desk][duplicates]") {
    Office office;
    office.knows("a.example", "mastodon");
    office.knows("b.example", "mastodon");
    office.lies(1, {"a.example", "b.example"});
    const auto observed = observed_one(office);
    const auto own = office.started();
    REQUIRE(office.notice_to(own, "a.example").steps.size() == 1);
    told_by_origin(office, observed, "a.example");  // once its fan-out is over
    REQUIRE(office.desk.start_observed(Office::act(observed)));
    const auto taken_up = office.requests.request(observed);
    CHECK(taken_up->state == RequestState::Duplicate);
    CHECK(taken_up->duplicate_of == own);
    const auto told = office.notice_to(own, "a.example");
    CHECK(told.steps.empty());
    CHECK(told.state == fediverse::NoticeState::Acknowledged);
    CHECK(told.acknowledged_at == office.clock.at);
    CHECK(told.next_look_at);
    CHECK(office.notice_to(own, "b.example").steps.size() == 1);
    CHECK(office.notices_of(observed) == 1);
}
