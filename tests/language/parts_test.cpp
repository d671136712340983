#include "language/parts.hpp"

#include <catch2/catch.hpp>

using namespace fedtrail;
using language::parts_fault;
using language::parts_named;

TEST_CASE("A text's parts are found however they are written", "[language][parts]") {
    CHECK(parts_named("{{>a}} {{name}} {{#open}}{{ > b }}{{/open}}\n{{>\n c}}{{! >d }}{{>a}}") ==
          std::vector<std::string>{"a", "b", "c", "a"});
    CHECK(parts_named("no part > here, {{#none}}{{/none}}").empty());
    CHECK(parts_named("{{>").size() == 1);
    CHECK(parts_named("{{").empty());
}

TEST_CASE("A part that is not there, or never ends, is found out", "[language][parts]") {
    const language::Texts parts{
        {"line", "{{host}}: {{>state}}{{>end}}"}, {"state", "told{{>end}}"}, {"end", "."}};
    CHECK(parts_fault("- {{>line}}\n- {{>line}}", parts).empty());
    CHECK(parts_fault("no parts", {}).empty());
    CHECK(parts_fault("{{>nobody}}", parts) == "names the part {{>nobody}}, which there is not");
    CHECK(parts_fault("{{>}}", parts) == "names the part {{>}}, which there is not");

    auto broken = parts;
    broken["end"] = "{{>nobody}}";
    CHECK(parts_fault("{{>line}}", broken) ==
          "has the part \"end\", which names {{>nobody}}, which there is not");

    auto endless = parts;
    endless["end"] = "{{#told}}{{>line}}{{/told}}";
    CHECK(parts_fault("{{>line}}", endless).find("never ends") != std::string::npos);
    CHECK(parts_fault("nothing", {{"self", "{{>self}}"}}) ==
          "has the part \"self\", which never ends: a part stands in itself");
}
