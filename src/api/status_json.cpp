#include "api/status_json.hpp"

#include "api/json_text.hpp"

namespace fedtrail::api {

namespace {

/// null of nothing, else what `write` makes of it.
template <typename Part>
Json part_json(const std::optional<Part>& part, Json (*write)(const Part&)) {
    return part ? write(*part) : Json(nullptr);
}

Json running_json(const StatusView::Instance& it) {
    return {{"pid", it.process},
            {"since", it.since},
            {"proxy", it.proxy},
            {"api", it.api},
            {"ready", it.ready},
            {"answered", it.answered}};
}

Json flow_json(const StatusView::Flow& it) {
    return {{"last_hour", it.last_hour}, {"last_day", it.last_day}, {"waiting", it.waiting}};
}

Json ingress_json(const StatusView::Ingress& it) {
    return {{"lines", it.lines},
            {"rejected", it.rejected},
            {"signed", it.signed_fetches},
            {"named", it.named},
            {"unnamed", it.unnamed},
            {"behind_octets", it.behind_octets}};
}

Json untrusted_json(const StatusView::Untrusted& it) {
    Json most = Json::array();
    for (const auto& each : it.most) {
        most.push_back({{"host", each.host}, {"connections", each.connections}});
    }
    return {{"hosts", it.hosts},
            {"connections", it.connections},
            {"refused", it.refused},
            {"most", std::move(most)}};
}

Json totals_json(const LedgerTotals& it) {
    return {{"subjects", it.subjects},
            {"recipients", it.recipients},
            {"disclosures", it.disclosures},
            {"activities", it.activities},
            {"first", moment_or_null(it.first)},
            {"last", moment_or_null(it.last)},
            {"unread_tunnels", it.unread_tunnels},
            {"unread_tunnel_hosts", it.unread_tunnel_hosts},
            {"gap_deliveries", it.gap_deliveries}};
}

Json rules_done_json(const StatusView::Rules& it) {
    return {{"in_force", it.in_force},
            {"refused", it.refused},
            {"prevented", it.prevented},
            {"objected", it.objected},
            {"flagged", it.flagged}};
}

Json erasures_json(const StatusView::Erasures& it) {
    Json out{{"open", it.open},
             {"waiting_for_you", it.waiting_for_you},
             {"overdue", it.overdue},
             {"messages_left", it.messages_left},
             {"next", nullptr}};
    if (it.next) {
        out["next"] = {{"number", it.next->number.get()}, {"due", privacy::format_day(it.next->due)}};
    }
    return out;
}

Json log_json(const StatusView::Log& it) {
    Json out{{"leaves", it.leaves}, {"signed", 0}, {"at", nullptr}, {"cosignatures", 0}};
    if (it.last) {
        out["signed"] = it.last->checkpoint.size;
        out["at"] = format_rfc3339(it.last->at);
        out["cosignatures"] = it.last->cosignatures;
    }
    return out;
}

Json changed_policies_json(const StatusView::Policies& it) {
    return {{"days", it.days.count()}, {"changes", it.changes}, {"servers", it.servers}};
}

}  // namespace

std::string status_json(const StatusView& view) {
    Json wrong = Json::array();
    for (const auto& each : view.wrong) {
        wrong.push_back({{"what", each.what}, {"remedy", each.remedy}});
    }
    return indented({{"format", "fedtrail/status/1"},
                     {"running", part_json(view.running, running_json)},
                     {"flow", part_json(view.flow, flow_json)},
                     {"ingress", part_json(view.ingress, ingress_json)},
                     {"untrusted", part_json(view.untrusted, untrusted_json)},
                     {"ledger", totals_json(view.ledger)},
                     {"rules", part_json(view.rules, rules_done_json)},
                     {"erasures", part_json(view.erasures, erasures_json)},
                     {"log", part_json(view.log, log_json)},
                     {"policies", part_json(view.policies, changed_policies_json)},
                     {"wrong", std::move(wrong)}});
}

}  // namespace fedtrail::api
