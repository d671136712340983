#include "fedtrail/fediverse/dialect.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "fediverse/policy_json.hpp"

namespace fedtrail::fediverse {

namespace {

constexpr std::string_view kDefault = "default";
constexpr std::string_view kRelay = "relay";

constexpr std::array<std::pair<std::string_view, AccountPlan>, 3> kPlans{
    {{"actor_only", AccountPlan::ActorOnly},
     {"objects_first", AccountPlan::ObjectsFirst},
     {"objects_only", AccountPlan::ObjectsOnly}}};

constexpr std::array<std::pair<std::string_view, ObjectForm>, 3> kForms{
    {{"plain", ObjectForm::Plain}, {"typed", ObjectForm::Typed}, {"tombstone", ObjectForm::Tombstone}}};

constexpr std::array<std::pair<std::string_view, Audience>, 2> kAudiences{
    {{"public", Audience::Public}, {"public_and_followers", Audience::PublicAndFollowers}}};

std::vector<ObjectForm> forms_of(const nlohmann::json& row, const char* field) {
    std::vector<ObjectForm> forms;
    for (const auto& name : row.at(field)) {
        forms.push_back(named_in(kForms, name.get<std::string>(), field));
    }
    if (forms.empty()) {
        throw PolicyFault{std::string{"\""} + field + "\" is empty"};
    }
    return forms;
}

Dialect dialect_of(const nlohmann::json& row) {
    Dialect dialect;
    dialect.name = row.at("name").get<std::string>();
    for (const auto& name : row.at("software")) {
        dialect.software.push_back(lower_ascii(name.get<std::string>()));
    }
    dialect.account = named_in(kPlans, row.at("account").get<std::string>(), "account");
    dialect.actor_forms = forms_of(row, "actor_forms");
    dialect.object_forms = forms_of(row, "object_forms");
    if (row.contains("obeyed_forms")) {
        dialect.obeyed_forms = forms_of(row, "obeyed_forms");
    }
    dialect.audience = named_in(kAudiences, row.value("audience", "public_and_followers"), "audience");
    dialect.remove_data = row.value("remove_data", false);
    dialect.undo_activities = row.value("undo_activities", false);
    dialect.personal_inbox = row.value("personal_inbox", false);
    dialect.asks_origin = row.value("asks_origin", false);
    dialect.passes_on = row.value("passes_on", false);
    dialect.signed_document = row.value("signed_document", false);
    dialect.shared_inbox = row.value("shared_inbox", "");
    dialect.leaves = row.at("leaves").get<std::string>();
    dialect.difficulty = row.at("difficulty").get<std::string>();
    dialect.known_gone = row.value("known_gone", std::vector<int>{});
    return dialect;
}

/// Names must lead to one row.
void add(std::vector<Dialect>& all, Dialect dialect) {
    for (const auto& known : all) {
        const bool twice =
            known.name == dialect.name || std::find_first_of(known.software.begin(),
                                                             known.software.end(),
                                                             dialect.software.begin(),
                                                             dialect.software.end()) != known.software.end();
        if (twice) {
            throw PolicyFault{"its name or one of its software names stands at \"" + known.name + "\" too"};
        }
    }
    if (all.empty() && dialect.name != kDefault) {
        throw PolicyFault{"\"default\" must be the first"};
    }
    all.push_back(std::move(dialect));
}

}  // namespace

Result<Dialects> Dialects::parse(std::string_view json) {
    Dialects dialects;
    const auto read = read_policy(json, "fedtrail/dialects/1", "dialects", [&](const nlohmann::json& row) {
        add(dialects.all_, dialect_of(row));
    });
    if (!read) {
        return fail(read);
    }
    if (dialects.all_.empty()) {
        return fail(
            ErrorKind::Invalid, "fedtrail/dialects/1 has no rows", "Restore the file of this release.");
    }
    return dialects;
}

const Dialect& Dialects::of(std::string_view software, bool relay) const {
    const auto wanted = lower_ascii(software);
    const auto found = std::find_if(all_.begin(), all_.end(), [&](const Dialect& dialect) {
        return std::find(dialect.software.begin(), dialect.software.end(), wanted) != dialect.software.end();
    });
    return found != all_.end() ? *found : relay ? named(kRelay) : all_.front();
}

const Dialect& Dialects::named(std::string_view name) const {
    const auto found =
        std::find_if(all_.begin(), all_.end(), [&](const Dialect& dialect) { return dialect.name == name; });
    return found == all_.end() ? all_.front() : *found;
}

}  // namespace fedtrail::fediverse
