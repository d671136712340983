#include "app/status_view.hpp"

#include <algorithm>
#include <set>

#include "fedtrail/core/count.hpp"

#include "app/ballast.hpp"
#include "app/checks.hpp"
#include "app/forgetting_wing.hpp"
#include "app/log_keys.hpp"
#include "app/recipient_room.hpp"
#include "app/shredding_register.hpp"
#include "app/system_clock.hpp"
#include "app/table.hpp"
#include "backends/sqlite/directory_book.hpp"
#include "backends/sqlite/log_store.hpp"

namespace fedtrail::app {

namespace {

constexpr std::uint64_t kLowDisk = 512ULL * 1024 * 1024;
constexpr std::chrono::days kPoliciesLately{30};

/// The view in the making.
struct Picture {
    const StatusSources& from;
    api::StatusView view;
};

std::uint64_t figure(const Picture& picture, std::string_view name) {
    return figure_named(picture.from.answers.figures, name);
}

std::uint64_t fetches_by_nobody(const RunningFigures& figures) {
    std::uint64_t sum = 0;
    for (const auto& [name, value] : figures) {
        sum += name.starts_with("fedtrail_ingress_unnamed_") ? value : 0;
    }
    return sum;
}

void take_ingress(Picture& picture) {
    if (picture.from.answers.figures.count("fedtrail_ingress_lines_total") == 0) {
        return;  // none is followed
    }
    picture.view.ingress = api::StatusView::Ingress{figure(picture, "fedtrail_ingress_lines_total"),
                                                    figure(picture, "fedtrail_ingress_rejected_total"),
                                                    figure(picture, "fedtrail_ingress_signed_total"),
                                                    figure(picture, "fedtrail_ingress_named_total"),
                                                    fetches_by_nobody(picture.from.answers.figures),
                                                    figure(picture, "fedtrail_ingress_behind_octets")};
}

/// What the sidecar counts.
void take_figures(Picture& picture) {
    if (picture.from.answers.figures.empty()) {
        return;
    }
    auto& view = picture.view;
    view.flow = api::StatusView::Flow{figure(picture, "fedtrail_recorded_last_hour"),
                                      figure(picture, "fedtrail_recorded_last_day"),
                                      figure(picture, "fedtrail_intents_waiting")};
    view.untrusted = api::StatusView::Untrusted{figure(picture, "fedtrail_proxy_untrusted_hosts"),
                                                figure(picture, "fedtrail_proxy_untrusted_tunnels_total"),
                                                figure(picture, "fedtrail_proxy_ca_refused_total"),
                                                {}};
    for (auto& each : untrusted_hosts(picture.from.answers.figures)) {
        view.untrusted->most.push_back({std::move(each.host), each.tunnels});
    }
    view.rules = api::StatusView::Rules{figure(picture, "fedtrail_rules_in_force"),
                                        figure(picture, "fedtrail_rules_file_refused") > 0,
                                        figure(picture, "fedtrail_rules_prevented_total"),
                                        figure(picture, "fedtrail_objections_prevented_total"),
                                        figure(picture, "fedtrail_rules_flagged_total")};
    take_ingress(picture);
}

void add_wrong(Picture& picture, std::string what, std::string remedy) {
    picture.view.wrong.push_back({ErrorKind::Unavailable, std::move(what), std::move(remedy)});
}

/// What is due; nothing, and a word about it, if that cannot be read.
void look_for_due(Picture& picture) {
    const auto due = picture.from.due();
    if (!due) {
        picture.view.wrong.push_back(due.error());
        return;
    }
    auto& told = picture.view.erasures.emplace(api::StatusView::Erasures{});
    told.open = due->open;
    told.waiting_for_you = due->waiting;
    told.overdue = due->overdue;
    told.messages_left = due->messages_left;
    if (due->next) {
        told.next = api::StatusView::NextDue{due->next->number, due->next->due, due->next->overdue};
    }
    if (due->overdue > 0) {
        add_wrong(picture,
                  counted(due->overdue, "erasure request is overdue", "erasure requests are overdue"),
                  "fedtrail requests list");
    }
    if (due->damaged > 0) {
        add_wrong(picture,
                  counted(due->damaged, "erasure request is", "erasure requests are") +
                      " damaged: whether something is due of that is not known",
                  "fedtrail requests list names it, fedtrail doctor what is damaged");
    }
    if (due->keyless > 0) {
        add_wrong(picture,
                  "for " + counted(due->keyless, "erasure request") +
                      " no key to sign with was found: nothing leaves",
                  "fedtrail requests list");
    }
}

void look_at_log(Picture& picture) {
    const auto& config = picture.from.config;
    const auto log = sqlite::SqliteLog::open(log_file(config), sqlite::OpenMode::ReadOnly);
    const auto size = log ? (*log)->size() : Result<std::uint64_t>{fail(log)};
    auto last = size ? (*log)->last_checkpoint() : Result<std::optional<SignedCheckpoint>>{fail(size)};
    if (!last) {
        if (last.error().kind != ErrorKind::NotFound) {
            picture.view.wrong.push_back(last.error());
        }
        return;
    }
    picture.view.log = api::StatusView::Log{*size, std::move(*last)};
    const auto guard = check_guard(config, **log);
    const auto stores = check_log_stores(config, **log);
    if (guard.verdict == Verdict::Fail) {
        picture.view.wrong.push_back({ErrorKind::Denied, guard.finding, guard.remedy});
    } else if (stores.verdict == Verdict::Fail) {
        picture.view.wrong.push_back({ErrorKind::Denied, stores.finding, stores.remedy});
    } else if (figure(picture, "fedtrail_log_refused") > 0) {
        picture.view.wrong.push_back(
            {ErrorKind::Denied,
             "the log is older than a checkpoint already published: nothing is signed",
             "fedtrail doctor"});
    }
    const auto asked = figure(picture, "fedtrail_log_witnesses");
    if (const auto well = figure(picture, "fedtrail_log_witnesses_well"); well < asked) {
        add_wrong(picture,
                  counted(asked - well, "witness does", "witnesses do") + " not cosign the log",
                  "see the sidecar's log");
    }
}

/// Whether people's deliveries leave unrecorded because the configuration does not know their host.
bool look_for_unnamed_origins(Picture& picture) {
    constexpr std::string_view kBefore = "fedtrail_unnamed_origin_total{host=\"";
    bool any = false;
    for (const auto& [name, count] : picture.from.answers.figures) {
        if (!name.starts_with(kBefore)) {
            continue;
        }
        any = true;
        const auto host = name.substr(kBefore.size(), name.rfind('"') - kBefore.size());
        add_wrong(picture,
                  counted(count, "delivery", "deliveries") + " of people at " + host +
                      ", which no [[origin]] names, left unrecorded",
                  "in [[origin]]: aliases = [\"" + host + "\"]");
    }
    return any;
}

/// Nothing of what such a client sends is recorded but that it went out.
void look_for_distrust(Picture& picture) {
    const auto unread = figure(picture, "fedtrail_proxy_untrusted_tunnels_total");
    const auto refused = figure(picture, "fedtrail_proxy_ca_refused_total");
    if (unread > 0) {
        add_wrong(picture,
                  counted(unread,
                          "connection passed unread since its client does",
                          "connections passed unread since their client does") +
                      " not trust Fedtrail's authority" + untrusted_text(picture.from.answers.figures),
                  "fedtrail ca guide SOFTWARE");
    } else if (refused > 0) {
        add_wrong(picture,
                  counted(refused, "connection") + " did not trust Fedtrail's authority",
                  "fedtrail ca guide SOFTWARE");
    }
    if (const auto lost = figure(picture, "fedtrail_tunnels_lost_total"); lost > 0) {
        add_wrong(picture,
                  "the octets of unread connections were given up " + counted(lost, "time") +
                      " because the ledger could not be written",
                  "fedtrail doctor");
    }
}

/// Nothing if there is no directory, or it cannot be read: `doctor` says so.
void look_for_changed_policies(Picture& picture) {
    const auto directory =
        sqlite::SqliteDirectory::open_file(directory_file(picture.from.config), sqlite::OpenMode::ReadOnly);
    const auto changes =
        directory ? (*directory)->policy_changes(SystemClock{}.now() - kPoliciesLately) : fail(directory);
    if (!changes) {
        return;
    }
    std::set<Host> servers;
    for (const auto& change : *changes) {
        servers.insert(change.to.host);
    }
    picture.view.policies = api::StatusView::Policies{kPoliciesLately, changes->size(), servers.size()};
}

void look_for_damage(Picture& picture) {
    const auto damaged = figure(picture, "fedtrail_intents_damaged_total");
    if (damaged > 0) {
        add_wrong(
            picture,
            counted(damaged, "delivery was", "deliveries were") +
                " held back because rows about their person are damaged",
            "stop the sidecar, run `fedtrail doctor`: it says whether `fedtrail doctor --rebuild` mends it, "
            "or a backup");
    }
    const auto waiting = figure(picture, "fedtrail_erasure_people_damaged");
    if (waiting > 0) {
        add_wrong(picture,
                  "rows or keys of " + counted(waiting, "person", "people") +
                      " are damaged: what cannot be read of their erasures waits",
                  "fedtrail doctor; restore a backup");
    }
    if (const auto again = figure(picture, "fedtrail_erasure_deleted_again_total"); again > 0) {
        add_wrong(picture,
                  counted(again, "account was", "accounts were") +
                      " deleted once more soon after that was taken back, and nothing was opened (since the "
                      "sidecar's start)",
                  "the log names them: fedtrail erase SUBJECT for whom is gone");
    }
    const auto unknown = figure(picture, "fedtrail_recipients_damaged");
    if (unknown > 0) {
        add_wrong(picture,
                  counted(unknown, "entry is", "entries are") + " damaged in the directory of recipients",
                  "fedtrail doctor; restore a backup");
    }
    const auto all_held = figure(picture, "fedtrail_proxy_held_total");
    if (const auto held = all_held - std::min(all_held, damaged); held > 0) {
        add_wrong(picture,
                  counted(held, "delivery was", "deliveries were") +
                      " held back because the ledger could not be written",
                  "fedtrail doctor");
    }
}

/// Of them something had been recorded. What cannot be read is for `doctor` to say.
bool anybody_was_shredded(const Config& config) {
    const auto known = ShreddingRegister::read(shredding_register_file(config), LastLine::AnyHalf);
    return known && !known->empty();
}

void look_for_wrong(Picture& picture) {
    const auto& config = picture.from.config;
    const auto& view = picture.view;
    if (!view.running) {
        add_wrong(picture, "no sidecar runs", "fedtrail serve");
    } else if (!picture.from.answers.answered) {
        add_wrong(picture,
                  "the sidecar did not answer in time: whether it is ready is not known",
                  "fedtrail status again in a minute; if that stays, see the sidecar's log");
    } else if (!view.running->ready) {
        add_wrong(picture, "the sidecar is not ready", "fedtrail doctor");
    }
    if (config.origins.empty()) {
        add_wrong(picture, "no origin is named: nothing is recorded", "fedtrail init --origin YOUR.HOST");
    }
    const auto unnamed = look_for_unnamed_origins(picture);
    if (view.ledger.disclosures == 0 && !unnamed && !anybody_was_shredded(config)) {
        add_wrong(picture, "nothing was recorded yet", "fedtrail ca guide SOFTWARE");
    }
    if (view.ledger.gap_deliveries > 0) {
        add_wrong(picture,
                  counted(view.ledger.gap_deliveries, "delivery", "deliveries") + " left unrecorded",
                  "set proxy.on_ledger_failure = \"hold\", and see that the disk has room");
    }
    if (!view.running && view.erasures && view.erasures->messages_left > 0) {
        add_wrong(picture,
                  counted(view.erasures->messages_left,
                          "message of an erasure waits for a sidecar",
                          "messages of erasures wait for a sidecar"),
                  "fedtrail serve");
    }
    look_for_distrust(picture);
    look_for_damage(picture);
    if (figure(picture, "fedtrail_rules_file_refused") > 0) {
        add_wrong(picture,
                  "the file of transfer rules cannot be used: older rules stay in force",
                  "fedtrail rules check");
    }
    if (const auto lost = figure(picture, "fedtrail_ingress_gaps_total") +
                          figure(picture, "fedtrail_ingress_dropped_total");
        lost > 0) {
        add_wrong(picture, "parts of the access log were lost before they were read", "fedtrail doctor");
    }
    if (const auto bad = figure(picture, "fedtrail_ingress_rejected_total");
        bad * 2 > figure(picture, "fedtrail_ingress_lines_total")) {
        add_wrong(picture, "most lines of the access log are not understood", "fedtrail doctor");
    }
    if (const auto room = free_octets(config.data_dir); room < kLowDisk) {
        add_wrong(picture, "only " + octets(room) + " of disk are left", "make room");
    }
    const Ballast ballast{config.data_dir, config.ledger.ballast};
    if (ballast.held() < ballast.wanted()) {
        add_wrong(
            picture, "the ballast for a full disk is not there", "make room; serve then keeps it again");
    }
}

}  // namespace

Result<api::StatusView> status_view(const StatusSources& sources) {
    const auto totals = sources.ledger.totals();
    if (!totals) {
        return fail(totals);
    }
    Picture picture{sources, {}};
    picture.view.ledger = *totals;
    if (const auto& it = sources.running) {
        picture.view.running = api::StatusView::Instance{
            it->process, it->since, it->proxy, it->api, sources.answers.ready, sources.answers.answered};
    }
    take_figures(picture);
    look_at_log(picture);
    look_for_due(picture);
    look_for_changed_policies(picture);
    look_for_wrong(picture);
    return std::move(picture.view);
}

}  // namespace fedtrail::app
