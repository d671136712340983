#include "api/objection_json.hpp"

#include <nlohmann/json.hpp>

namespace fedtrail::api {

using Json = nlohmann::ordered_json;

Result<Host> objected_host(const std::string& text) {
    auto host = Host::parse(text);
    if (!host) {
        return fail(ErrorKind::Invalid, "the recipient is not a host name", "Write it as a.example.");
    }
    return host;
}

Result<Host> objection_body(const std::string& json) {
    const auto document = nlohmann::json::parse(json, nullptr, false);
    const bool sound = document.is_object() && document.size() == 1 && document.contains("recipient") &&
                       document["recipient"].is_string();
    if (!sound) {
        return fail(ErrorKind::Invalid,
                    "the body is not a JSON object with the one member recipient",
                    "See schemas/openapi.yaml.");
    }
    return objected_host(document["recipient"].get<std::string>());
}

std::string objections_json(privacy::SubjectNumber subject, std::span<const records::Objection> objections) {
    auto list = Json::array();
    for (const auto& objection : objections) {
        list.push_back({{"recipient", objection.recipient.text()},
                        {"since", format_rfc3339(objection.since)},
                        {"request", nullptr}});
        if (objection.request.get() != 0) {
            list.back()["request"] = objection.request.get();
        }
    }
    const Json document{
        {"format", "fedtrail/objections/1"}, {"subject", subject.get()}, {"objections", list}};
    return document.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace fedtrail::api
