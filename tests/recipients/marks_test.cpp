#include "recipients/marks.hpp"

#include <catch2/catch.hpp>

#include "erasure/schema.hpp"
#include "recipients/policy_file.hpp"

using namespace fedtrail;
using namespace fedtrail::recipients;
using fedtrail::testing::policy_file;
using fedtrail::testing::schema_faults;

TEST_CASE("The marks that are shipped fit their schema", "[marks]") {
    CHECK(schema_faults("recipient-marks.schema.json", policy_file("recipient-marks.json")).empty());
    CHECK(parse_marks(policy_file("recipient-marks.json")));
}

TEST_CASE("A mark is known by software or by host", "[marks]") {
    const auto rules = *parse_marks(
        R"({"format":"fedtrail/recipient-marks/1","marks":[
            {"name":"a","mark":"bridge","software":["Bridge-Y"],"hosts":["*.brid.example","one.example"]},
            {"name":"b","mark":"relay","software":["relay"]}]})");
    const auto marks = [&](const char* host, const char* software) {
        return marks_of(rules, *Host::parse(host), software);
    };
    CHECK(marks("x.example", "bridge-y").bridge);
    CHECK(marks("brid.example", "").bridge);
    CHECK(marks("a.b.brid.example", "").bridge);
    CHECK(marks("one.example", "mastodon").bridge);
    CHECK_FALSE(marks("notbrid.example", "").bridge);
    CHECK_FALSE(marks("two.one.example", "").bridge);
    CHECK_FALSE(marks("x.example", "relay").bridge);
    CHECK(marks("x.example", "relay").relay);
    CHECK_FALSE(marks("x.example", "mastodon").relay);
}

TEST_CASE("Rows that mark nothing are refused by name", "[marks]") {
    const auto with = [](const std::string& row) {
        return parse_marks(R"({"format":"fedtrail/recipient-marks/1","marks":[)" + row + "]}");
    };
    CHECK(with(R"({"name":"empty","mark":"relay"})").error().what.find("empty") != std::string::npos);
    CHECK_FALSE(with(R"({"name":"a","mark":"friend","software":["x"]})"));
    CHECK_FALSE(parse_marks("{}"));
}
