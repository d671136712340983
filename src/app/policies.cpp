#include "app/policies.hpp"

#include <algorithm>
#include <array>
#include <cctype>

#include <nlohmann/json.hpp>

#include "fedtrail/core/nearest.hpp"

#include "app/json_schema.hpp"

namespace fedtrail::app {

namespace fs = std::filesystem;

namespace {

constexpr std::array<std::pair<std::string_view, Capture>, 4> kCaptures{
    {{"intercept", Capture::Intercept},
     {"tunnel", Capture::Tunnel},
     {"transparent", Capture::Transparent},
     {"none", Capture::None}}};

bool is_folder(const fs::path& path) {
    std::error_code ignored;
    return fs::is_directory(path, ignored);
}

GuideStep step_of(const nlohmann::json& entry, const char* name) {
    if (!entry.contains(name)) {
        return {};
    }
    return {entry[name]["where"].get<std::string>(), entry[name]["lines"].get<std::vector<std::string>>()};
}

Capture capture_of(const std::string& name) {
    for (const auto& [known, capture] : kCaptures) {
        if (known == name) {
            return capture;
        }
    }
    return Capture::None;
}

/// The schema has already been checked.
Software software_of(const nlohmann::json& entry) {
    Software software;
    software.name = entry["name"].get<std::string>();
    software.title = entry["title"].get<std::string>();
    software.also = entry.value("also", std::vector<std::string>{});
    software.covers = entry.value("covers", "");
    software.capture = capture_of(entry["capture"].get<std::string>());
    software.proxy = step_of(entry, "proxy");
    software.trust = step_of(entry, "trust");
    software.restart = entry.value("restart", "");
    software.traps = entry.value("traps", std::vector<std::string>{});
    software.instead = entry.value("instead", "");
    software.evidence = entry["evidence"].get<std::string>();
    software.source = entry["source"].get<std::vector<std::string>>();
    software.checked_at = entry["checked_at"].get<std::string>();
    software.why = entry["why"].get<std::string>();
    return software;
}

std::string lower(std::string_view text) {
    std::string out;
    for (const char c : text) {
        out += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    }
    return out;
}

}  // namespace

std::string_view name_of(Capture capture) {
    for (const auto& [name, known] : kCaptures) {
        if (known == capture) {
            return name;
        }
    }
    return "none";
}

Result<PolicyFolders> find_policies(const Environment& environment, const fs::path& program) {
    std::vector<fs::path> candidates;
    if (const auto said = environment.find("FEDTRAIL_POLICIES"); said != environment.end()) {
        candidates = {said->second};
    } else {
        const auto here = program.parent_path();
        candidates = {here / "../share/fedtrail/policies",
                      here / "policies",
                      here / "../policies",
                      here / "../../policies",
                      here / "../../../policies",
                      "/usr/share/fedtrail/policies"};
    }
    std::string looked_at;
    for (const auto& policies : candidates) {
        const auto schemas = policies / "../schemas";
        if (is_folder(policies) && is_folder(schemas)) {
            return PolicyFolders{fs::weakly_canonical(policies), fs::weakly_canonical(schemas)};
        }
        looked_at += (looked_at.empty() ? "" : ", ") + policies.lexically_normal().string() +
                     (is_folder(policies) ? " (no schemas beside it)" : "");
    }
    return fail(ErrorKind::Unavailable,
                "no folder with policies, and schemas beside it, at " + looked_at,
                "Set FEDTRAIL_POLICIES to the folder `policies` of this release; `schemas` has to lie beside "
                "it.");
}

Result<std::string> read_policy(const PolicyFolders& folders,
                                const std::string& file,
                                const std::string& schema) {
    auto document = read_text(folders.policies / file);
    const auto rules = read_text(folders.schemas / schema);
    if (!document || !rules) {
        return fail(!document ? document : rules);
    }
    if (auto kept = check_schema(*document, *rules, (folders.policies / file).string()); !kept) {
        return fail(kept);
    }
    return document;
}

Error in_policy(Error error, const PolicyFolders& folders, const std::string& file) {
    error.what = (folders.policies / file).string() + ": " + error.what;
    return error;
}

Result<std::vector<Software>> load_software(const PolicyFolders& folders) {
    const auto document = read_policy(folders, "software.json", "software.schema.json");
    if (!document) {
        return fail(document);
    }
    std::vector<Software> all;
    const auto parsed = nlohmann::json::parse(*document);
    for (const auto& entry : parsed["software"]) {
        all.push_back(software_of(entry));
    }
    return all;
}

Result<Software> software_named(std::span<const Software> all, std::string_view name) {
    const auto wanted = lower(name);
    std::vector<std::string> known;
    for (const auto& software : all) {
        known.push_back(software.name);
        if (software.name == wanted ||
            std::find(software.also.begin(), software.also.end(), wanted) != software.also.end()) {
            return software;
        }
    }
    return fail(ErrorKind::NotFound,
                "no guide for the software \"" + std::string{name} + "\"",
                did_you_mean(wanted, known));
}

}  // namespace fedtrail::app
