/// Forgetting people, and who looked at their data.

#include <algorithm>

#include <nlohmann/json.hpp>

#include "api/answers.hpp"
#include "api/api.hpp"
#include "api/looks.hpp"
#include "api/request_body.hpp"
#include "api/retention_json.hpp"

namespace fedtrail::api {

namespace {

constexpr std::size_t kMostAccesses = 10'000;
constexpr int kAccepted = 202;

struct RetentionBody {
    std::string reason;
    bool dry_run{};
};

/// An empty body is an empty object.
Result<RetentionBody> body_of(const std::string& json) {
    RetentionBody body;
    if (json.empty()) {
        return body;
    }
    const auto document = nlohmann::json::parse(json, nullptr, false);
    if (!document.is_object()) {
        return fail(ErrorKind::Invalid, "the body is not a JSON object", "See schemas/openapi.yaml.");
    }
    for (const auto& [name, value] : document.items()) {
        if (name == "reason" && value.is_string()) {
            body.reason = value.get<std::string>();
        } else if (name == "dry_run" && value.is_boolean()) {
            body.dry_run = value.get<bool>();
        } else {
            const std::vector<std::string> known{"reason", "dry_run"};
            const bool is_known = std::find(known.begin(), known.end(), name) != known.end();
            return tl::unexpected{is_known ? wrong_type_of(name) : unknown_member(name, known)};
        }
    }
    return body;
}

}  // namespace

HttpResponse Api::subject_shred(const Call& call) {
    return once(call, [&] { return shredded(call); });
}

HttpResponse Api::shredded(const Call& call) {
    const auto body = body_of(call.request.body);
    if (!body) {
        return problem(body.error());
    }
    if (body->reason.empty() || body->reason.size() > records::kMaxReason) {
        return problem(Error{ErrorKind::Invalid,
                             "shredding needs a reason of at most 1,000 octets, without personal data",
                             "Give reason: it stays in the log."});
    }
    const auto subject = subject_for(call);
    if (!subject) {
        return problem(subject.error());
    }
    const auto done = doors_.retention.shred({*subject,
                                              records::ShredReason::Operator,
                                              records::RequestNumber{0},
                                              body->reason,
                                              by(call.grant, call.request.headers)});
    if (!done) {
        return problem(done.error());
    }
    auto answer = json_answer(shredded_json(*subject, *done));
    answer.status = done->left ? kAccepted : answer.status;
    return answer;
}

HttpResponse Api::subject_accesses(const Call& call) {
    const auto subject = subject_for(call);
    if (!subject) {
        return problem(subject.error());
    }
    const auto accesses = doors_.retention.accesses.accesses_past_damage(*subject, kMostAccesses);
    return accesses ? json_answer(accesses_json(*subject, *accesses, is_own(call.grant, *subject)))
                    : problem(accesses.error());
}

HttpResponse Api::shreddings(const Call& /*call*/) {
    const auto all = doors_.retention.shreddings.shreddings();
    return all ? json_answer(shreddings_json(*all)) : problem(all.error());
}

HttpResponse Api::retention_rules(const Call& /*call*/) {
    return json_answer(retention_rules_json(*doors_.retention.policy()));
}

HttpResponse Api::retention_run(const Call& call) {
    const auto body = body_of(call.request.body);
    if (!body) {
        return problem(body.error());
    }
    const auto summary = doors_.retention.run(body->dry_run);
    return summary ? json_answer(retention_json(*summary, body->dry_run)) : problem(summary.error());
}

}  // namespace fedtrail::api
