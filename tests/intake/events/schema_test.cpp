// schemas/observation.schema.json and the reader must say the same.

#include <fstream>

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

TEST_CASE("Schema and reader refuse the same lines", "[intake][events][schema]") {
    const ObservationSchema schema;
    for (const auto& [line, reason] : test::bad_lines()) {
        CAPTURE(line);
        CHECK_FALSE(parse_observation(line));
        CHECK_FALSE(schema.takes(line));
    }
}
