#include "fedtrail/records/consent.hpp"

#include <catch2/catch.hpp>

namespace fedtrail::records {

namespace {

Host host(std::string_view text) {
    return *Host::parse(text);
}

privacy::Day day(std::string_view text) {
    return *privacy::parse_day(text);
}

Consent consent_to(std::string_view recipient) {
    return {privacy::SubjectNumber{7},
            1,
            *privacy::Country::parse("US"),
            recipient.empty() ? Host{} : host(recipient),
            day("2026-03-01"),
            day("2026-09-01"),
            ""};
}

}  // namespace

TEST_CASE("A consent carries a transfer from the day it was given until it was withdrawn", "[consent]") {
    const auto consent = consent_to("");
    const auto us = *privacy::Country::parse("US");
    const auto to = host("big.example");
    CHECK(!carries(consent, to, us, day("2026-02-28")));
    CHECK(carries(consent, to, us, day("2026-03-01")));
    CHECK(carries(consent, to, us, day("2026-08-31")));
    CHECK(!carries(consent, to, us, day("2026-09-01")));
    CHECK(!carries(consent, to, *privacy::Country::parse("IN"), day("2026-08-31")));
}

TEST_CASE("A consent to one host is one to all hosts of its recipient", "[consent]") {
    const auto us = *privacy::Country::parse("US");
    const auto then = day("2026-05-01");
    const auto consent = consent_to("big.example");
    CHECK(carries(consent, host("big.example:8443"), us, then));
    CHECK(!carries(consent, host("www.big.example"), us, then));

    RecipientCard card;
    card.host = host("www.big.example");
    card.aliases = {{host("big.example"), "main"}};
    CHECK(!carries(consent, card, then));  // a consent would change nothing
    card.if_consented = IfConsented{us, {}};
    CHECK(carries(consent, card, then));
    card.aliases.clear();
    CHECK(!carries(consent, card, then));

    privacy::JoinedHosts joined;
    joined.join(host("big.example"), host("www.big.example"));
    const auto all = for_all_hosts(consent, joined);
    REQUIRE(all.size() == 2);
    CHECK(carries(all[1], host("www.big.example"), us, then));
    CHECK(for_all_hosts(consent_to(""), joined) == std::vector{consent_to("")});
    CHECK(for_all_hosts(consent, {}) == std::vector{consent});
}

}  // namespace fedtrail::records
