#include "reports/schema_faults.hpp"

#include <fstream>

#include <nlohmann/json.hpp>
#include <valijson/adapters/nlohmann_json_adapter.hpp>
#include <valijson/schema.hpp>
#include <valijson/schema_parser.hpp>
#include <valijson/validation_results.hpp>
#include <valijson/validator.hpp>

namespace fedtrail::reports::test {

std::string schema_faults(std::string_view name, const std::string& json) {
    std::ifstream file{FEDTRAIL_SOURCE_DIR "/schemas/" + std::string{name} + ".schema.json"};
    const auto schema_document = nlohmann::json::parse(file);
    const auto document = nlohmann::json::parse(json);
    valijson::Schema schema;
    valijson::SchemaParser parser;
    parser.populateSchema(valijson::adapters::NlohmannJsonAdapter{schema_document}, schema);
    valijson::Validator validator;
    valijson::ValidationResults results;
    validator.validate(schema, valijson::adapters::NlohmannJsonAdapter{document}, &results);
    std::string text;
    for (const auto& error : results) {
        for (const auto& step : error.context) {
            text += step;
        }
        text += ": " + error.description + "\n";
    }
    return text;
}

}  // namespace fedtrail::reports::test
