#include "recipients/host_agreement.hpp"

#include <algorithm>
#include <string>

#include <nlohmann/json.hpp>

namespace fedtrail::recipients {

bool names_in_webfinger(std::string_view body, const Host& host) {
    constexpr int kDeepest = 8;
    const auto document = nlohmann::json::parse(
        body.begin(),
        body.end(),
        [](int depth, nlohmann::json::parse_event_t /*event*/, nlohmann::json& /*value*/) {
            return depth <= kDeepest;
        },
        false);
    const auto links = document.is_object() ? document.find("links") : document.end();
    if (!document.is_object() || links == document.end() || !links->is_array()) {
        return false;
    }
    return std::any_of(links->begin(), links->end(), [&](const auto& link) {
        const bool self = link.is_object() && link.contains("rel") && link["rel"] == "self" &&
                          link.contains("href") && link["href"].is_string();
        const auto uri =
            self ? Uri::parse(link["href"].template get<std::string>()) : fail(ErrorKind::Invalid, "");
        return uri && uri->host() == host;
    });
}

bool names_in_host_meta(std::string_view body, const Host& host) {
    const auto wanted = "https://" + host.text() + "/";
    for (auto at = body.find("template"); at != std::string_view::npos; at = body.find("template", at + 1)) {
        const auto begin = body.find_first_of("\"'", at);
        if (begin != std::string_view::npos && body.substr(begin + 1, wanted.size()) == wanted) {
            return true;
        }
    }
    return false;
}

}  // namespace fedtrail::recipients
