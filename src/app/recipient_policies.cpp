#include "app/recipient_policies.hpp"

namespace fedtrail::app {

namespace {

/// The file, checked against its schema, as `parse` reads it.
template <typename Parse>
auto read(const PolicyFolders& folders, const std::string& name, const Parse& parse)
    -> decltype(parse(std::string_view{})) {
    const auto document = read_policy(folders, name + ".json", name + ".schema.json");
    if (!document) {
        return fail(document);
    }
    auto policy = parse(*document);
    if (!policy) {
        return tl::unexpected<Error>{in_policy(policy.error(), folders, name + ".json")};
    }
    return policy;
}

}  // namespace

Result<std::shared_ptr<const RecipientPolicies>> load_recipient_policies(const PolicyFolders& folders) {
    auto dialects = read(folders, "dialects", [](auto text) { return fediverse::Dialects::parse(text); });
    if (!dialects) {
        return fail(dialects);
    }
    auto marks = read(folders, "recipient-marks", [](auto text) { return recipients::parse_marks(text); });
    if (!marks) {
        return fail(marks);
    }
    auto rules =
        read(folders, "policy-rules", [](auto text) { return recipients::parse_policy_rules(text); });
    if (!rules) {
        return fail(rules);
    }
    return std::make_shared<const RecipientPolicies>(
        RecipientPolicies{std::move(*dialects), std::move(*marks), std::move(*rules)});
}

}  // namespace fedtrail::app
