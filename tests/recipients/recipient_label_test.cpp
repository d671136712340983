#include "fedtrail/records/recipient_label.hpp"

#include <catch2/catch.hpp>

using namespace fedtrail;
using namespace fedtrail::records;

TEST_CASE("A withheld host has one label in a document, and another host another", "[marks]") {
    RecipientLabels labels{"unnamed server"};
    CHECK(labels.of("zoe.example") == "unnamed server 1");
    CHECK(labels.of("alice.example") == "unnamed server 2");
    CHECK(labels.of("zoe.example") == "unnamed server 1");
}

TEST_CASE("Others read a host only if it is known not to be one person's", "[marks]") {
    RecipientCard card;
    CHECK_FALSE(may_be_named(card));  // nothing is known
    card.software = "gotosocial";
    card.users = 0;
    CHECK_FALSE(may_be_named(card));  // it does not want to say
    card.users = 2;
    CHECK(may_be_named(card));
    card.marks.single_person = true;  // the controller says so
    CHECK_FALSE(may_be_named(card));
    card.marks = {};
    card.users.reset();
    card.marks.several_people = true;  // the controller says so
    CHECK(may_be_named(card));
    for (const auto mark : {&RecipientMarks::relay, &RecipientMarks::bridge}) {
        RecipientCard service;
        service.marks.*mark = true;
        CHECK(may_be_named(service));
    }
    RecipientCard forum;  // a Lemmy of one's own is as personal as any server
    forum.marks.community = true;
    CHECK_FALSE(may_be_named(forum));
    forum.users = 1;
    CHECK_FALSE(may_be_named(forum));
    forum.users = 2;
    CHECK(may_be_named(forum));
}

TEST_CASE("Who passes on what it gets is known by its kind, or by the way something went there", "[marks]") {
    privacy::ChannelSet channels;
    CHECK(passes_on_as({}, channels).empty());
    channels.add(privacy::Channel::Push);
    channels.add(privacy::Channel::Forward);
    CHECK(passes_on_as({}, channels).empty());  // it got something from others: it need not pass it on
    RecipientMarks marks;
    marks.community = true;
    CHECK(passes_on_as(marks, channels) == "community");
    channels.add(privacy::Channel::Bridge);
    CHECK(passes_on_as({}, channels) == "bridge");
    marks.relay = true;
    CHECK(passes_on_as(marks, channels) == "relay");
}
