#include <algorithm>
#include <map>
#include <ostream>
#include <set>

#include <nlohmann/json.hpp>

#include "app/ballast.hpp"
#include "app/case_room.hpp"
#include "app/checks.hpp"
#include "app/commands/commands.hpp"
#include "app/due.hpp"
#include "app/instance.hpp"
#include "app/log_keys.hpp"
#include "app/running_figures.hpp"
#include "app/stores.hpp"
#include "app/system_clock.hpp"
#include "app/table.hpp"
#include "backends/sqlite/directory_book.hpp"
#include "backends/sqlite/log_store.hpp"

namespace fedtrail::app {

namespace {

using Json = nlohmann::ordered_json;

constexpr std::uint64_t kLowDisk = 512ULL * 1024 * 1024;

/// The log, as its file tells.
struct LogState {
    std::uint64_t leaves{};  ///< With those that no checkpoint covers yet.
    std::optional<SignedCheckpoint> last;
};

/// Everything the screen shows.
constexpr std::chrono::days kPoliciesLately{30};

/// Policies of recipients that changed lately.
struct ChangedPolicies {
    std::size_t changes{};
    std::size_t servers{};
};

struct Picture {
    std::optional<RunningInstance> running;
    bool answers{};          ///< /readyz said yes.
    RunningFigures figures;  ///< Of the running instance.
    LedgerTotals totals;
    std::optional<DueErasures> erasures;
    std::optional<LogState> log;
    std::optional<ChangedPolicies> policies;
    std::vector<Error> wrong;
};

void ask_instance(const Config& config, Picture& picture) {
    if (!picture.running) {
        return;
    }
    auto answers = ask_running(*picture.running, config.data_dir);
    picture.answers = answers.ready;
    picture.figures = std::move(answers.figures);
}

std::uint64_t figure(const Picture& picture, std::string_view name) {
    return figure_named(picture.figures, name);
}

/// What is due; nothing, and a word about it, if that cannot be read.
void look_for_due(const Session& session, Picture& picture) {
    auto room = open_case_room(session);
    RequestFilter all;
    all.limit = kCountedRequests;
    const auto views =
        room ? room->desk().pending(all) : Result<std::vector<erasure::RequestView>>{fail(room)};
    if (!views) {
        picture.wrong.push_back(views.error());
        return;
    }
    KeyLook keys{room->config, *room->reading.vault, *room->reading.vault};
    picture.erasures = due_of(*views, keys);
    if (picture.erasures->overdue > 0) {
        picture.wrong.push_back(
            {ErrorKind::Unavailable,
             counted(picture.erasures->overdue, "erasure request is overdue", "erasure requests are overdue"),
             "fedtrail requests list"});
    }
    if (const auto keyless = picture.erasures->keyless; keyless > 0) {
        picture.wrong.push_back(
            {ErrorKind::Unavailable,
             "for " + counted(keyless, "erasure request") + " no key to sign with was found: nothing leaves",
             "fedtrail requests list"});
    }
}

void look_at_log(const Config& config, Picture& picture) {
    const auto log = sqlite::SqliteLog::open(log_file(config), sqlite::OpenMode::ReadOnly);
    const auto size = log ? (*log)->size() : Result<std::uint64_t>{fail(log)};
    auto last = size ? (*log)->last_checkpoint() : Result<std::optional<SignedCheckpoint>>{fail(size)};
    if (!last) {
        if (last.error().kind != ErrorKind::NotFound) {
            picture.wrong.push_back(last.error());
        }
        return;
    }
    picture.log = LogState{*size, std::move(*last)};
    const auto guard = check_guard(config, **log);
    if (guard.verdict == Verdict::Fail) {
        picture.wrong.push_back({ErrorKind::Denied, guard.finding, guard.remedy});
    } else if (figure(picture, "fedtrail_log_refused") > 0) {
        picture.wrong.push_back({ErrorKind::Denied,
                                 "the log is older than a checkpoint already published: nothing is signed",
                                 "fedtrail doctor"});
    }
    const auto asked = figure(picture, "fedtrail_log_witnesses");
    if (const auto well = figure(picture, "fedtrail_log_witnesses_well"); well < asked) {
        picture.wrong.push_back(
            {ErrorKind::Unavailable,
             counted(asked - well, "witness does", "witnesses do") + " not cosign the log",
             "see the sidecar's log"});
    }
}

/// Whether people's deliveries leave unrecorded because the configuration does not know their host.
bool look_for_unnamed_origins(Picture& picture) {
    constexpr std::string_view kBefore = "fedtrail_unnamed_origin_total{host=\"";
    bool any = false;
    for (const auto& [name, count] : picture.figures) {
        if (!name.starts_with(kBefore)) {
            continue;
        }
        any = true;
        const auto host = name.substr(kBefore.size(), name.rfind('"') - kBefore.size());
        picture.wrong.push_back({ErrorKind::Unavailable,
                                 counted(count, "delivery", "deliveries") + " of people at " + host +
                                     ", which no [[origin]] names, left unrecorded",
                                 "in [[origin]]: aliases = [\"" + host + "\"]"});
    }
    return any;
}

/// Nothing of what such a client sends is recorded but that it went out.
void look_for_distrust(Picture& picture) {
    const auto unread = figure(picture, "fedtrail_proxy_untrusted_tunnels_total");
    const auto refused = figure(picture, "fedtrail_proxy_ca_refused_total");
    if (unread > 0) {
        picture.wrong.push_back({ErrorKind::Unavailable,
                                 counted(unread,
                                         "connection passed unread since its client does",
                                         "connections passed unread since their client does") +
                                     " not trust Fedtrail's authority" + untrusted_text(picture.figures),
                                 "fedtrail ca guide SOFTWARE"});
    } else if (refused > 0) {
        picture.wrong.push_back({ErrorKind::Unavailable,
                                 counted(refused, "connection") + " did not trust Fedtrail's authority",
                                 "fedtrail ca guide SOFTWARE"});
    }
    if (const auto lost = figure(picture, "fedtrail_tunnels_lost_total"); lost > 0) {
        picture.wrong.push_back({ErrorKind::Unavailable,
                                 "the octets of unread connections were given up " + counted(lost, "time") +
                                     " because the ledger could not be written",
                                 "fedtrail doctor"});
    }
}

/// Nothing if there is no directory, or it cannot be read: `doctor` says so.
void look_for_changed_policies(const Config& config, Picture& picture) {
    const auto directory =
        sqlite::SqliteDirectory::open_file(directory_file(config), sqlite::OpenMode::ReadOnly);
    const auto changes =
        directory ? (*directory)->policy_changes(SystemClock{}.now() - kPoliciesLately) : fail(directory);
    if (!changes) {
        return;
    }
    std::set<Host> servers;
    for (const auto& change : *changes) {
        servers.insert(change.to.host);
    }
    picture.policies = ChangedPolicies{changes->size(), servers.size()};
}

void look_for_wrong(const Config& config, Picture& picture) {
    const auto add = [&picture](std::string what, std::string remedy) {
        picture.wrong.push_back({ErrorKind::Unavailable, std::move(what), std::move(remedy)});
    };
    if (!picture.running) {
        add("no sidecar runs", "fedtrail serve");
    } else if (!picture.answers) {
        add("the sidecar is not ready", "fedtrail doctor");
    }
    if (config.origins.empty()) {
        add("no origin is named: nothing is recorded", "fedtrail init --origin YOUR.HOST");
    }
    const auto unnamed = look_for_unnamed_origins(picture);
    if (picture.totals.disclosures == 0 && !unnamed) {
        add("nothing was recorded yet", "fedtrail ca guide SOFTWARE");
    }
    if (picture.totals.gap_deliveries > 0) {
        add(grouped(picture.totals.gap_deliveries) + " deliveries left unrecorded",
            "set proxy.on_ledger_failure = \"hold\", and see that the disk has room");
    }
    if (!picture.running && picture.erasures && picture.erasures->messages_left > 0) {
        add(counted(picture.erasures->messages_left,
                    "message of an erasure waits for a sidecar",
                    "messages of erasures wait for a sidecar"),
            "fedtrail serve");
    }
    look_for_distrust(picture);
    const auto damaged = figure(picture, "fedtrail_intents_damaged_total");
    if (damaged > 0) {
        add(counted(damaged, "delivery was", "deliveries were") +
                " held back because rows about their person are damaged",
            "stop the sidecar, run `fedtrail doctor`: it says whether `fedtrail doctor --rebuild` mends it, "
            "or a backup");
    }
    const auto all_held = figure(picture, "fedtrail_proxy_held_total");
    if (const auto held = all_held - std::min(all_held, damaged); held > 0) {
        add(grouped(held) + " deliveries were held back because the ledger could not be written",
            "fedtrail doctor");
    }
    if (figure(picture, "fedtrail_rules_file_refused") > 0) {
        add("the file of transfer rules cannot be used: older rules stay in force", "fedtrail rules check");
    }
    if (const auto lost = figure(picture, "fedtrail_ingress_gaps_total") +
                          figure(picture, "fedtrail_ingress_dropped_total");
        lost > 0) {
        add("parts of the access log were lost before they were read", "fedtrail doctor");
    }
    if (const auto bad = figure(picture, "fedtrail_ingress_rejected_total");
        bad * 2 > figure(picture, "fedtrail_ingress_lines_total")) {
        add("most lines of the access log are not understood", "fedtrail doctor");
    }
    if (const auto room = free_octets(config.data_dir); room < kLowDisk) {
        add("only " + octets(room) + " of disk are left", "make room");
    }
    const Ballast ballast{config.data_dir, config.ledger.ballast};
    if (ballast.held() < ballast.wanted()) {
        add("the ballast for a full disk is not there", "make room; serve then keeps it again");
    }
}

std::uint64_t fetches_by_nobody(const Picture& picture) {
    std::uint64_t sum = 0;
    for (const auto& [name, value] : picture.figures) {
        sum += name.starts_with("fedtrail_ingress_unnamed_") ? value : 0;
    }
    return sum;
}

bool follows_log(const Picture& picture) {
    return picture.figures.count("fedtrail_ingress_lines_total") != 0;
}

Json ingress_json(const Picture& picture) {
    if (!follows_log(picture)) {
        return nullptr;
    }
    return {{"lines", figure(picture, "fedtrail_ingress_lines_total")},
            {"rejected", figure(picture, "fedtrail_ingress_rejected_total")},
            {"signed", figure(picture, "fedtrail_ingress_signed_total")},
            {"named", figure(picture, "fedtrail_ingress_named_total")},
            {"unnamed", fetches_by_nobody(picture)},
            {"behind_octets", figure(picture, "fedtrail_ingress_behind_octets")}};
}

void tell_ingress(std::ostream& out, const Picture& picture) {
    if (follows_log(picture)) {
        out << "fetches     " << grouped(figure(picture, "fedtrail_ingress_signed_total")) << " signed, "
            << grouped(figure(picture, "fedtrail_ingress_named_total")) << " named, "
            << grouped(fetches_by_nobody(picture)) << " by nobody that can be named; "
            << counted(figure(picture, "fedtrail_ingress_lines_total"), "line") << " of the access log\n";
    }
}

Json untrusted_json(const Picture& picture) {
    if (picture.figures.empty()) {
        return nullptr;
    }
    Json most = Json::array();
    for (const auto& each : untrusted_hosts(picture.figures)) {
        most.push_back({{"host", each.host}, {"connections", each.tunnels}});
    }
    return {{"hosts", figure(picture, "fedtrail_proxy_untrusted_hosts")},
            {"connections", figure(picture, "fedtrail_proxy_untrusted_tunnels_total")},
            {"refused", figure(picture, "fedtrail_proxy_ca_refused_total")},
            {"most", std::move(most)}};
}

Json ledger_json(const LedgerTotals& t) {
    return {{"subjects", t.subjects},
            {"recipients", t.recipients},
            {"disclosures", t.disclosures},
            {"activities", t.activities},
            {"first", t.first ? Json(format_rfc3339(*t.first)) : Json(nullptr)},
            {"last", t.last ? Json(format_rfc3339(*t.last)) : Json(nullptr)},
            {"unread_tunnels", t.unread_tunnels},
            {"unread_tunnel_hosts", t.unread_tunnel_hosts},
            {"gap_deliveries", t.gap_deliveries}};
}

Json log_json(const Picture& picture) {
    if (!picture.log) {
        return nullptr;
    }
    Json out{{"leaves", picture.log->leaves}, {"signed", 0}, {"at", nullptr}, {"cosignatures", 0}};
    if (const auto& last = picture.log->last) {
        out["signed"] = last->checkpoint.size;
        out["at"] = format_rfc3339(last->at);
        out["cosignatures"] = last->cosignatures;
    }
    return out;
}

Json to_json(const Picture& picture) {
    Json out{{"format", "fedtrail/status/1"}, {"running", nullptr}, {"flow", nullptr}};
    if (picture.running) {
        out["running"] = {{"pid", picture.running->process},
                          {"since", picture.running->since},
                          {"proxy", picture.running->proxy},
                          {"api", picture.running->api},
                          {"ready", picture.answers}};
    }
    if (!picture.figures.empty()) {
        out["flow"] = {{"last_hour", figure(picture, "fedtrail_recorded_last_hour")},
                       {"last_day", figure(picture, "fedtrail_recorded_last_day")},
                       {"waiting", figure(picture, "fedtrail_intents_waiting")}};
    }
    out["ingress"] = ingress_json(picture);
    out["untrusted"] = untrusted_json(picture);
    out["ledger"] = ledger_json(picture.totals);
    out["rules"] = nullptr;
    if (!picture.figures.empty()) {
        out["rules"] = {{"in_force", figure(picture, "fedtrail_rules_in_force")},
                        {"refused", figure(picture, "fedtrail_rules_file_refused") > 0},
                        {"prevented", figure(picture, "fedtrail_rules_prevented_total")},
                        {"objected", figure(picture, "fedtrail_objections_prevented_total")},
                        {"flagged", figure(picture, "fedtrail_rules_flagged_total")}};
    }
    out["erasures"] = nullptr;
    if (const auto& due = picture.erasures) {
        out["erasures"] = {{"open", due->open},
                           {"waiting_for_you", due->waiting},
                           {"overdue", due->overdue},
                           {"messages_left", due->messages_left},
                           {"next", nullptr}};
        if (due->next) {
            out["erasures"]["next"] = {{"number", due->next->number.get()},
                                       {"due", privacy::format_day(due->next->due)}};
        }
    }
    out["log"] = log_json(picture);
    out["policies"] = nullptr;
    if (const auto& policies = picture.policies) {
        out["policies"] = {{"days", kPoliciesLately.count()},
                           {"changes", policies->changes},
                           {"servers", policies->servers}};
    }
    out["wrong"] = Json::array();
    for (const auto& each : picture.wrong) {
        out["wrong"].push_back({{"what", each.what}, {"remedy", each.remedy}});
    }
    return out;
}

/// The counts are those of this run: they say nothing of what was before.
std::string flow_words(const Picture& picture) {
    const auto since = picture.running ? parse_rfc3339(picture.running->since)
                                       : Result<Instant>{fail(ErrorKind::NotFound, "no sidecar runs")};
    const auto runs = [&since, now = SystemClock{}.now()](std::chrono::hours span) {
        return !since || now - *since >= span;
    };
    const auto day = grouped(figure(picture, "fedtrail_recorded_last_day"));
    if (!runs(std::chrono::hours{1})) {
        return day + " since the start";
    }
    return grouped(figure(picture, "fedtrail_recorded_last_hour")) + " in the last hour, " + day +
           (runs(std::chrono::hours{24}) ? " in the last day" : " since the start");
}

void tell(Session& session, const Picture& picture) {
    auto& out = session.out;
    const auto& t = picture.totals;
    if (picture.running) {
        out << "running     process " << picture.running->process << " since " << picture.running->since
            << "\nproxy       http://" << picture.running->proxy << "\nAPI         http://"
            << picture.running->api << "\n";
    }
    if (!picture.figures.empty()) {
        out << "flow        " << flow_words(picture) << "\n";
    }
    tell_ingress(out, picture);
    if (const auto rules = figure(picture, "fedtrail_rules_in_force"),
        objected = figure(picture, "fedtrail_objections_prevented_total");
        rules + objected > 0) {
        out << "rules       " << grouped(rules) << " in force; since the start "
            << grouped(figure(picture, "fedtrail_rules_prevented_total") + objected) << " prevented, "
            << grouped(objected) << " of them by objections, "
            << grouped(figure(picture, "fedtrail_rules_flagged_total")) << " flagged\n";
    }
    out << "ledger      " << counted(t.disclosures, "disclosure") << " of "
        << counted(t.subjects, "person", "people") << " to " << counted(t.recipients, "server") << "\n";
    if (t.first && t.last) {
        out << "from        " << format_rfc3339(*t.first) << " to " << format_rfc3339(*t.last) << "\n";
    }
    if (t.unread_tunnels > 0) {
        out << "unread      " << counted(t.unread_tunnels, "connection") << " to "
            << counted(t.unread_tunnel_hosts, "server") << "\n";
    }
    if (const auto& due = picture.erasures; due && due->open + due->waiting > 0) {
        out << "erasures    " << grouped(due->open) << " open, " << grouped(due->waiting) << " wait for you, "
            << counted(due->messages_left, "message") << " to go\n";
        if (due->next) {
            out << "due         request " << due->next->number.get() << " by "
                << privacy::format_day(due->next->due) << (due->next->overdue ? ", overdue" : "") << "\n";
        }
    }
    if (const auto& log = picture.log) {
        out << "log         " << counted(log->leaves, "leaf", "leaves");
        if (log->last) {
            out << ", " << grouped(log->last->checkpoint.size) << " signed at "
                << format_rfc3339(log->last->at) << ", " << log->last->cosignatures << " cosignatures";
        }
        out << "\n";
    }
    if (const auto& policies = picture.policies; policies && policies->changes > 0) {
        out << "policies    " << grouped(policies->changes) << " changed at "
            << counted(policies->servers, "server") << " in the last " << kPoliciesLately.count()
            << " days: fedtrail recipients policies --changed\n";
    }
    for (const auto& each : picture.wrong) {
        out << "\n! " << each.what << "\n  " << each.remedy << "\n";
    }
    if (picture.wrong.empty()) {
        out << "\nNothing is wrong.\n";
    }
}

}  // namespace

Result<Exit> status(Session& session) {
    const auto config = session.config();
    if (!config) {
        return fail(config);
    }
    const auto room = open_reading_room(*config, session.environment);
    if (!room) {
        return fail(room);
    }
    const auto totals = room->ledger->totals();
    if (!totals) {
        return fail(totals);
    }
    Picture picture{running_instance(config->data_dir), false, {}, *totals, {}, {}, {}, {}};
    ask_instance(*config, picture);
    look_at_log(*config, picture);
    look_for_due(session, picture);
    look_for_changed_policies(*config, picture);
    look_for_wrong(*config, picture);
    if (session.json) {
        session.out << to_json(picture).dump(2) << "\n";
    } else {
        tell(session, picture);
    }
    return Exit::Done;
}

}  // namespace fedtrail::app
