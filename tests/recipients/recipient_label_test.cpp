#include "fedtrail/records/recipient_label.hpp"

#include <catch2/catch.hpp>

using namespace fedtrail;
using namespace fedtrail::records;

TEST_CASE("The host of a single person is published as a label", "[marks]") {
    const auto host = [](const char* name) { return *Host::parse(name); };
    RecipientLabels others{LabelReader::Others, "single-person server"};
    CHECK(others.of(host("big.example"), false) == "big.example");
    CHECK(others.of(host("zoe.example"), true) == "single-person server 1");
    CHECK(others.of(host("alice.example"), true) == "single-person server 2");
    CHECK(others.of(host("zoe.example"), true) == "single-person server 1");
    RecipientLabels own{LabelReader::TheSubject, "single-person server"};
    RecipientCard card;
    card.host = host("alice.example");
    card.marks.single_person = true;
    CHECK(own.of(card) == "alice.example");
    CHECK(others.of(card) == "single-person server 2");
}
