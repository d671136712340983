/// The settings' table, the schema, the example and the manual know the same settings. With
/// FEDTRAIL_TEST_REWRITE=1 in the environment the three files are written instead of compared.

#include <cstdlib>
#include <fstream>
#include <map>
#include <sstream>

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "app/config.hpp"
#include "app/config_text.hpp"
#include "app/settings.hpp"
#include "reports/operator_facts.hpp"

using fedtrail::app::Setting;
using fedtrail::app::settings;
using fedtrail::app::Shape;
using OrderedJson = nlohmann::ordered_json;

namespace {

const std::string source_root = FEDTRAIL_SOURCE_DIR;

std::string contents(const std::string& path) {
    std::ifstream in{path, std::ios::binary};
    std::ostringstream text;
    text << in.rdbuf();
    return text.str();
}

void compare(const std::string& path, const std::string& expected) {
    // NOLINTNEXTLINE(concurrency-mt-unsafe): one thread, and nobody sets it
    if (std::getenv("FEDTRAIL_TEST_REWRITE") != nullptr) {
        std::ofstream{path, std::ios::binary} << expected;
    }
    INFO(path << " is not what the settings' table says; run with FEDTRAIL_TEST_REWRITE=1");
    CHECK(contents(path) == expected);
}

OrderedJson type_of(const Setting& setting) {
    if (setting.shape == Shape::Durations) {
        return {{"type", "array"},
                {"items", {{"type", "string"}, {"pattern", "^[0-9]+[smhd]$"}}},
                {"minItems", 1}};
    }
    if (setting.shape == Shape::Bases) {
        return {{"type", "array"}, {"items", {{"type", "string"}, {"pattern", "^6\\(1\\)\\([a-f]\\)$"}}}};
    }
    if (setting.shape == Shape::Measures) {
        const auto& known = fedtrail::reports::kMeasures;
        const std::vector<std::string> names(known.begin(), known.end());
        return {{"type", "array"}, {"items", {{"type", "string"}, {"enum", names}}}};
    }
    if (setting.shape == Shape::Words) {
        return {{"type", {"string", "object"}},
                {"additionalProperties", {{"type", "string"}, {"minLength", 1}}}};
    }
    if (setting.is_list()) {
        return {{"type", "array"}, {"items", {{"type", "string"}}}};
    }
    if (setting.shape == Shape::Count) {
        return {{"type", "integer"}, {"minimum", setting.least}, {"maximum", setting.most}};
    }
    if (setting.shape == Shape::Size) {
        return {{"type", {"integer", "string"}}, {"pattern", "^[0-9]+(KiB|MiB|GiB|kB|MB|GB)?$"}};
    }
    if (setting.shape == Shape::Duration) {
        return {{"type", "string"}, {"pattern", "^[0-9]+[smhd]$"}};
    }
    OrderedJson type{{"type", "string"}};
    if (!setting.choices.empty()) {
        type["enum"] = std::vector<std::string>(setting.choices.begin(), setting.choices.end());
    }
    return type;
}

OrderedJson property_of(const Setting& setting) {
    OrderedJson property = type_of(setting);
    property["description"] = setting.meaning;
    if (!setting.fallback.empty()) {
        property["default"] = OrderedJson::parse(setting.fallback);  // these TOML literals are JSON as well
    }
    return property;
}

std::string schema() {
    OrderedJson root{{"$schema", "https://json-schema.org/draft/2020-12/schema"},
                     {"$id", "config.schema.json"},
                     {"title", "fedtrail.toml"},
                     {"type", "object"},
                     {"additionalProperties", false},
                     {"properties", OrderedJson::object()}};
    for (const auto& setting : settings()) {
        const std::string group{setting.group()};
        auto* owner = &root;
        if (!group.empty() && !root["properties"].contains(group)) {
            root["properties"][group] = {
                {"type", "object"}, {"additionalProperties", false}, {"properties", OrderedJson::object()}};
        }
        if (!group.empty()) {
            owner = &root["properties"][group];
        }
        (*owner)["properties"][std::string{setting.key()}] = property_of(setting);
    }
    const std::map<std::string, OrderedJson> required{
        {"origin", OrderedJson::array({"host"})},
        {"processing", OrderedJson::array({"activity"})},
        {"processor", OrderedJson::array({"name", "service", "country"})}};
    for (const auto& [group, keys] : required) {
        auto& table = root["properties"][group];
        table["required"] = keys;
        table = OrderedJson{{"type", "array"}, {"items", OrderedJson(table)}};
    }
    return root.dump(2) + "\n";
}

std::string choices_of(const Setting& setting) {
    std::string out;
    for (const auto choice : setting.choices) {
        out += (out.empty() ? " One of \"" : ", \"") + std::string{choice} + "\"";
    }
    return out.empty() ? out : out + ".";
}

std::string manual() {
    std::string out =
        "# Configuration\n\n"
        "`fedtrail` reads one TOML file: the one named by `--config`, else by the variable "
        "`FEDTRAIL_CONFIG`,\n"
        "else `./fedtrail.toml`, else `/etc/fedtrail/fedtrail.toml`. `fedtrail init` writes one in which "
        "every\n"
        "setting stands with its default ([the example](fedtrail.example.toml)); the schema for editors is\n"
        "[config.schema.json](../schemas/config.schema.json).\n\n"
        "A setting nobody knows is refused with the nearest known one, a value that cannot be right with "
        "its\n"
        "file, line and column. Relative paths: `data_dir`, `proxy.extra_ca` and `erasure.keys_folder` "
        "start\n"
        "at the file's folder, the others at `data_dir`.\n\n"
        "Every setting can be given by the environment instead: `FEDTRAIL_PROXY_LISTEN` wins over\n"
        "`proxy.listen`. Lists are separated by commas. `FEDTRAIL_ORIGIN_…` set the last (or only) "
        "origin;\n"
        "`[[processing]]` and `[[processor]]` stand in the file alone.\n\n"
        "Durations are written `30s`, `15m`, `12h`, `7d`; sizes in octets or as `64MiB`, `1GB`.\n\n"
        "Other variables: `FEDTRAIL_CONFIG` (above); `FEDTRAIL_POLICIES` (the folder `policies`, beside "
        "which\n"
        "`schemas` has to lie; else the first of `../share/fedtrail/policies`, `policies`, `../policies`,\n"
        "`../../policies` and `../../../policies` from the program's folder, and "
        "`/usr/share/fedtrail/policies`);\n"
        "`FEDTRAIL_MASTER_KEY` (the vault's master key, 64 hexadecimal digits, in place of the file; a "
        "credential\n"
        "`fedtrail.master-key` of systemd does the same); `FEDTRAIL_TOKEN` (the bearer token for commands "
        "that\n"
        "speak to a running sidecar); `FEDTRAIL_BY` (who runs a command, as [`--by`](cli.md)).\n";
    std::string_view group = "-";
    for (const auto& setting : settings()) {
        if (setting.group() != group) {
            group = setting.group();
            const auto title = group.empty()       ? std::string{"At the top"}
                               : group == "origin" ? std::string{"`[[origin]]`, once for each server"}
                               : group == "processing"
                                   ? std::string{"`[[processing]]`, once for each activity"}
                               : group == "processor" ? std::string{"`[[processor]]`, once for each"}
                                                      : "`[" + std::string{group} + "]`";
            out += "\n## " + title + "\n\n| setting | default | meaning |\n|---|---|---|\n";
        }
        out += "| `" + std::string{setting.key()} + "` | " +
               (setting.fallback.empty() ? "required" : "`" + std::string{setting.fallback} + "`") + " | " +
               std::string{setting.meaning} + choices_of(setting) + " |\n";
    }
    return out;
}

}  // namespace

TEST_CASE("The schema says what the settings' table says", "[app][config]") {
    compare(source_root + "/schemas/config.schema.json", schema());
}

TEST_CASE("The manual says what the settings' table says", "[app][config]") {
    compare(source_root + "/docs/configuration.md", manual());
}

TEST_CASE("The example is what init writes, and loads as the defaults", "[app][config]") {
    const auto path = source_root + "/docs/fedtrail.example.toml";
    compare(path, fedtrail::app::config_text({}));
    const auto config = fedtrail::app::load_config(path, {});
    INFO((config ? "" : config.error().what));
    REQUIRE(config.has_value());
    CHECK(config->proxy.listen.text() == "127.0.0.1:7117");
    CHECK(config->origins.empty());
}

TEST_CASE("Every line of the example can be uncommented", "[app][config]") {
    std::istringstream lines{fedtrail::app::config_text({})};
    std::string toml;
    for (std::string line; std::getline(lines, line);) {
        const auto equals = line.find(" = ");
        const bool setting =
            line == "# [[origin]]" || line == "# [[processing]]" || line == "# [[processor]]" ||
            (line.starts_with("# ") && equals != std::string::npos && line.find(' ', 2) == equals);
        toml += (setting ? line.substr(2) : line) + "\n";
    }
    const auto config = fedtrail::app::parse_config(toml, "example", "/base", {});
    INFO((config ? "" : config.error().what));
    REQUIRE(config.has_value());
    REQUIRE(config->origins.size() == 1);
    CHECK(config->origins[0].software == "mastodon");
    CHECK(config->processings.size() == 8);
    CHECK(config->processors.size() == 1);
}

TEST_CASE("What init writes for an origin is read back", "[app][config]") {
    const fedtrail::app::NewConfig fresh{{{"a.example", "mast\"o\\don"}, {"b.example", ""}}, "/da ta"};
    const auto config = fedtrail::app::parse_config(fedtrail::app::config_text(fresh), "new", "/base", {});
    INFO((config ? "" : config.error().what));
    REQUIRE(config.has_value());
    CHECK(config->data_dir == "/da ta");
    REQUIRE(config->origins.size() == 2);
    CHECK(config->origins[0].software == "mast\"o\\don");
    CHECK(config->origins[1].host.text() == "b.example");
}
