#include "recipients/imprint_words.hpp"

#include "fediverse/policy_json.hpp"
#include "recipients/address_line.hpp"
#include "recipients/policy_values.hpp"
#include "recipients/sentences.hpp"

namespace fedtrail::recipients {

namespace {

using fediverse::PolicyFault;
using Json = nlohmann::json;
using privacy::Country;

constexpr const char* kImprintFormat = "fedtrail/imprint/1";

std::vector<std::pair<std::string, Country>> pairs_in(const Json& object) {
    std::vector<std::pair<std::string, Country>> pairs;
    for (const auto& [text, country] : object.items()) {
        pairs.emplace_back(text, country_in(country));
    }
    return pairs;
}

void add_names(ImprintWords& words, const Json& document) {
    for (const auto& [code, name] : document.at("country").items()) {
        const auto country = Country::parse(code);
        if (country) {
            words.countries.emplace(lower_latin(name.get<std::string>()), *country);
        }
    }
}

void read(const Json& document, ImprintWords& words, std::string& place) {
    if (document.at("format").get<std::string>() != kImprintFormat) {
        throw PolicyFault{std::string{"\"format\" is not \""} + kImprintFormat + "\""};
    }
    words.operators = document.at("operator").at("words").get<std::vector<std::string>>();
    words.others = document.at("others").at("words").get<std::vector<std::string>>();
    place = "\"countries\"";
    for (auto& [name, country] : pairs_in(document.at("countries").at("names"))) {
        words.countries.insert_or_assign(name, country);
    }
    for (const auto& name : document.at("countries").at("never")) {
        words.countries.erase(name.get<std::string>());
    }
    place = "\"postcodes\"";
    for (auto& [prefix, country] : pairs_in(document.at("postcodes").at("prefixes"))) {
        words.prefixes.emplace(prefix, country);
    }
    words.states = document.at("postcodes").at("states").get<std::set<std::string, std::less<>>>();
    place = "\"numbers\"";
    words.number_words = document.at("numbers").at("words").get<std::vector<std::string>>();
    words.number_forms = pairs_in(document.at("numbers").at("forms"));
    place = "\"phrases\"";
    words.phrases = pairs_in(document.at("phrases").at("known"));
    words.negations = document.at("phrases").at("not_after").get<std::vector<std::string>>();
}

}  // namespace

Result<ImprintWords> parse_imprint_words(std::string_view json, std::span<const std::string> names) {
    std::string place = "names of countries";
    ImprintWords words;
    try {
        for (const auto& file : names) {
            add_names(words, Json::parse(file));
        }
        place = "the document";
        read(Json::parse(json), words, place);
        return words;
    } catch (const std::exception& error) {
        return fail(ErrorKind::Invalid,
                    std::string{kImprintFormat} + ", " + place + ": " + error.what(),
                    "Correct the row, or restore the file of this release.");
    }
}

}  // namespace fedtrail::recipients
