#include <algorithm>

#include <nlohmann/json.hpp>

#include "api/answers.hpp"
#include "api/api.hpp"
#include "api/paging.hpp"
#include "api/recipient_json.hpp"

namespace fedtrail::api {

namespace {

nlohmann::ordered_json channels_of(privacy::ChannelSet set) {
    auto names = nlohmann::ordered_json::array();
    for (const auto channel : {privacy::Channel::Push,
                               privacy::Channel::Relay,
                               privacy::Channel::Forward,
                               privacy::Channel::SignedPull,
                               privacy::Channel::AnonymousPull,
                               privacy::Channel::Bridge}) {
        if (set.has(channel)) {
            names.push_back(std::string{privacy::name_of(channel)});
        }
    }
    return names;
}

nlohmann::ordered_json categories_of(fediverse::CategorySet set) {
    auto names = nlohmann::ordered_json::array();
    for (const auto& [category, name] : fediverse::kDataCategories) {
        if (set.has(category)) {
            names.push_back(std::string{name});
        }
    }
    return names;
}

nlohmann::ordered_json to_json(const RecipientTotals& totals) {
    nlohmann::ordered_json out{{"host", totals.recipient.text()},
                               {"first", format_rfc3339(totals.first)},
                               {"last", format_rfc3339(totals.last)},
                               {"subjects", totals.subjects},
                               {"disclosures", totals.disclosures},
                               {"channels", channels_of(totals.channels)},
                               {"categories", categories_of(totals.categories)},
                               {"evidence", std::string{privacy::name_of(totals.strongest)}},
                               {"unread_tunnels", totals.tunnels},
                               {"unread_octets", totals.tunnel_bytes}};
    if (totals.disclosures == 0) {
        out["evidence"] = nullptr;  // tunnels alone: nothing is known to have been disclosed
    }
    return out;
}

}  // namespace

std::string recipients_json(std::span<const RecipientTotals> recipients, const std::string& next) {
    auto list = nlohmann::ordered_json::array();
    for (const auto& each : recipients) {
        list.push_back(to_json(each));
    }
    nlohmann::ordered_json document{
        {"format", "fedtrail/recipients/1"}, {"recipients", list}, {"next", nullptr}};
    if (!next.empty()) {
        document["next"] = next;
    }
    return document.dump() + "\n";
}

std::optional<std::uint64_t> honour_percent(std::uint64_t told, std::uint64_t gone) {
    if (told == 0) {
        return std::nullopt;
    }
    return std::min(told, gone) * 100 / told;
}

std::string honour_json(const std::map<std::string, SoftwareRecord>& software) {
    auto list = nlohmann::ordered_json::array();
    for (const auto& [name, record] : software) {
        nlohmann::ordered_json row{{"software", nullptr},
                                   {"recipients", record.hosts},
                                   {"told", record.told},
                                   {"gone", record.gone},
                                   {"present", record.present},
                                   {"honour_percent", nullptr},
                                   {"signatures", {{"cavage", record.cavage}, {"rfc9421", record.rfc9421}}}};
        if (!name.empty()) {
            row["software"] = name;
        }
        if (const auto percent = honour_percent(record.told, record.gone)) {
            row["honour_percent"] = *percent;
        }
        list.push_back(std::move(row));
    }
    const nlohmann::ordered_json document{{"format", "fedtrail/honour/1"}, {"software", list}};
    return document.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n";
}

HttpResponse Api::software(const Call& /*call*/) {
    const auto known = doors_.erasure.directory.by_software();
    return known ? json_answer(honour_json(*known)) : problem(known.error());
}

HttpResponse Api::recipients(const Call& call) {
    const auto limit = limit_of(call.target);
    if (!limit) {
        return bad_request(limit.error().what);
    }
    auto found = doors_.ledger.recipients(call.target.query("after").value_or(""), *limit + 1);
    if (!found) {
        return problem(found.error());
    }
    std::string next;
    if (found->size() > *limit) {
        found->resize(*limit);
        next = found->back().recipient.text();
    }
    auto answer = json_answer(recipients_json(*found, next));
    if (!next.empty()) {
        answer.headers.emplace_back("Link",
                                    "</api/v1/recipients?limit=" + std::to_string(*limit) +
                                        "&after=" + percent_encoded(next) + ">; rel=\"next\"");
    }
    return answer;
}

}  // namespace fedtrail::api
