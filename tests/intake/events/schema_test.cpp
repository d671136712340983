// schemas/observation.schema.json and the reader must say the same.

#include <fstream>
#include <sstream>
#include <vector>

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>
#include <valijson/adapters/nlohmann_json_adapter.hpp>
#include <valijson/schema.hpp>
#include <valijson/schema_parser.hpp>
#include <valijson/validator.hpp>

#include "intake/events/examples.hpp"
#include "intake/events/observation_line.hpp"

using namespace fedtrail::intake::events;

namespace {

class ObservationSchema {
public:
    ObservationSchema() {
        std::ifstream file{std::string{FEDTRAIL_SOURCE_DIR} + "/schemas/observation.schema.json"};
        const auto document = nlohmann::json::parse(file);
        valijson::SchemaParser{valijson::SchemaParser::kDraft7}.populateSchema(
            valijson::adapters::NlohmannJsonAdapter{document}, schema_);
    }

    [[nodiscard]] bool takes(const std::string& line) const {
        const auto document = nlohmann::json::parse(line, nullptr, false);
        valijson::Validator validator;
        return !document.is_discarded() &&
               validator.validate(schema_, valijson::adapters::NlohmannJsonAdapter{document}, nullptr);
    }

private:
    valijson::Schema schema_;
};

}  // namespace

TEST_CASE("Schema and reader take the same lines", "[intake][events][schema]") {
    const ObservationSchema schema;
    for (const auto& line : test::good_lines()) {
        CAPTURE(line);
        const auto read = parse_observation(line);
        CAPTURE(read ? "" : read.error().what);
        CHECK(read);
        CHECK(schema.takes(line));
    }
}

namespace {

std::string text_of(const std::string& file) {
    std::ifstream in{FEDTRAIL_SOURCE_DIR "/" + file};
    REQUIRE(in.good());
    std::ostringstream text;
    text << in.rdbuf();
    return text.str();
}

/// The members of an object of the schema, as docs/observations.md writes them.
void add_members(const nlohmann::json& object, const std::string& before, std::vector<std::string>& names) {
    for (const auto& [name, member] : object["properties"].items()) {
        names.push_back(before + name);
        if (member.contains("properties")) {
            add_members(member, name + ".", names);
        }
    }
}

}  // namespace

TEST_CASE("The manual's examples are observations", "[intake][events][schema]") {
    const ObservationSchema schema;
    std::istringstream manual{text_of("docs/observations.md")};
    bool within = false;
    int examples = 0;
    for (std::string line; std::getline(manual, line);) {
        if (line.starts_with("```")) {
            within = line == "```ndjson";
        } else if (within) {
            CAPTURE(line);
            const auto read = parse_observation(line);
            CAPTURE(read ? "" : read.error().what);
            CHECK(read);
            CHECK(schema.takes(line));
            ++examples;
        }
    }
    CHECK(examples == 3);
}

TEST_CASE("The manual explains every member of an observation", "[intake][events][schema]") {
    const auto manual = text_of("docs/observations.md");
    const auto schema = nlohmann::json::parse(text_of("schemas/observation.schema.json"));
    std::vector<std::string> names;
    add_members(schema, "", names);
    add_members(schema["definitions"]["digest"], "digest.", names);
    CHECK(names.size() > 12);
    for (const auto& name : names) {
        INFO(name);
        CHECK_THAT(manual, Catch::Contains("`" + name + "`"));
    }
}

TEST_CASE("Schema and reader refuse the same lines", "[intake][events][schema]") {
    const ObservationSchema schema;
    for (const auto& [line, reason] : test::bad_lines()) {
        CAPTURE(line);
        CHECK_FALSE(parse_observation(line));
        CHECK_FALSE(schema.takes(line));
    }
}
