/// Policies: facts that change without a release, read from files and checked against their schemas.

#pragma once

#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "fedtrail/core/result.hpp"

#include "app/config.hpp"

namespace fedtrail::app {

/// How far a server software's deliveries can be watched.
enum class Capture { Intercept, Tunnel, Transparent, None };

/// What to write where. Lines may contain {proxy}, {proxy_address}, {proxy_network}, {proxy_port}, {ca},
/// {copy}, {bundle}.
struct GuideStep {
    std::string where;
    std::vector<std::string> lines;
};

/// One server software of policies/software.json.
struct Software {
    std::string name;
    std::string title;
    std::vector<std::string> also;
    std::string covers;
    Capture capture{Capture::None};
    GuideStep proxy;  ///< Empty where there is nothing to set.
    GuideStep trust;
    std::string restart;
    std::vector<std::string> traps;
    std::string instead;
    std::string evidence;
    std::vector<std::string> source;
    std::string checked_at;
    std::string why;
};

/// Where policy files, report texts and schemas lie.
struct PolicyFolders {
    std::filesystem::path policies;
    std::filesystem::path schemas;
};

/// $FEDTRAIL_POLICIES; else the first that exists of ../share/fedtrail from the program, a folder `policies`
/// beside it or up to three folders above, /usr/share/fedtrail. `schemas` stands beside `policies`.
/// Errors: NotFound.
[[nodiscard]] Result<PolicyFolders> find_policies(const Environment& environment,
                                                  const std::filesystem::path& program);

/// The text of a policy file that keeps to its schema. Errors: NotFound, Invalid.
[[nodiscard]] Result<std::string> read_policy(const PolicyFolders& folders,
                                              const std::string& file,
                                              const std::string& schema);
/// `error` with the file's path before it.
[[nodiscard]] Error in_policy(Error error, const PolicyFolders& folders, const std::string& file);

/// The policy `name`.json, held to its schema and read by `parse`.
template <typename Parse>
[[nodiscard]] auto read_parsed(const PolicyFolders& folders, const std::string& name, const Parse& parse)
    -> decltype(parse(std::string_view{})) {
    const auto text = read_policy(folders, name + ".json", name + ".schema.json");
    if (!text) {
        return fail(text);
    }
    auto policy = parse(*text);
    if (!policy) {
        return tl::unexpected{in_policy(policy.error(), folders, name + ".json")};
    }
    return policy;
}

/// Reads and checks policies/software.json. Errors: NotFound, Invalid.
[[nodiscard]] Result<std::vector<Software>> load_software(const PolicyFolders& folders);

/// By its name or another name, without regard to case. Errors: NotFound, with the nearest known name.
[[nodiscard]] Result<Software> software_named(std::span<const Software> all, std::string_view name);

[[nodiscard]] std::string_view name_of(Capture capture);

}  // namespace fedtrail::app
