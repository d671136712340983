#include "fedtrail/privacy/disclosure.hpp"

#include <catch2/catch.hpp>

using namespace fedtrail::privacy;

TEST_CASE("A channel says by whose doing data comes to a recipient", "[privacy][disclosure]") {
    const auto [channel, doing, ours] = GENERATE(table<Channel, Doing, bool>({
        {Channel::Push, Doing::Sent, true},
        {Channel::Relay, Doing::Sent, true},
        {Channel::Bridge, Doing::Sent, true},
        {Channel::SignedPull, Doing::Fetched, true},
        {Channel::AnonymousPull, Doing::Fetched, true},
        {Channel::Forward, Doing::PassedOn, false},
    }));
    CAPTURE(name_of(channel));
    CHECK(doing_of(channel) == doing);
    ChannelSet channels;
    channels.add(channel);
    CHECK(channels.has(doing));
    CHECK(got_from_us(channels) == ours);
    channels.add(Channel::Forward);
    CHECK(got_from_us(channels) == ours);  // what others passed on as well changes nothing
}
