#include "api/objection_json.hpp"

#include <nlohmann/json.hpp>

#include "api/json_text.hpp"

namespace fedtrail::api {

Result<Host> objected_host(const std::string& text) {
    auto host = Host::parse(text);
    if (!host) {
        return fail(ErrorKind::Invalid, "the recipient is not a host name", "Write it as a.example.");
    }
    return host;
}

Result<ObjectionBody> objection_body(const std::string& json, bool takes_reason) {
    const auto document = nlohmann::json::parse(json, nullptr, false);
    const bool named =
        document.is_object() && document.contains("recipient") && document["recipient"].is_string();
    const bool reasoned =
        takes_reason && named && document.contains("reason") && document["reason"].is_string();
    if (!named || document.size() != (reasoned ? 2U : 1U)) {
        return fail(ErrorKind::Invalid,
                    std::string{"the body is not a JSON object with the member recipient"} +
                        (takes_reason ? ", and reason perhaps" : " alone"),
                    "See schemas/openapi.yaml.");
    }
    auto host = objected_host(document["recipient"].get<std::string>());
    if (!host) {
        return fail(host);
    }
    return ObjectionBody{std::move(*host), reasoned ? document["reason"].get<std::string>() : std::string{}};
}

std::string objections_json(privacy::SubjectNumber subject,
                            std::span<const records::Objection> objections,
                            const std::map<Host, std::string>& reasons) {
    auto list = Json::array();
    for (const auto& objection : objections) {
        list.push_back({{"recipient", objection.recipient.text()},
                        {"since", format_rfc3339(objection.since)},
                        {"request", nullptr},
                        {"reason", nullptr}});
        if (objection.request.get() != 0) {
            list.back()["request"] = objection.request.get();
        }
        if (const auto reason = reasons.find(objection.recipient); reason != reasons.end()) {
            list.back()["reason"] = reason->second;
        }
    }
    const Json document{
        {"format", "fedtrail/objections/1"}, {"subject", subject.get()}, {"objections", list}};
    return indented(document);
}

}  // namespace fedtrail::api
