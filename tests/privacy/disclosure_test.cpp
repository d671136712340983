#include "fedtrail/privacy/disclosure.hpp"

#include <optional>

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

TEST_CASE("What became of an attempt decides whether it is a disclosure, and how surely",
          "[privacy][disclosure]") {
    const auto [kind, evidence] = GENERATE(table<OutcomeKind, std::optional<Evidence>>({
        {OutcomeKind::Intended, Evidence::Intended},
        {OutcomeKind::Inferred, Evidence::Inferred},
        {OutcomeKind::Sent, Evidence::Sent},
        {OutcomeKind::Rejected, Evidence::Sent},  // the body had gone out
        {OutcomeKind::Accepted, Evidence::Accepted},
        {OutcomeKind::Fetched, Evidence::Fetched},
        {OutcomeKind::RefusedBeforeBody, std::nullopt},
        {OutcomeKind::Unreachable, std::nullopt},
        {OutcomeKind::Prevented, std::nullopt},
    }));
    CAPTURE(name_of(kind));
    CHECK(evidence_of(Outcome{kind, 0}) == evidence);
    CHECK(outcome_named(name_of(kind)) == kind);
}

TEST_CASE("Evidence is ordered by how surely it tells", "[privacy][disclosure]") {
    CHECK(Evidence::Intended < Evidence::Inferred);
    CHECK(Evidence::Inferred < Evidence::Sent);
    CHECK(Evidence::Sent < Evidence::Accepted);
    CHECK(Evidence::Accepted < Evidence::Fetched);
}
