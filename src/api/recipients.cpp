#include <algorithm>

#include <nlohmann/json.hpp>

#include "api/answers.hpp"
#include "api/api.hpp"
#include "api/day.hpp"
#include "api/json_text.hpp"
#include "api/looks.hpp"
#include "api/paging.hpp"
#include "api/recipient_json.hpp"
#include "api/request_body.hpp"
#include "recipients/declare.hpp"

namespace fedtrail::api {

Result<Host> Api::host_in(const Call& call) {
    auto host = Host::parse(call.captured.front());
    if (!host || host->empty()) {
        return fail(ErrorKind::NotFound, "the address names no host", "Write it as a.example.");
    }
    return host;
}

std::optional<std::uint64_t> honour_percent(std::uint64_t gone, std::uint64_t present) {
    if (gone + present == 0) {
        return std::nullopt;
    }
    return gone * 100 / (gone + present);
}

std::string honour_json(const std::map<std::string, SoftwareRecord>& software) {
    auto list = nlohmann::ordered_json::array();
    for (const auto& [name, record] : software) {
        nlohmann::ordered_json row{{"software", nullptr},
                                   {"recipients", record.hosts},
                                   {"told", record.told},
                                   {"gone", record.gone},
                                   {"present", record.present},
                                   {"not_visible", record.not_visible},
                                   {"honour_percent", nullptr},
                                   {"signatures", {{"cavage", record.cavage}, {"rfc9421", record.rfc9421}}}};
        if (!name.empty()) {
            row["software"] = name;
        }
        if (const auto percent = honour_percent(record.gone, record.present)) {
            row["honour_percent"] = *percent;
        }
        list.push_back(std::move(row));
    }
    const nlohmann::ordered_json document{{"format", "fedtrail/honour/1"}, {"software", list}};
    return on_one_line(document);
}

HttpResponse Api::software(const Call& /*call*/) {
    const auto known = recipients::software_of_recipients(doors_.ledger, doors_.erasure.directory);
    return known ? json_answer(honour_json(*known)) : problem(known.error());
}

HttpResponse Api::recipients(const Call& call) {
    const auto limit = limit_of(call.target);
    if (!limit) {
        return bad_request(limit.error().what, limit.error().remedy);
    }
    auto filter = recipients::list_filter(call.target.query("country").value_or(""),
                                          call.target.query("basis").value_or(""),
                                          call.target.query("software").value_or(""));
    if (!filter) {
        return bad_request(filter.error().what, filter.error().remedy);
    }
    const auto blocked = call.target.flag("blocked");
    if (!blocked) {
        return bad_request(blocked.error().what, blocked.error().remedy);
    }
    filter->blocked = *blocked;
    const auto page =
        recipients::list_recipients({doors_.ledger, doors_.recipients.cards, doors_.recipients.blocks},
                                    *filter,
                                    call.target.query("after").value_or(""),
                                    *limit,
                                    day_of(doors_.clock.now()));
    if (!page) {
        return problem(page.error());
    }
    auto answer = json_answer(recipients_json(*page));
    if (!page->next.empty()) {
        answer.headers.emplace_back(
            "Link",
            "</api/v1/recipients?limit=" + std::to_string(*limit) + "&after=" + percent_encoded(page->next) +
                filter_words(call.target, {"country", "basis", "software", "blocked"}) + ">; rel=\"next\"");
    }
    return answer;
}

HttpResponse Api::recipient_one(const Call& call) {
    const auto host = host_in(call);
    if (!host) {
        return problem(host.error());
    }
    const auto view = view_recipient(
        {doors_.ledger, doors_.recipients.cards, doors_.recipients.declarations, doors_.recipients.blocks},
        *host,
        day_of(doors_.clock.now()));
    return view ? json_answer(recipient_json(*view)) : problem(view.error());
}

HttpResponse Api::recipient_refresh(const Call& call) {
    return once(call, [&] { return called_for(call); });
}

/// 202: it is asked after the answer.
HttpResponse Api::called_for(const Call& call) {
    const auto host = host_in(call);
    if (!host) {
        return problem(host.error());
    }
    if (const auto called = doors_.recipients.call_for(*host); !called) {
        return problem(called.error());
    }
    auto answer = json_answer(on_one_line({{"format", "fedtrail/refresh-called/1"}, {"host", host->text()}}));
    answer.status = 202;
    return answer;
}

HttpResponse Api::recipient_declare(const Call& call) {
    return once(call, [&] { return declared(call); });
}

HttpResponse Api::declared(const Call& call) {
    const auto host = host_in(call);
    if (!host) {
        return problem(host.error());
    }
    auto body = declaration_body(call.request.body);
    if (!body) {
        return problem(body.error());
    }
    std::vector<recipients::DeclareOrder> orders{
        {*host, {}, by(call.grant, call.request.headers), std::move(body->reason)}};
    for (auto& [key, value] : body->words) {
        orders.front().words.push_back({key, std::move(value)});
    }
    const auto facts = recipients::scope_facts(doors_.recipients.cards.policies()->adequacy.adequacy);
    const auto done = recipients::declare(
        doors_.recipients.declarations, doors_.erasure.directory, orders, facts, doors_.clock.now());
    return done ? recipient_one(call) : problem(done.error());
}

}  // namespace fedtrail::api
