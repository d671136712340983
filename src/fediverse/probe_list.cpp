// What is read of a page of a list, and of the question before it.

#include <nlohmann/json.hpp>

#include "fedtrail/fediverse/probe.hpp"

namespace fedtrail::fediverse {

namespace {

using Json = nlohmann::json;

/// "" if there is no text and no number.
std::string text_behind(const Json& json, const std::string& pointer) {
    const Json::json_pointer at{pointer};
    if (!json.contains(at) || json.at(at).is_null() || json.at(at).is_structured()) {
        return {};
    }
    return json.at(at).is_string() ? json.at(at).get<std::string>() : json.at(at).dump();
}

/// The addresses that `places` point at in one member of a list.
void add_uris(const Json& member, const std::vector<std::string>& places, std::vector<std::string>& uris) {
    for (const auto& place : places) {
        if (auto uri = text_behind(member, place); !uri.empty()) {
            uris.push_back(std::move(uri));
        }
    }
}

}  // namespace

std::optional<ProbePage> page_of(const ProbeList& list, std::string_view body) {
    if (body.size() > kMaxProbeAnswer) {
        return std::nullopt;
    }
    const auto answer = Json::parse(body, nullptr, false);
    const Json::json_pointer at{list.at};
    if (answer.is_discarded() || !answer.contains(at) || !answer.at(at).is_array()) {
        return std::nullopt;
    }
    ProbePage page;
    const auto& members = answer.at(at);
    page.empty = members.empty();
    for (const auto& member : members) {
        add_uris(member, list.uris, page.uris);
    }
    if (!page.empty && !list.last.empty()) {
        page.last = text_behind(members.back(), list.last);
    }
    return page;
}

std::string id_of(const ProbeFirst& first, std::string_view body) {
    const auto answer = Json::parse(body, nullptr, false);
    return answer.is_discarded() ? std::string{} : text_behind(answer, first.id);
}

}  // namespace fedtrail::fediverse
