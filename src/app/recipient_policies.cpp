#include "app/recipient_policies.hpp"

#include "app/json_schema.hpp"

namespace fedtrail::app {

namespace {

/// The files texts/*/countries.json.
Result<std::vector<std::string>> country_names(const PolicyFolders& folders) {
    std::vector<std::string> names;
    std::error_code failed;
    for (const auto& language : std::filesystem::directory_iterator{folders.policies / "texts", failed}) {
        const auto file = language.path() / "countries.json";
        std::error_code ignored;
        if (!std::filesystem::exists(file, ignored)) {
            continue;
        }
        auto text = read_text(file);
        if (!text) {
            return fail(text);
        }
        names.push_back(std::move(*text));
    }
    return names;
}

}  // namespace

Result<recipients::ImprintWords> load_imprint_words(const PolicyFolders& folders) {
    const auto names = country_names(folders);
    if (!names) {
        return fail(names);
    }
    return read_parsed(
        folders, "imprint", [&names](auto text) { return recipients::parse_imprint_words(text, *names); });
}

Result<std::shared_ptr<const RecipientPolicies>> load_recipient_policies(const PolicyFolders& folders) {
    auto dialects =
        read_parsed(folders, "dialects", [](auto text) { return fediverse::Dialects::parse(text); });
    if (!dialects) {
        return fail(dialects);
    }
    auto marks =
        read_parsed(folders, "recipient-marks", [](auto text) { return recipients::parse_marks(text); });
    if (!marks) {
        return fail(marks);
    }
    auto rules =
        read_parsed(folders, "policy-rules", [](auto text) { return recipients::parse_policy_rules(text); });
    if (!rules) {
        return fail(rules);
    }
    auto imprint = load_imprint_words(folders);
    if (!imprint) {
        return fail(imprint);
    }
    return std::make_shared<const RecipientPolicies>(
        RecipientPolicies{std::move(*dialects), std::move(*marks), std::move(*rules), std::move(*imprint)});
}

}  // namespace fedtrail::app
