#include "fedtrail/records/by.hpp"

#include <catch2/catch.hpp>

#include "fedtrail/records/access.hpp"

using namespace fedtrail::records;  // NOLINT(google-build-using-namespace): the subject of this file

TEST_CASE("An operator's name is short and printable, in one word", "[records]") {
    for (const auto* name : {"anna", "anna.muster", "anna@corp.example", "CORP\\anna", "1000", "~"}) {
        CHECK(parse_operator(name) == name);
    }
    CHECK(parse_operator(std::string(kMaxOperatorName, 'x')));
    CHECK_FALSE(parse_operator(std::string(kMaxOperatorName + 1, 'x')));
    for (const auto* name :
         {"", " ", "anna muster", "anna\n", "\tanna", "a/b", "\x1b[2J", "del\x7f", "zo\xc3\xab"}) {
        CHECK_FALSE(parse_operator(name));
    }
    CHECK_FALSE(parse_operator(std::string_view{"a\0b", 3}));
}

TEST_CASE("The books have the login, and the name that is said beside it", "[records]") {
    CHECK(by_operator("anna", "") == "cli:anna");
    CHECK(by_operator("anna", "anna") == "cli:anna");
    CHECK(by_operator("ops", "anna") == "cli:anna/ops");
    for (const auto* by : {"cli:anna", "cli:anna/ops"}) {
        CHECK(is_by_operator(by));
        CHECK(names_operator(by));
        CHECK(without_operator(by) == looker::kOperator);
    }
    for (const auto* by : {"cli:", "cli:/ops", "cli:anna/", "cli:a/b/c", "cli:anna muster", "cli:a\nb"}) {
        CAPTURE(by);
        CHECK_FALSE(is_by_operator(by));
        CHECK(names_operator(by));  // whatever it is, it is not shown
    }
    for (const auto* by : {"cli", "api:3f2a91c4", "fedtrail", "self", "import", "client:x", ""}) {
        CAPTURE(by);
        CHECK_FALSE(is_by_operator(by));
        CHECK_FALSE(names_operator(by));
        CHECK(without_operator(by) == by);
    }
}
