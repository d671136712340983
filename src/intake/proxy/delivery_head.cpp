#include "intake/proxy/delivery_head.hpp"

#include <string>
#include <utility>

#include "fedtrail/fediverse/activity.hpp"
#include "fedtrail/fediverse/signer.hpp"

namespace fedtrail::proxy {

namespace {

bool carries_body(const RequestHead& head) {
    return head.method == "POST" || head.method == "PUT";
}

/// draft-cavage-http-signatures-12 section 3.1: a signature may stand in Authorization as well.
bool is_signature(std::string_view credentials) {
    constexpr std::string_view kScheme = "signature ";
    return equal_ignoring_case(credentials.substr(0, kScheme.size()), kScheme);
}

/// Whose key signed the request, "" if that cannot be read.
std::string signer_of(const RequestHead& head) {
    for (const std::string_view name : {"signature", "signature-input", "authorization"}) {
        const auto value = only_value(head.headers, name);
        const bool signs = value && (name != "authorization" || is_signature(*value));
        const auto key = signs ? fediverse::key_id_of_signature(*value) : std::nullopt;
        if (!key) {
            continue;
        }
        if (const auto actor = fediverse::actor_of_key_id(*key)) {
            return actor->text();
        }
    }
    return {};
}

}  // namespace

bool says_activity(const RequestHead& head) {
    const auto type = only_value(head.headers, "content-type");
    return type && fediverse::is_activity_type(*type);
}

bool is_signed_by_ours(const RequestHead& head, const fediverse::IsLocal& is_local) {
    const auto signer = is_local ? signer_of(head) : std::string{};
    return !signer.empty() && is_local(signer);
}

bool is_delivery(const RequestHead& head, const fediverse::IsLocal& is_local) {
    return carries_body(head) && (says_activity(head) || count_of(head.headers, "content-type") > 1 ||
                                  is_signed_by_ours(head, is_local));
}

fediverse::ActivityDigest opaque(const RequestHead& head) {
    fediverse::ActivityDigest digest;
    if (auto signer = signer_of(head); !signer.empty()) {
        digest.shares.push_back(fediverse::DataShare{
            Personal<std::string>{std::move(signer)}, {}, {fediverse::DataCategory::Unread}});
    }
    return digest;
}

}  // namespace fedtrail::proxy
