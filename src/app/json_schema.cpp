#include "app/json_schema.hpp"

#include <fstream>
#include <sstream>

#include <nlohmann/json.hpp>
#include <valijson/adapters/nlohmann_json_adapter.hpp>
#include <valijson/schema.hpp>
#include <valijson/schema_parser.hpp>
#include <valijson/validation_results.hpp>
#include <valijson/validator.hpp>

namespace fedtrail::app {

namespace {

constexpr std::uintmax_t kLargestDocument = std::uintmax_t{4} * 1024 * 1024;

Result<nlohmann::json> parsed_json(const std::string& text, const std::string& place) {
    auto document = nlohmann::json::parse(text, nullptr, false);
    if (document.is_discarded()) {
        return fail(ErrorKind::Invalid, place + " is not JSON", "Restore the file of this release.");
    }
    return document;
}

std::string first_fault(valijson::ValidationResults& results) {
    valijson::ValidationResults::Error innermost;  // the first; those after it tell what is around it
    if (!results.popError(innermost)) {
        return "an unknown place";
    }
    std::string where;
    for (const auto& step : innermost.context) {
        where += step;
    }
    return where + ": " + innermost.description;
}

}  // namespace

Result<std::string> read_text(const std::filesystem::path& file) {
    std::error_code missing;
    const auto size = std::filesystem::file_size(file, missing);
    std::ifstream in{file, std::ios::binary};
    if (missing || !in) {
        return fail(ErrorKind::NotFound, file.string() + " cannot be read", "Check the path and its rights.");
    }
    if (size > kLargestDocument) {
        return fail(ErrorKind::Invalid, file.string() + " is larger than 4 MiB", "Restore the file.");
    }
    std::ostringstream text;
    text << in.rdbuf();
    return text.str();
}

Result<void> check_schema(const std::string& document, const std::string& schema, const std::string& place) {
    const auto value = parsed_json(document, place);
    const auto rules = parsed_json(schema, "the schema of " + place);
    if (!value || !rules) {
        return fail(!value ? value : rules);
    }
    try {
        valijson::Schema compiled;
        const valijson::adapters::NlohmannJsonAdapter adapted_rules{*rules};
        valijson::SchemaParser{}.populateSchema(adapted_rules, compiled);
        valijson::Validator validator;
        valijson::ValidationResults results;
        if (validator.validate(compiled, valijson::adapters::NlohmannJsonAdapter{*value}, &results)) {
            return {};
        }
        return fail(ErrorKind::Invalid,
                    place + " does not keep to its schema at " + first_fault(results),
                    "Restore the file of this release.");
    } catch (const std::exception& error) {
        return fail(ErrorKind::Invalid, "the schema of " + place + " cannot be used: " + error.what());
    }
}

}  // namespace fedtrail::app
