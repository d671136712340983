/// What recipients promise, and how that changed.

#include "api/answers.hpp"
#include "api/api.hpp"
#include "api/policy_json.hpp"

namespace fedtrail::api {

HttpResponse Api::recipient_policies(const Call& call) {
    const auto host = host_in(call);
    if (!host) {
        return problem(host.error());
    }
    if (doors_.papers.policy_texts == nullptr) {
        return problem(Error{ErrorKind::Unavailable, "policies are not read here", ""});
    }
    const auto history = doors_.papers.policy_texts->history(*host);
    if (!history) {
        return problem(history.error());
    }
    if (history->versions.empty()) {
        return problem(Error{ErrorKind::NotFound,
                             "no policy of this server was read yet",
                             "`fedtrail recipients refresh` tries to."});
    }
    return json_answer(policies_json(*host, *history));
}

HttpResponse Api::policy_changes(const Call& call) {
    std::optional<Instant> since;
    if (const auto asked = call.target.query("since")) {
        const auto at = parse_rfc3339(*asked);
        if (!at) {
            return bad_request("`since` is not a time", "Write it as 2026-11-22T10:00:00Z.");
        }
        since = *at;
    }
    if (!doors_.papers.policy_changes) {
        return problem(Error{ErrorKind::Unavailable, "policies are not read here", ""});
    }
    const auto changes = doors_.papers.policy_changes(since.value_or(Instant::min()));
    return changes ? json_answer(policy_changes_json(since, *changes)) : problem(changes.error());
}

}  // namespace fedtrail::api
