#include <ostream>

#include <nlohmann/json.hpp>

#include "app/commands/recipient_commands.hpp"
#include "app/recipient_policies.hpp"
#include "app/recipient_room.hpp"
#include "app/table.hpp"
#include "recipients/policy_library.hpp"

namespace fedtrail::app {

namespace {

using Json = nlohmann::ordered_json;
using records::DifferencePiece;

std::string_view sign_of(DifferencePiece::Side side) {
    return side == DifferencePiece::Side::Old ? "-" : side == DifferencePiece::Side::New ? "+" : " ";
}

std::string_view name_of_side(DifferencePiece::Side side) {
    return side == DifferencePiece::Side::Old ? "old" : side == DifferencePiece::Side::New ? "new" : "both";
}

std::string day_of(Instant at) {
    return format_rfc3339(at).substr(0, 10);
}

Json version_json(const records::PolicyVersion& version) {
    return {{"kind", std::string{records::name_of(version.kind)}},
            {"number", version.number},
            {"url", version.url},
            {"language", version.language},
            {"first_seen", format_rfc3339(version.first_seen)},
            {"last_seen", format_rfc3339(version.last_seen)},
            {"sha256", hex(version.sha256)},
            {"octets", version.octets},
            {"cut", version.cut}};
}

Json change_json(const records::PolicyChange& change) {
    auto pieces = Json::array();
    for (const auto& piece : change.pieces) {
        pieces.push_back({{"side", std::string{name_of_side(piece.side)}}, {"text", piece.text.reveal()}});
    }
    return {{"kind", std::string{records::name_of(change.to.kind)}},
            {"from", change.from.number},
            {"to", change.to.number},
            {"at", format_rfc3339(change.to.first_seen)},
            {"cut", change.cut},
            {"pieces", pieces}};
}

Json statement_json(const records::PolicyStatement& statement) {
    Json told{{"topic", std::string{records::name_of(statement.topic)}}, {"sentence", nullptr}};
    if (statement.sentence) {
        told["sentence"] = statement.sentence->reveal();
        told["kind"] = std::string{records::name_of(statement.kind)};
        told["version"] = statement.version;
        told["rule"] = statement.rule;
    }
    return told;
}

void write_json(Session& session, const Host& host, const records::PolicyHistory& history) {
    Json versions = Json::array();
    for (const auto& one : history.versions) {
        versions.push_back(version_json(one));
    }
    Json changes = Json::array();
    for (const auto& one : history.changes) {
        changes.push_back(change_json(one));
    }
    Json statements = Json::array();
    for (const auto& one : history.summary.statements) {
        statements.push_back(statement_json(one));
    }
    const Json document{{"format", "fedtrail/recipient-policies/1"},
                        {"host", host.text()},
                        {"versions", versions},
                        {"changes", changes},
                        {"summary", {{"language", history.summary.language}, {"statements", statements}}}};
    session.out << document.dump(2, ' ', false, Json::error_handler_t::replace) << "\n";
}

void write_change(std::ostream& out, const records::PolicyChange& change, bool pieces) {
    out << "  " << day_of(change.to.first_seen) << "  " << records::name_of(change.to.kind) << " "
        << change.from.number << " became " << change.to.number << "\n";
    if (!pieces) {
        return;
    }
    for (const auto& piece : change.pieces) {
        out << "    " << sign_of(piece.side) << " " << piece.text.reveal() << "\n";
    }
    if (change.cut) {
        out << "    There is more that is not shown here.\n";
    }
}

void write_summary(std::ostream& out, const records::PolicySummary& summary) {
    out << "\nWhat they say";
    if (summary.language.empty()) {
        out << ": their language is not one that there are rules for, so nothing is claimed.\n";
        return;
    }
    out << " (in " << summary.language << "; each line is a sentence of theirs)\n";
    Table table{{{"TOPIC"}, {"IN"}, {"SENTENCE"}}};
    for (const auto& one : summary.statements) {
        table.row(
            {std::string{records::name_of(one.topic)},
             one.sentence ? std::string{records::name_of(one.kind)} + " " + std::to_string(one.version) : "-",
             one.sentence ? one.sentence->reveal() : "not found"});
    }
    table.write(out, false);
}

void write_text(Session& session, const records::PolicyHistory& history, bool differences) {
    auto& out = session.out;
    Table table{
        {{"POLICY"}, {"VERSION", true}, {"FIRST SEEN"}, {"LAST SEEN"}, {"OCTETS", true}, {"READ AT"}}};
    for (const auto& one : history.versions) {
        table.row({std::string{records::name_of(one.kind)},
                   std::to_string(one.number),
                   day_of(one.first_seen),
                   day_of(one.last_seen),
                   grouped(one.octets),
                   one.url});
    }
    table.write(out, session.terminal);
    if (!history.changes.empty()) {
        out << "\nChanges" << (differences ? "" : " (--diff shows them)") << "\n";
    }
    for (const auto& change : history.changes) {
        write_change(out, change, differences);
    }
    write_summary(out, history.summary);
}

std::string how_to_see(const Host& host) {
    return "fedtrail recipients policies " + host.text() + " --diff";
}

void write_changes_json(Session& session,
                        const std::optional<Instant>& since,
                        const std::vector<sqlite::PolicyReplaced>& changes) {
    auto list = Json::array();
    for (const auto& [from, to] : changes) {
        list.push_back({{"at", format_rfc3339(to.first_seen)},
                        {"host", to.host.text()},
                        {"kind", std::string{records::name_of(to.kind)}},
                        {"from", from},
                        {"to", to.number},
                        {"url", to.url},
                        {"difference", how_to_see(to.host)}});
    }
    const Json document{{"format", "fedtrail/policy-changes/1"},
                        {"since", since ? Json(format_rfc3339(*since)) : Json(nullptr)},
                        {"changes", std::move(list)}};
    session.out << document.dump(2, ' ', false, Json::error_handler_t::replace) << "\n";
}

void write_changes(Session& session, const std::vector<sqlite::PolicyReplaced>& changes) {
    if (changes.empty()) {
        session.out << "No policy changed.\n";
        return;
    }
    Table table{{{"CHANGED"}, {"SERVER"}, {"POLICY"}, {"FROM", true}, {"TO", true}, {"DIFFERENCE"}}};
    for (const auto& [from, to] : changes) {
        table.row({day_of(to.first_seen),
                   to.host.text(),
                   std::string{records::name_of(to.kind)},
                   std::to_string(from),
                   std::to_string(to.number),
                   how_to_see(to.host)});
    }
    table.write(session.out, session.terminal);
}

/// Of all recipients.
Result<Exit> changed_policies(Session& session, const std::optional<Instant>& since) {
    const auto config = session.config();
    if (!config) {
        return fail(config);
    }
    const auto directory =
        sqlite::SqliteDirectory::open_file(directory_file(*config), sqlite::OpenMode::ReadWrite);
    if (!directory) {
        return fail(directory);
    }
    const auto changes = (*directory)->policy_changes(since.value_or(Instant::min()));
    if (!changes) {
        return fail(changes);
    }
    if (session.json) {
        write_changes_json(session, since, *changes);
    } else {
        write_changes(session, *changes);
    }
    return Exit::Done;
}

}  // namespace

Result<Exit> recipients_policies(Session& session, const PromisesOptions& options) {
    if (options.changed) {
        return changed_policies(session, options.since);
    }
    if (options.host.empty()) {
        complain(session,
                 {ErrorKind::Invalid,
                  "whose policies was not said",
                  "Give a HOST, or --changed for what changed at all of them."});
        return Exit::Usage;
    }
    const auto host = Host::parse(options.host);
    if (!host || host->empty()) {
        complain(session, {ErrorKind::Invalid, "HOST is not a host name", "Write it as a.example."});
        return Exit::Usage;
    }
    const auto config = session.config();
    const auto folders = find_policies(session.environment, session.program);
    if (!config || !folders) {
        return !config ? Result<Exit>{fail(config)} : fail(folders);
    }
    const auto policies = load_recipient_policies(*folders);
    if (!policies) {
        return fail(policies);
    }
    const auto directory =
        sqlite::SqliteDirectory::open_file(directory_file(*config), sqlite::OpenMode::ReadWrite);
    if (!directory) {
        return fail(directory);
    }
    const auto history = recipients::PolicyLibrary{**directory, (*policies)->rules}.history(*host);
    if (!history) {
        return fail(history);
    }
    if (history->versions.empty()) {
        return fail(ErrorKind::NotFound,
                    "no policy of " + host->text() + " was read yet",
                    "`fedtrail recipients refresh " + host->text() + "` tries to.");
    }
    if (session.json) {
        write_json(session, *host, *history);
    } else {
        write_text(session, *history, options.differences);
    }
    return Exit::Done;
}

}  // namespace fedtrail::app
