#include "api/retention_json.hpp"

#include <nlohmann/json.hpp>

#include "fedtrail/records/access_purpose.hpp"

#include "api/json_text.hpp"
#include "reports/words.hpp"

namespace fedtrail::api {

std::string shredded_json(privacy::SubjectNumber subject, const retention::Shredded& shredded) {
    Json document{{"format", "fedtrail/shredded/1"},
                  {"subject", subject.get()},
                  {"complete", !shredded.left},
                  {"left", nullptr}};
    if (shredded.left) {
        document["left"] = {{"what", shredded.left->what}, {"remedy", shredded.left->remedy}};
    }
    return indented(document);
}

Result<retention::Shredded> shredded_from(const std::string& json) {
    try {
        const auto document = Json::parse(json);
        const auto& left = document.at("left");
        if (left.is_null()) {
            return retention::Shredded{};
        }
        return retention::Shredded{Error{ErrorKind::Unavailable,
                                         left.at("what").get<std::string>(),
                                         left.at("remedy").get<std::string>()}};
    } catch (const Json::exception&) {
        return fail(ErrorKind::Invalid,
                    "the sidecar's answer is not one about a shredding",
                    "Are both of the same version? `fedtrail --version` tells.");
    }
}

std::string shreddings_json(std::span<const records::Shredding> shreddings) {
    auto list = Json::array();
    for (const auto& shredding : shreddings) {
        list.push_back({{"subject", shredding.subject.get()},
                        {"at", format_rfc3339(shredding.at)},
                        {"reason", std::string{records::name_of(shredding.reason)}},
                        {"request", nullptr},
                        {"complete", shredding.complete}});
        if (shredding.request.get() != 0) {
            list.back()["request"] = shredding.request.get();
        }
    }
    return indented({{"format", "fedtrail/shreddings/1"}, {"shreddings", list}});
}

std::string accesses_json(privacy::SubjectNumber subject,
                          std::span<const records::Access> accesses,
                          bool roles) {
    auto list = Json::array();
    for (const auto& access : accesses) {
        list.push_back({{"at", format_rfc3339(access.at)},
                        {"what", access.what},
                        {"by", roles ? std::string{reports::name_of(reports::role_of(access))} : access.by},
                        {"why", records::why_of(access)},
                        {"stated", !access.why.empty() || access.why_lost},
                        {"damaged", access.why_lost},
                        {"purpose", records::name_of(records::purpose_of(access))},
                        {"revealed", access.revealed}});
    }
    return indented({{"format", "fedtrail/accesses/1"}, {"subject", subject.get()}, {"accesses", list}});
}

std::string retention_rules_json(const retention::RetentionPolicy& policy) {
    auto list = nlohmann::ordered_json::array();
    for (const auto& rule : policy.rules()) {
        list.push_back({{"kind", rule.kind},
                        {"enabled", rule.enabled},
                        {"kept_until",
                         rule.kept_until.empty() ? nlohmann::ordered_json(nullptr)
                                                 : nlohmann::ordered_json(rule.kept_until)},
                        {"keep_days", rule.keep_days.count()},
                        {"keep_months", rule.keep_months.count()},
                        {"to_year_end", rule.to_year_end},
                        {"why", rule.why},
                        {"source", rule.source}});
    }
    return nlohmann::ordered_json{{"format", "fedtrail/retention-rules/1"}, {"rules", std::move(list)}}.dump(
               2) +
           "\n";
}

std::string retention_json(const retention::RetentionSummary& summary, bool dry_run) {
    auto removed = Json::array();
    for (const auto& one : summary.removed) {
        removed.push_back({{"kind", one.what}, {"count", one.count}});
    }
    auto held = Json::array();
    for (const auto& one : summary.held) {
        held.push_back({{"kind", one.what}, {"count", one.count}});
    }
    auto shredded = Json::array();
    for (const auto subject : summary.shredded) {
        shredded.push_back(subject.get());
    }
    return indented({{"format", "fedtrail/retention-run/1"},
                     {"dry_run", dry_run},
                     {"removed", removed},
                     {"held", held},
                     {"shredded", shredded},
                     {"incomplete", summary.incomplete},
                     {"kept_back", summary.kept_back},
                     {"still_post", summary.still_post}});
}

Result<RetentionAnswer> retention_from(const std::string& json) {
    try {
        const auto document = Json::parse(json);
        RetentionAnswer answer;
        answer.dry_run = document.at("dry_run").get<bool>();
        for (const auto& one : document.at("removed")) {
            answer.summary.removed.push_back(
                {one.at("kind").get<std::string>(), one.at("count").get<std::uint64_t>()});
        }
        for (const auto& one : document.at("held")) {
            answer.summary.held.push_back(
                {one.at("kind").get<std::string>(), one.at("count").get<std::uint64_t>()});
        }
        for (const auto& one : document.at("shredded")) {
            answer.summary.shredded.emplace_back(one.get<std::uint64_t>());
        }
        answer.summary.incomplete = document.at("incomplete").get<std::uint64_t>();
        answer.summary.still_post = document.at("still_post").get<std::uint64_t>();
        answer.summary.kept_back = document.at("kept_back").get<std::uint64_t>();
        return answer;
    } catch (const Json::exception&) {
        return fail(ErrorKind::Invalid,
                    "the sidecar's answer is not one about retention",
                    "Are both of the same version? `fedtrail --version` tells.");
    }
}

}  // namespace fedtrail::api
