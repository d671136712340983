// Which of several repetitions goes on where the request that they repeat comes to nothing.

#include "erasure/office.hpp"

using namespace fedtrail;
using namespace fedtrail::testing;
using namespace std::chrono_literals;
using privacy::RefusalGround;
using privacy::RequestState;

namespace {

/// Of the same person and scope, received that many days ago.
records::RequestNumber asked_again(Office& office, int days_ago, bool verified = true) {
    auto order = office.order();
    order.identity_verified = verified;
    order.received_at = office.clock.at - 24h * days_ago;
    const auto opened = office.desk.open(order);
    REQUIRE(opened);
    return opened->number;
}

RequestState state_of(const Office& office, records::RequestNumber number) {
    return office.requests.request(number)->state;
}

std::optional<records::RequestNumber> carrier_of(const Office& office, records::RequestNumber number) {
    return office.requests.request(number)->duplicate_of;
}

}  // namespace

TEST_CASE("Of several duplicates the one whose month ends first carries the others",
          "[erasure][desk][duplicates]") {
    Office office;
    const auto first = office.opened();
    const auto late = asked_again(office, 1);
    const auto early = asked_again(office, 5);
    const auto unverified = asked_again(office, 2, false);
    REQUIRE(carrier_of(office, early) == first);
    if (GENERATE(false, true)) {
        REQUIRE(office.desk.withdraw(Office::act(first)));
    } else {
        REQUIRE(office.desk.refuse(Office::act(first, "the tenth today"), RefusalGround::Excessive));
    }
    CHECK(state_of(office, early) == RequestState::Received);
    CHECK(carrier_of(office, late) == early);
    CHECK(carrier_of(office, unverified) == early);

    // And where that one comes to nothing too:
    REQUIRE(office.desk.withdraw(Office::act(early)));
    CHECK(state_of(office, late) == RequestState::Received);
    CHECK_FALSE(carrier_of(office, late));
}

TEST_CASE("Nobody's month is hidden behind a later one", "[erasure][desk][duplicates]") {
    Office office;
    const auto first = office.opened();
    const auto unverified = asked_again(office, 9, false);
    const auto verified = asked_again(office, 3);
    REQUIRE(office.desk.withdraw(Office::act(first)));
    CHECK(state_of(office, verified) == RequestState::Received);
    CHECK(state_of(office, unverified) == RequestState::Received);
    CHECK(office.desk.view(unverified)->due < office.desk.view(verified)->due);
}

TEST_CASE("Where it is doubted who asked, one verified duplicate carries the others",
          "[erasure][desk][duplicates]") {
    Office office;
    const auto first = office.opened();
    const auto early = asked_again(office, 5);
    const auto late = asked_again(office, 1);
    const auto unverified = asked_again(office, 2, false);
    REQUIRE(office.desk.ask_identity(Office::act(first, "another address wrote")));
    CHECK(state_of(office, early) == RequestState::Received);
    CHECK(carrier_of(office, late) == early);
    CHECK(carrier_of(office, unverified) == first);
}

TEST_CASE("A waking that was cut off ends with one that carries the others", "[erasure][desk][duplicates]") {
    Office office;
    const auto first = office.opened();
    const auto early = asked_again(office, 5);
    const auto late = asked_again(office, 1);
    int changes = 0;
    office.requests.before_record = [&] { office.requests.failures = ++changes == 3 ? 1 : 0; };
    REQUIRE_FALSE(office.desk.withdraw(Office::act(first)));  // withdrawn, the first one woken, and then
    CHECK_FALSE(office.desk.withdraw(Office::act(first)));    // Denied, and the rest is done
    CHECK(state_of(office, early) == RequestState::Received);
    CHECK(carrier_of(office, late) == early);
}
