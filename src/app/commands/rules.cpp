#include <map>
#include <ostream>

#include <nlohmann/json.hpp>
#include <unistd.h>

#include "fedtrail/core/count.hpp"

#include "api/rules_json.hpp"
#include "app/case_room.hpp"
#include "app/commands/commands.hpp"
#include "app/instance.hpp"
#include "app/progress.hpp"
#include "app/rules_file.hpp"
#include "app/sidecar.hpp"
#include "app/stop_signals.hpp"
#include "app/table.hpp"
#include "recipients/rules_trial.hpp"
#include "recipients/transfer_rules_file.hpp"

namespace fedtrail::app {

namespace {

using recipients::RuleNoteLevel;
using SteadyClock = std::chrono::steady_clock;

/// What every one of these commands begins with.
struct RulesRoom {
    Config config;
    PolicyFolders folders;
};

Result<RulesRoom> open_room(const Session& session) {
    auto config = session.config();
    if (!config) {
        return fail(config);
    }
    auto folders = find_policies(session.environment, session.program);
    if (!folders) {
        return fail(folders);
    }
    return RulesRoom{std::move(*config), std::move(*folders)};
}

/// A rule as the sidecar has it; the file may know it no more.
struct ToldRule {
    std::string name;
    std::string effect;
    std::uint64_t decided{};
    std::string conditions;
};

/// What the sidecar answers of its rules.
struct ToldRules {
    std::string file;
    std::optional<Instant> since;
    std::optional<Error> refused;
    std::vector<ToldRule> rules;
    std::string json;
};

/// Of a rule that only the sidecar still knows.
std::string conditions_in(const nlohmann::json& rule) {
    nlohmann::json alone{{"format", "fedtrail/transfer-rules/1"}, {"rules", nlohmann::json::array({rule})}};
    for (const auto* const how_it_stands : {"decided", "line"}) {
        alone["rules"][0].erase(how_it_stands);
    }
    const auto parsed = recipients::parse_transfer_rules(alone.dump());
    return parsed && parsed->size() == 1 ? api::conditions_of(parsed->front())
                                         : "see `fedtrail rules list --json`";
}

/// Throws what nlohmann does where it is none.
ToldRules rules_in(const nlohmann::json& said) {
    ToldRules out;
    out.file = said.at("file").get<std::string>();
    if (const auto& since = said.at("since"); !since.is_null()) {
        const auto at = parse_rfc3339(since.get<std::string>());
        out.since = at ? std::optional{*at} : std::nullopt;
    }
    if (const auto& refused = said.at("refused"); !refused.is_null()) {
        out.refused = Error{ErrorKind::Invalid,
                            refused.at("what").get<std::string>(),
                            refused.at("remedy").get<std::string>()};
    }
    for (const auto& rule : said.at("rules")) {
        const auto effect = rule.at("effect").get<std::string>();
        const auto& decided = rule.at("decided");
        out.rules.push_back({rule.at("name").get<std::string>(),
                             rule.at("enabled").get<bool>() ? effect : effect + " (disabled)",
                             decided.is_null() ? 0 : decided.get<std::uint64_t>(),
                             conditions_in(rule)});
    }
    out.json = said.dump(2) + "\n";
    return out;
}

/// The rules in force as the running sidecar tells them; nothing if none runs, or one only starts.
Result<std::optional<ToldRules>> ask_instance(const Session& session, const Config& config) {
    const auto running = running_instance(config.data_dir);
    if (!running || !endpoint_from(running->api)) {
        return std::optional<ToldRules>{};
    }
    const auto answer = read_sidecar(session, config, *running, "/api/v1/rules");
    if (!answer) {
        return fail(answer);
    }
    try {
        return std::optional{rules_in(nlohmann::json::parse(answer->body))};
    } catch (const nlohmann::json::exception&) {
        return fail(
            ErrorKind::Unavailable,
            "the answer of the running sidecar is not one about transfer rules",
            "Look whether it is `fedtrail serve` that listens at api.listen, and of the same release.");
    }
}

/// Words of the sidecar's answer into the view of the file: counts, since when, whether it was refused.
void take_running(api::RulesView& view, const ToldRules& running) {
    view.since = running.since;
    view.refused = running.refused;
    std::map<std::string, std::uint64_t> counts;
    for (const auto& rule : running.rules) {
        counts[rule.name] = rule.decided;
    }
    for (const auto& rule : view.rules) {
        view.decided.push_back(counts[rule.name]);
    }
}

/// The file cannot be used: what is in force is what the sidecar says.
void tell_older(Session& session, const ToldRules& running) {
    session.out << running.file << "\n! this file cannot be used: " << running.refused->what << "\n  "
                << running.refused->remedy << "\n\nThe last good rules are still in force"
                << (running.since ? ", since " + format_rfc3339(*running.since) : std::string{}) << ":\n";
    Table table{{{"RULE"}, {"EFFECT"}, {"DECIDED", true}, {"IF"}}};
    for (const auto& rule : running.rules) {
        table.row({rule.name, rule.effect, std::to_string(rule.decided), rule.conditions});
    }
    table.write(session.out, session.terminal);
}

void tell_list(Session& session, const api::RulesView& view) {
    session.out << view.file << (view.shipped ? " (shipped with this release)" : "") << "\n";
    if (view.since) {
        session.out << "in force since " << format_rfc3339(*view.since) << "\n";
    } else {
        session.out << "no sidecar runs: nothing is in force\n";
    }
    if (view.refused) {
        session.out << "! cannot be used: " << view.refused->what << "\n  " << view.refused->remedy << "\n";
    }
    session.out << "\n";
    Table table{{{"LINE", true}, {"RULE"}, {"EFFECT"}, {"DECIDED", true}, {"IF"}}};
    for (std::size_t i = 0; i < view.rules.size(); ++i) {
        const auto& rule = view.rules[i];
        const auto effect = std::string{privacy::name_of(rule.effect)};
        table.row({std::to_string(rule.line),
                   rule.name,
                   rule.enabled ? effect : effect + " (disabled)",
                   i < view.decided.size() ? std::to_string(view.decided[i]) : "",
                   api::conditions_of(rule)});
    }
    table.write(session.out, session.terminal);
}

void tell_check(Session& session, const std::string& file, const recipients::CheckedRules& checked) {
    std::map<RuleNoteLevel, std::uint64_t> counts;
    for (const auto& note : checked.notes) {
        ++counts[note.level];
        session.out << place_in(file, note.line) << ": " << recipients::name_of(note.level) << ": "
                    << (note.rule.empty() ? "" : "rule \"" + note.rule + "\": ") << note.what << "\n    "
                    << note.remedy << "\n";
    }
    session.out << counted(checked.rules.size(), "rule") << ": "
                << counted(counts[RuleNoteLevel::Error], "error") << ", "
                << counted(counts[RuleNoteLevel::Warning], "warning") << ", "
                << counted(counts[RuleNoteLevel::Hint], "hint") << "\n";
}

std::string people_and_servers(const recipients::TrialTally& tally) {
    return counted(tally.disclosures, "disclosure") + " of " + counted(tally.subjects, "person", "people") +
           "\n";
}

std::string roads_of(const recipients::BlockedRecipient& recipient) {
    constexpr std::size_t kNamed = 3;
    std::string out = recipient.fetched > 0 ? "fetched by itself" : "";
    const auto add = [&out](const std::string& part) { out += (out.empty() ? "" : ", ") + part; };
    if (recipient.passed_on > 0) {
        add("passed on by others");
    }
    for (std::size_t i = 0; i < recipient.roads.size() && i < kNamed; ++i) {
        add(recipient.roads[i].through.text() + " (" + recipient.roads[i].how + ")");
    }
    if (recipient.roads.size() > kNamed) {
        add(std::to_string(recipient.roads.size() - kNamed) + " more");
    }
    return out;
}

std::string refused_tunnels(const std::vector<recipients::RefusedTunnels>& tunnels) {
    constexpr std::size_t kNamed = 3;
    std::uint64_t connections = 0;
    std::string named;
    for (std::size_t i = 0; i < tunnels.size(); ++i) {
        connections += tunnels[i].connections;
        named += i < kNamed ? (i == 0 ? "" : ", ") + tunnels[i].host.text() : "";
    }
    if (tunnels.size() > kNamed) {
        named += ", " + std::to_string(tunnels.size() - kNamed) + " more";
    }
    return counted(connections, "connection") + " to " + counted(tunnels.size(), "server") + ": " + named +
           "\n           refused as well, unless proxy.bypass names them\n";
}

void tell_trial(Session& session,
                const std::vector<privacy::TransferRule>& rules,
                const recipients::RulesTrial& trial) {
    session.out << "blocked    " << people_and_servers(trial.blocked);
    if (trial.by_objection.disclosures > 0) {
        session.out << "           of these, objected to: " << people_and_servers(trial.by_objection);
    }
    session.out << "flagged    " << people_and_servers(trial.flagged) << "allowed    "
                << counted(trial.allowed, "disclosure") << "\nnot asked  "
                << counted(trial.not_asked, "disclosure")
                << ": fetched, or passed on by others; no rule stops these\n";
    if (!trial.tunnels.empty()) {
        session.out << "unread     " << refused_tunnels(trial.tunnels);
    }
    session.out << "\n";
    Table by_rule{
        {{"LINE", true}, {"RULE"}, {"EFFECT"}, {"DISCLOSURES", true}, {"PEOPLE", true}, {"SERVERS", true}}};
    for (const auto& one : trial.rules) {
        const auto& rule = rules.at(one.rule);
        by_rule.row({std::to_string(rule.line),
                     rule.name,
                     std::string{privacy::name_of(rule.effect)},
                     std::to_string(one.tally.disclosures),
                     std::to_string(one.tally.subjects),
                     std::to_string(one.recipients)});
    }
    by_rule.write(session.out, session.terminal);
    session.out << "\n";
    Table by_host{{{"SERVER"},
                   {"BLOCKED", true},
                   {"PEOPLE", true},
                   {"ALREADY THERE", true},
                   {"OF PEOPLE", true},
                   {"STILL ARRIVING", true},
                   {"THROUGH"}}};
    for (const auto& recipient : trial.recipients) {
        by_host.row({recipient.host.text(),
                     std::to_string(recipient.blocked.disclosures),
                     std::to_string(recipient.blocked.subjects),
                     std::to_string(recipient.there.disclosures),
                     std::to_string(recipient.there.subjects),
                     std::to_string(recipient.still_arriving),
                     roads_of(recipient)});
    }
    by_host.write(session.out, session.terminal);
}

Result<recipients::RulesTrial> run_trial(Session& session,
                                         const CaseRoom& room,
                                         const privacy::TransferRules& rules) {
    watch_signals();
    std::optional<Progress> progress;
    recipients::TrialOptions options;
    options.progress = [&](std::uint64_t done, std::uint64_t all) {
        if (!progress) {
            progress.emplace(session.err,
                             ::isatty(STDERR_FILENO) == 1,
                             std::uint64_t{0},
                             all,
                             SteadyClock::now(),
                             "disclosures");
        }
        progress->update(done, done, SteadyClock::now());
        return !stop_asked;
    };
    auto trial = recipients::try_rules({*room.reading.ledger,
                                        *room.reading.ledger,
                                        *room.reading.vault,
                                        room.recipients->recipients(),
                                        *room.cases,
                                        *room.cases,
                                        *room.clock,
                                        room.consents.get()},
                                       rules,
                                       options);
    if (progress) {
        progress->end();
    }
    return trial;
}

}  // namespace

Result<Exit> rules_list(Session& session) {
    const auto room = open_room(session);
    if (!room) {
        return fail(room);
    }
    const auto place = rules_place(room->config, room->folders);
    const auto text = read_rules(place.file);
    auto checked =
        text ? check_rules_text(*text, room->folders, nullptr) : Result<recipients::CheckedRules>{fail(text)};
    api::RulesView view;
    view.file = place.file.string();
    view.shipped = place.shipped;
    if (checked) {
        view.rules = checked->rules;
    }
    const auto asked = ask_instance(session, room->config);
    if (!asked) {
        return fail(asked);
    }
    if (const auto& running = *asked) {
        take_running(view, *running);
        if (running->refused) {
            if (session.json) {
                session.out << running->json;
            } else {
                tell_older(session, *running);
            }
            return Exit::Done;
        }
    }
    if (!checked) {
        return fail(checked);
    }
    if (!checked->usable() && !view.refused) {
        const auto refused = ready_rules(std::move(*checked), view.file);
        view.refused = refused ? std::nullopt : std::optional{refused.error()};
    }
    if (session.json) {
        session.out << api::rules_json(view);
    } else {
        tell_list(session, view);
    }
    return Exit::Done;
}

Result<Exit> rules_check(Session& session, const RulesOptions& options) {
    const auto room = open_room(session);
    if (!room) {
        return fail(room);
    }
    const auto file =
        options.file.empty() ? rules_place(room->config, room->folders).file.string() : options.file;
    const auto text = read_rules(file);
    if (!text) {
        return fail(text);
    }
    const auto reading = open_reading_room(room->config, session.environment);
    const auto seen = reading ? recipients::SeenHosts::read(*reading->ledger)
                              : Result<recipients::SeenHosts>{fail(reading)};
    if (!seen) {
        session.err << "fedtrail: hosts are not compared with the ledger: " << seen.error().what << "\n";
    }
    auto checked = check_rules_text(*text, room->folders, seen ? &*seen : nullptr);
    if (!checked) {
        return fail(checked);
    }
    if (const auto noted = note_bypassed(*checked, room->config); !noted) {
        session.err << "fedtrail: other hosts of recipients are not compared with proxy.bypass: "
                    << noted.error().what << "\n";
    }
    if (session.json) {
        session.out << api::rules_check_json(file, *checked);
    } else {
        tell_check(session, file, *checked);
    }
    return checked->usable() ? Exit::Done : Exit::Failed;
}

Result<Exit> rules_try(Session& session, const RulesOptions& options) {
    const auto room = open_case_room(session);
    if (!room) {
        return fail(room);
    }
    const auto rules = load_rules(options.file, room->folders);
    if (!rules) {
        return fail(rules);
    }
    const auto trial = run_trial(session, *room, *rules);
    if (!trial) {
        return fail(trial);
    }
    if (session.json) {
        session.out << api::rules_trial_json(options.file, rules->rules(), *trial);
    } else {
        tell_trial(session, rules->rules(), *trial);
    }
    if (!trial->stopped) {
        return Exit::Done;
    }
    return fail(ErrorKind::Unavailable,
                "stopped: only the people that came before are counted",
                "Run the same command again; it begins anew.");
}

}  // namespace fedtrail::app
