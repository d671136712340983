#include <algorithm>

#include "app/house.hpp"
#include "app/unnamed_origins.hpp"

namespace fedtrail::app {

namespace {

using Figures = std::vector<api::Figure>;

void add_recorder(Figures& out, const capture::RecorderFigures& f) {
    out.push_back({"fedtrail_intents_total", "Deliveries recorded before they left.", f.intents});
    out.push_back(
        {"fedtrail_intents_refused_total", "Deliveries that could not be recorded.", f.intents_refused});
    out.push_back({"fedtrail_intents_damaged_total",
                   "Of these, because rows about their person are damaged.",
                   f.intents_damaged});
    out.push_back({"fedtrail_outcomes_total", "Outcomes recorded.", f.settled});
    out.push_back({"fedtrail_outcomes_lost_total", "Outcomes given up; the intent stands.", f.settles_lost});
    out.push_back({"fedtrail_observations_total", "Observations handed in, duplicates too.", f.observations});
    out.push_back({"fedtrail_observations_duplicate_total", "Of these, known before.", f.duplicates});
    out.push_back({"fedtrail_without_subject_total",
                   "Deliveries and observations about nobody local.",
                   f.without_subject});
    out.push_back(
        {"fedtrail_unread_total", "Deliveries that name nobody, recorded as unread connections.", f.unread});
    out.push_back({"fedtrail_gap_deliveries_total", "Deliveries that left unrecorded.", f.gap_deliveries});
    out.push_back(
        {"fedtrail_tunnels_recorded_total", "Unread connections recorded before they began.", f.tunnels});
    out.push_back({"fedtrail_tunnels_lost_total",
                   "Times that octets of unread connections were given up.",
                   f.tunnels_lost});
    out.push_back({"fedtrail_commits_total", "Commits of the ledger.", f.groups});
    out.push_back({"fedtrail_commits_failed_total", "Commits that failed.", f.failed_groups});
    out.push_back({"fedtrail_folds_total", "Times the journal was packed.", f.folds});
    out.push_back({"fedtrail_intents_waiting", "Deliveries waiting for a commit.", f.waiting_intents});
    out.push_back({"fedtrail_intents_open", "Recorded deliveries without an outcome yet.", f.open_intents});
}

void add_proxy(Figures& out, const proxy::ProxyFigures& f) {
    out.push_back({"fedtrail_proxy_connections_total", "Connections accepted.", f.connections});
    out.push_back({"fedtrail_proxy_connections_open", "Connections now.", f.open_connections});
    out.push_back(
        {"fedtrail_proxy_connections_refused_total", "Connections over the limit.", f.refused_connections});
    out.push_back({"fedtrail_proxy_requests_total",
                   "Requests read, CONNECT and those answered by the proxy itself among them.",
                   f.requests});
    out.push_back({"fedtrail_proxy_activities_total", "Deliveries among them.", f.activities});
    out.push_back({"fedtrail_proxy_signed_fetches_total",
                   "Requests without a body, signed with a key of your own; not recorded.",
                   f.signed_fetches});
    out.push_back(
        {"fedtrail_proxy_intercepted_total", "TLS connections opened under the local CA.", f.intercepted});
    out.push_back({"fedtrail_proxy_tunnels_total", "Connections passed on unread.", f.tunnels});
    out.push_back(
        {"fedtrail_proxy_tunnels_refused_total",
         "Connections not passed on because nothing unread may go there, or it could not be recorded.",
         f.tunnels_refused});
    out.push_back(
        {"fedtrail_proxy_ca_refused_total", "Clients that did not accept the local CA.", f.ca_refused});
    out.push_back(
        {"fedtrail_proxy_guard_refused_total", "Connections to private addresses.", f.guard_refused});
    out.push_back({"fedtrail_proxy_unnamed_total",
                   "Redirected connections closed because they named no valid server.",
                   f.unnamed});
    out.push_back({"fedtrail_proxy_held_total", "Deliveries answered 503 for the ledger's sake.", f.held});
    out.push_back({"fedtrail_proxy_prevented_total",
                   "Deliveries answered 403 because of a transfer rule or an objection.",
                   f.prevented});
    out.push_back(
        {"fedtrail_proxy_passed_unrecorded_total", "Deliveries that left unrecorded.", f.passed_unrecorded});
    out.push_back({"fedtrail_proxy_malformed_total", "Requests refused for their form.", f.malformed});
    out.push_back(
        {"fedtrail_proxy_peer_errors_total", "Recipients that could not be reached.", f.peer_errors});
    out.push_back({"fedtrail_proxy_errors_total", "Unexpected failures.", f.errors});
}

void add_untrusting(Figures& out, const proxy::UntrustingFigures& f) {
    out.push_back({"fedtrail_proxy_untrusted_tunnels_total",
                   "Connections passed on unread because their client refused the local CA.",
                   f.tunnels});
    out.push_back({"fedtrail_proxy_untrusted_hosts", "To so many servers.", f.hosts});
    for (const auto& each : f.most) {
        out.push_back({"fedtrail_proxy_untrusted_host_tunnels",
                       "The servers with the most of them.",
                       each.tunnels,
                       "host=\"" + each.host.text() + "\"",
                       true});
    }
}

void add_ledger(Figures& out, const LedgerTotals& totals) {
    out.push_back({"fedtrail_ledger_subjects", "People in the ledger.", totals.subjects});
    out.push_back({"fedtrail_ledger_recipients", "Servers in the ledger.", totals.recipients});
    out.push_back({"fedtrail_ledger_disclosures", "Disclosures in the ledger.", totals.disclosures});
    out.push_back({"fedtrail_ledger_activities", "Activities in the ledger.", totals.activities});
    out.push_back(
        {"fedtrail_ledger_unread_tunnels", "Unread connections in the ledger.", totals.unread_tunnels});
    out.push_back(
        {"fedtrail_ledger_gap_deliveries", "Unrecorded deliveries in the ledger.", totals.gap_deliveries});
}

}  // namespace

std::vector<api::Figure> House::figures() const {
    Figures out;
    const auto recorded = books_->figures();
    const auto now = Flow::SteadyInstant::clock::now();
    const auto total = recorded.recorded;
    add_recorder(out, recorded);
    for (const auto& [host, count] : unnamed_origins(recorded, config_.origins)) {
        out.push_back({"fedtrail_unnamed_origin_total",
                       "Deliveries of people at a host that is likely yours and that no [[origin]] names.",
                       count,
                       "host=\"" + host + "\""});
    }
    out.push_back(
        {"fedtrail_recorded_last_hour",
         "Deliveries and observations recorded in the last hour, or since the start if that is later.",
         flow_.during(std::chrono::minutes{60}, now, total)});
    out.push_back(
        {"fedtrail_recorded_last_day",
         "Deliveries and observations recorded in the last day, or since the start if that is later.",
         flow_.during(std::chrono::minutes{24 * 60}, now, total)});
    add_proxy(out, proxy_->figures());
    add_untrusting(out, proxy_->untrusting());
    const auto rules = rules_keeper_->state();
    const auto set = rules_.now();
    const auto& in_force = set->rules().rules();
    const auto enabled =
        std::count_if(in_force.begin(), in_force.end(), [](const auto& rule) { return rule.enabled; });
    out.push_back({"fedtrail_rules_in_force",
                   "Transfer rules that are in force.",
                   static_cast<std::uint64_t>(enabled)});
    out.push_back({"fedtrail_rules_file_refused",
                   "1 while the file of transfer rules cannot be used and older rules stay in force.",
                   rules.refused ? 1U : 0U});
    gate_->add_figures(out);
    if (ingress_) {
        ingress_->add_figures(out);
    }
    wing_->add_figures(out);
    if (const auto wing = refreshing()) {
        wing->add_figures(out);
    }
    if (log_) {
        log_->add_figures(out);
    }
    if (const auto totals = books_->ledger().totals()) {
        add_ledger(out, *totals);
    }
    out.push_back({"fedtrail_ballast_octets", "Room kept for a full disk.", ballast_.held()});
    out.push_back(
        {"fedtrail_disk_free_octets", "Room on the data folder's disk.", free_octets(config_.data_dir)});
    return out;
}

}  // namespace fedtrail::app
