#include <algorithm>
#include <array>
#include <set>

#include <toml++/toml.h>

#include "fedtrail/core/address.hpp"
#include "fedtrail/core/nearest.hpp"

#include "app/config.hpp"
#include "app/settings.hpp"

namespace fedtrail::app {

namespace {

namespace fs = std::filesystem;

/// Variables that are no settings.
constexpr std::array<std::string_view, 5> kOtherVariables{
    "FEDTRAIL_BY", "FEDTRAIL_CONFIG", "FEDTRAIL_POLICIES", "FEDTRAIL_TOKEN", "FEDTRAIL_MASTER_KEY"};

const Setting* setting_named(std::string_view name) {
    const auto all = settings();
    const auto found = std::find_if(all.begin(), all.end(), [&](const auto& s) { return s.name == name; });
    return found == all.end() ? nullptr : &*found;
}

bool is_group(std::string_view name) {
    const auto all = settings();
    return std::any_of(all.begin(), all.end(), [&](const auto& s) { return s.group() == name; });
}

std::vector<std::string> names_in(std::string_view group) {
    std::vector<std::string> names;
    for (const auto& setting : settings()) {
        if (setting.group() == group) {
            names.emplace_back(setting.name);
        }
    }
    return names;
}

/// "[proxy]", "[[origin]]".
std::vector<std::string> tables() {
    std::vector<std::string> names;
    for (const auto& setting : settings()) {
        const std::string group{setting.group()};
        const auto name = is_repeated(group) ? "[[" + group + "]]" : "[" + group + "]";
        if (!group.empty() && std::find(names.begin(), names.end(), name) == names.end()) {
            names.push_back(name);
        }
    }
    return names;
}

bool holds_tables(const toml::node& node) {
    const auto* array = node.as_array();
    return node.is_table() ||
           (array != nullptr && !array->empty() && array->is_homogeneous(toml::node_type::table));
}

std::string what_is_there(const std::string& name, const std::string& group, const toml::node& node) {
    if (group.empty() && holds_tables(node)) {
        return did_you_mean(node.is_table() ? "[" + name + "]" : "[[" + name + "]]", tables());
    }
    return did_you_mean(name, names_in(group));
}

/// A list of texts; no setting is a flag, so `false` is refused as a wrong type.
SettingValue texts_of(const toml::array& array) {
    std::vector<std::string> texts;
    for (const auto& item : array) {
        const auto text = item.value_exact<std::string>();
        if (!text) {
            return false;
        }
        texts.push_back(*text);
    }
    return texts;
}

/// Texts by language; anything else in the table is refused as a wrong type.
SettingValue words_of(const toml::table& table) {
    WordsByLanguage words;
    for (const auto& [key, node] : table) {
        const auto text = node.value_exact<std::string>();
        if (!text) {
            return false;
        }
        words[std::string{key.str()}] = *text;
    }
    return words;
}

SettingValue value_of(const toml::node& node) {
    if (const auto text = node.value_exact<std::string>()) {
        return *text;
    }
    if (const auto number = node.value_exact<std::int64_t>()) {
        return *number;
    }
    if (const auto* table = node.as_table()) {
        return words_of(*table);
    }
    return node.is_array() ? texts_of(*node.as_array()) : SettingValue{false};
}

/// Walks one file into one Config; stops at the first thing that is wrong.
class Reading {
public:
    Reading(Config& config, std::string place) : config_(config), place_(std::move(place)) {}

    Result<void> table(const toml::table& table, const std::string& group) {
        for (const auto& [key, node] : table) {
            const std::string name = (group.empty() ? "" : group + ".") + std::string{key.str()};
            auto done = entry(name, group, key, node);
            if (!done) {
                return done;
            }
        }
        return {};
    }

private:
    Result<void> entry(const std::string& name,
                       const std::string& group,
                       const toml::key& key,
                       const toml::node& node) {
        if (const auto* setting = setting_named(name)) {
            const auto value = checked(*setting, value_of(node));
            if (!value) {
                return fail(ErrorKind::Invalid,
                            at(node.source()) + name + " " + value.error().what,
                            value.error().remedy);
            }
            setting->put(config_, *value);
            if (name == "proxy.extra_ca") {
                config_.proxy.extra_ca_place = at(node.source());
            }
            return {};
        }
        if (is_repeated(name)) {
            return repeated(name, node);
        }
        if (is_group(name) && node.is_table()) {
            return table(*node.as_table(), name);
        }
        if (is_group(name)) {
            return fail(ErrorKind::Invalid,
                        at(node.source()) + name + " is not a table",
                        "Write [" + name + "] and the settings below it.");
        }
        return fail(ErrorKind::Invalid,
                    at(key.source()) + "there is no setting \"" + name + "\"",
                    what_is_there(name, group, node));
    }

    Result<void> repeated(const std::string& group, const toml::node& node) {
        const auto* array = node.as_array();
        if (array == nullptr || !array->is_homogeneous(toml::node_type::table)) {
            return fail(ErrorKind::Invalid,
                        at(node.source()) + group + " is not a list of tables",
                        "Write [[" + group + "]] with two brackets, once for each.");
        }
        for (const auto& item : *array) {
            add(group);
            auto done = table(*item.as_table(), group);
            if (!done) {
                return done;
            }
            if (const auto missing = lacking(group); !missing.empty()) {
                return lacks(item, group, missing);
            }
        }
        return {};
    }

    [[nodiscard]] tl::unexpected<Error> lacks(const toml::node& item,
                                              const std::string& group,
                                              const std::string& missing) const {
        return fail(ErrorKind::Invalid,
                    at(item.source()) + "this [[" + group + "]] has no " + missing,
                    "Add " + missing + " = \"…\".");
    }

    void add(const std::string& group) {
        if (group == "origin") {
            config_.origins.emplace_back();
        } else if (group == "processing") {
            config_.processings.emplace_back();
        } else {
            config_.processors.emplace_back();
        }
    }

    /// What the last one of a group cannot be without.
    [[nodiscard]] std::string lacking(const std::string& group) const {
        if (group == "origin") {
            return config_.origins.back().host.empty() ? "host" : "";
        }
        if (group == "processing") {
            return config_.processings.back().activity.empty() ? "activity" : "";
        }
        const auto& processor = config_.processors.back();
        return processor.name.empty()      ? "name"
               : processor.service.empty() ? "service"
               : processor.country.empty() ? "country"
                                           : "";
    }

    [[nodiscard]] std::string at(const toml::source_region& region) const {
        return place_ + ":" + std::to_string(region.begin.line) + ":" + std::to_string(region.begin.column) +
               ": ";
    }

    Config& config_;
    std::string place_;
};

/// Values as toml++ reads them, from a setting's fallback.
SettingValue fallback_of(const Setting& setting) {
    const auto parsed = toml::parse("value = " + std::string{setting.fallback});
    return value_of(*parsed.get("value"));
}

/// The table's defaults are literals of ours: if one is wrong, no configuration can be right.
void put_defaults(Config& config) {
    for (const auto& setting : settings()) {
        if (is_repeated(setting.group())) {
            continue;
        }
        setting.put(config, checked(setting, fallback_of(setting)).value());
    }
}

tl::unexpected<Error> unknown_variable(const std::string& variable) {
    std::vector<std::string> known{kOtherVariables.begin(), kOtherVariables.end()};
    for (const auto& each : settings()) {
        if (in_environment(each.group())) {
            known.push_back(each.variable());
        }
    }
    return fail(
        ErrorKind::Invalid, "environment: there is no setting " + variable, did_you_mean(variable, known));
}

Result<void> put_variable(Config& config, const std::string& variable, const std::string& text) {
    const auto all = settings();
    const auto setting = std::find_if(all.begin(), all.end(), [&](const auto& s) {
        return s.variable() == variable && in_environment(s.group());
    });
    if (setting == all.end()) {
        return unknown_variable(variable);
    }
    if (setting->group() == "origin" && config.origins.empty()) {
        config.origins.emplace_back();
    }
    const auto value = checked(*setting, from_variable(*setting, text));
    if (!value) {
        return fail(
            ErrorKind::Invalid, "environment: " + variable + " " + value.error().what, value.error().remedy);
    }
    setting->put(config, *value);
    return {};
}

Result<void> put_environment(Config& config, const Environment& environment) {
    for (const auto& [variable, text] : environment) {
        const bool ours = variable.starts_with("FEDTRAIL_") && !variable.starts_with("FEDTRAIL_TEST_");
        if (!ours ||
            std::find(kOtherVariables.begin(), kOtherVariables.end(), variable) != kOtherVariables.end()) {
            continue;
        }
        auto done = put_variable(config, variable, text);
        if (!done) {
            return done;
        }
    }
    return {};
}

/// The first host that two origins name, if there is one.
std::optional<Host> shared_host(const std::vector<OriginConfig>& origins) {
    std::set<Host> seen;
    for (const auto& origin : origins) {
        auto names = origin.aliases;
        names.push_back(origin.host);
        const auto known = std::find_if(
            names.begin(), names.end(), [&](const Host& name) { return !seen.insert(name).second; });
        if (known != names.end()) {
            return *known;
        }
    }
    return std::nullopt;
}

/// The first activity that stands twice, or "".
std::string activity_twice(const std::vector<ProcessingConfig>& processings) {
    std::set<std::string> seen;
    for (const auto& each : processings) {
        if (!seen.insert(each.activity).second) {
            return each.activity;
        }
    }
    return {};
}

/// Whether more than this machine and a private network may reach what listens there.
bool lies_open(const std::string& listening) {
    const auto address = IpAddress::parse(listening);
    if (!address) {
        return false;
    }
    const auto octets = address->octets();
    const bool everywhere = std::all_of(octets.begin(), octets.end(), [](auto octet) { return octet == 0; });
    return everywhere || address->is_public();
}

/// What no single setting can see.
Result<void> check_together(const Config& config, const std::string& place) {
    const bool nameless = std::any_of(
        config.origins.begin(), config.origins.end(), [](const auto& origin) { return origin.host.empty(); });
    if (nameless) {
        return fail(ErrorKind::Invalid, place + ": an origin has no host", "Set FEDTRAIL_ORIGIN_HOST.");
    }
    if (const auto shared = shared_host(config.origins)) {
        return fail(ErrorKind::Invalid,
                    place + ": the host " + shared->text() + " belongs to two origins",
                    "Name each host once.");
    }
    if (const auto twice = activity_twice(config.processings); !twice.empty()) {
        return fail(ErrorKind::Invalid,
                    place + ": two [[processing]] have the activity \"" + twice + "\"",
                    "Write one for each activity.");
    }
    if (!is_loopback(config.proxy.listen.address) && config.proxy.token.empty()) {
        return fail(
            ErrorKind::Invalid,
            place + ": proxy.listen is beyond loopback and proxy.token is empty: anybody could use it",
            "Set proxy.token, or listen on 127.0.0.1.");
    }
    if (config.proxy.transparent_listen && lies_open(config.proxy.transparent_listen->address)) {
        return fail(ErrorKind::Invalid,
                    place +
                        ": proxy.transparent_listen is an address that others reach, and a redirected "
                        "connection brings no token: anybody could use it",
                    "Listen on 127.0.0.1, or on the address in the private network that is redirected.");
    }
    if (!is_loopback(config.api.listen.address) && !config.api.public_url.starts_with("https:")) {
        return fail(ErrorKind::Invalid,
                    place + ": api.listen is beyond loopback, where tokens and reports would travel in clear",
                    "Listen on 127.0.0.1; or put a web server with TLS before it and say its address in "
                    "api.public_url, as \"https://privacy.origin.example\".");
    }
    if (!config.smtp.url.empty() && config.smtp.from.empty()) {
        return fail(ErrorKind::Invalid,
                    place + ": smtp.url is set and smtp.from is not: letters need a sender",
                    "Set smtp.from to an address that is read, as \"privacy@origin.example\".");
    }
    if (config.erasure.retry_first > config.erasure.retry_most) {
        return fail(ErrorKind::Invalid,
                    place + ": erasure.retry_first is longer than erasure.retry_most",
                    "Give the longer one to retry_most.");
    }
    if (config.proxy.listen.port != 0 && config.proxy.listen == config.api.listen) {
        return fail(ErrorKind::Invalid,
                    place + ": proxy.listen and api.listen are the same",
                    "Give them different ports.");
    }
    return {};
}

void make_absolute(Config& config, const fs::path& base) {
    config.data_dir = fs::absolute(base / config.data_dir).lexically_normal();
    config.store = config.data_dir / config.store;
    config.master_key_file = config.data_dir / config.master_key_file;
    config.erasure.letters = config.data_dir / config.erasure.letters;
    if (!config.transfer_rules.empty()) {
        config.transfer_rules = config.data_dir / config.transfer_rules;
    }
    for (auto* path : {&config.ingress.access_log, &config.ingress.syslog}) {
        if (!path->empty()) {
            *path = config.data_dir / *path;
        }
    }
    config.log.guard = config.data_dir / config.log.guard;
    for (auto* path : {&config.proxy.extra_ca, &config.erasure.keys_folder}) {
        if (!path->empty()) {
            *path = fs::absolute(base / *path).lexically_normal();
        }
    }
}

Result<toml::table> parse_toml(std::string_view text, const std::string& place) {
    try {
        return toml::parse(text, place);
    } catch (const toml::parse_error& error) {
        return fail(ErrorKind::Invalid,
                    place + ":" + std::to_string(error.source().begin.line) + ":" +
                        std::to_string(error.source().begin.column) + ": " + std::string{error.description()},
                    "See docs/fedtrail.example.toml for the form.");
    }
}

}  // namespace

Result<Config> parse_config(std::string_view toml,
                            const std::string& place,
                            const fs::path& base,
                            const Environment& environment) {
    const auto parsed = parse_toml(toml, place);
    if (!parsed) {
        return fail(parsed);
    }
    Config config;
    put_defaults(config);
    if (auto read = Reading{config, place}.table(*parsed, ""); !read) {
        return fail(read);
    }
    if (auto overridden = put_environment(config, environment); !overridden) {
        return fail(overridden);
    }
    constexpr std::string_view kExtraCa = "FEDTRAIL_PROXY_EXTRA_CA";
    if (environment.find(kExtraCa) != environment.end()) {
        config.proxy.extra_ca_place = std::string{kExtraCa} + ": ";
    }
    config.proxy.max_connections_asked =
        (*parsed)["proxy"]["max_connections"] ||
        environment.find("FEDTRAIL_PROXY_MAX_CONNECTIONS") != environment.end();
    if (auto together = check_together(config, place); !together) {
        return fail(together);
    }
    make_absolute(config, base);
    return config;
}

}  // namespace fedtrail::app
