#include "erasure/schema.hpp"

#include <filesystem>
#include <fstream>

#include <nlohmann/json.hpp>
#include <valijson/adapters/nlohmann_json_adapter.hpp>
#include <valijson/schema.hpp>
#include <valijson/schema_parser.hpp>
#include <valijson/validation_results.hpp>
#include <valijson/validator.hpp>

namespace fedtrail::testing {

std::string schema_faults(const std::string& name, const std::string& json) {
    using valijson::adapters::NlohmannJsonAdapter;
    std::ifstream file{std::filesystem::path{FEDTRAIL_SOURCE_DIR} / "schemas" / name};
    const auto schema_document = nlohmann::json::parse(file);
    valijson::Schema schema;
    valijson::SchemaParser{}.populateSchema(NlohmannJsonAdapter{schema_document}, schema);
    const auto document = nlohmann::json::parse(json);
    valijson::ValidationResults results;
    valijson::Validator{}.validate(schema, NlohmannJsonAdapter{document}, &results);
    std::string faults;
    for (const auto& fault : results) {
        for (const auto& step : fault.context) {
            faults += step;
        }
        faults += ": " + fault.description + "\n";
    }
    return faults;
}

}  // namespace fedtrail::testing
