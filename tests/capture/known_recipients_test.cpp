// What is known of recipients, past those of which what is known is damaged.

#include "capture/known_recipients.hpp"

#include <vector>

#include <catch2/catch.hpp>

#include "fakes/recipient_register.hpp"
#include "fakes/stopped_clock.hpp"
#include "host.hpp"

using namespace fedtrail;
using namespace fedtrail::testing;
using namespace std::chrono_literals;

TEST_CASE("A recipient that is damaged keeps no other from being known", "[gate][damage]") {
    FakeRecipientRegister known;
    StoppedClock clock;
    capture::KnownRecipients recipients{known, clock, {}};
    const std::vector hosts{host("a.example"), host("b.example"), host("c.example")};
    known.damaged = {"b.example"};
    const auto read = recipients.read(hosts);
    REQUIRE_FALSE(read);
    CHECK(read.error().kind == ErrorKind::Corrupt);
    CHECK(recipients.find(hosts[0]));
    CHECK_FALSE(recipients.find(hosts[1]));
    CHECK(recipients.find(hosts[2]));
}

TEST_CASE("What was known of a recipient stays for its day when it is damaged", "[gate][damage]") {
    FakeRecipientRegister known;
    StoppedClock clock;
    capture::KnownRecipients recipients{known, clock, {}};
    const std::vector hosts{host("a.example"), host("b.example")};
    REQUIRE(recipients.read(hosts));
    known.damaged = {"b.example"};
    clock.at += 1h;
    CHECK_FALSE(recipients.refresh());
    CHECK(recipients.find(hosts[1]));
    const auto asked = known.questions;
    CHECK(recipients.refresh());  // it is not read again and again
    CHECK(known.questions == asked);
}

TEST_CASE("A clock that is set back makes nothing that is known of recipients last longer", "[gate]") {
    FakeRecipientRegister known;
    StoppedClock clock;
    capture::KnownRecipients recipients{known, clock, {}};
    REQUIRE(recipients.read(std::vector{host("a.example")}));
    const auto asked = known.questions;
    clock.at -= 3h;  // the same day
    CHECK(recipients.refresh());
    CHECK(known.questions == asked + 1);
    CHECK(recipients.refresh());
    CHECK(known.questions == asked + 1);
}
