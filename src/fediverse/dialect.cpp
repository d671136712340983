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

/// Of a row that some software can be told by.
std::vector<Host> hosts_of(const nlohmann::json& row) {
    std::vector<Host> hosts;
    for (const auto& name : row.value("hosts", std::vector<std::string>{})) {
        const auto host = Host::parse(name);
        if (!host || row.at("software").empty()) {
            throw PolicyFault{"\"hosts\" has \"" + name + "\", which is no host or runs no software"};
        }
        hosts.push_back(*host);
    }
    return hosts;
}

Dialect dialect_of(const nlohmann::json& row) {
    Dialect dialect;
    dialect.name = row.at("name").get<std::string>();
    for (const auto& name : row.at("software")) {
        dialect.software.push_back(lower_ascii(name.get<std::string>()));
    }
    dialect.hosts = hosts_of(row);
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

template <typename Value>
bool share_one(const std::vector<Value>& a, const std::vector<Value>& b) {
    return std::find_first_of(a.begin(), a.end(), b.begin(), b.end()) != a.end();
}

/// Names and hosts must lead to one row.
void add(std::vector<Dialect>& all, Dialect dialect) {
    for (const auto& known : all) {
        const bool twice = known.name == dialect.name || share_one(known.software, dialect.software) ||
                           share_one(known.hosts, dialect.hosts);
        if (twice) {
            throw PolicyFault{"its name or one of its software names or hosts stands at \"" + known.name +
                              "\" too"};
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

const Dialect& Dialects::of(const Host& host, std::string_view software, bool relay) const {
    return of(software_of(host, software), relay);
}

std::string Dialects::software_of(const Host& host, std::string_view software) const {
    if (!software.empty()) {
        return std::string{software};
    }
    const auto found = std::find_if(all_.begin(), all_.end(), [&](const Dialect& dialect) {
        return std::find(dialect.hosts.begin(), dialect.hosts.end(), host) != dialect.hosts.end();
    });
    return found == all_.end() ? std::string{} : found->software.front();
}

const Dialect& Dialects::named(std::string_view name) const {
    const auto found =
        std::find_if(all_.begin(), all_.end(), [&](const Dialect& dialect) { return dialect.name == name; });
    return found == all_.end() ? all_.front() : *found;
}

}  // namespace fedtrail::fediverse
