#include <ostream>

#include "fedtrail/core/count.hpp"

#include "api/policy_json.hpp"
#include "app/commands/recipient_commands.hpp"
#include "app/recipient_policies.hpp"
#include "app/recipient_room.hpp"
#include "app/table.hpp"
#include "recipients/policy_library.hpp"

namespace fedtrail::app {

namespace {

using records::DifferencePiece;

std::string_view sign_of(DifferencePiece::Side side) {
    return side == DifferencePiece::Side::Old ? "-" : side == DifferencePiece::Side::New ? "+" : " ";
}

std::string day_of(Instant at) {
    return format_rfc3339(at).substr(0, 10);
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
    if (summary.languages.empty()) {
        out << ": their language is not one that there are rules for, so nothing is claimed.\n";
        return;
    }
    out << " (in ";
    for (const auto& language : summary.languages) {
        out << (&language == summary.languages.data() ? "" : ", ") << language;
    }
    out << "; each line is a sentence of theirs)\n";
    Table table{{{"TOPIC"}, {"IN"}, {"SENTENCE"}}};
    for (const auto& one : summary.statements) {
        table.row(
            {std::string{records::name_of(one.topic)},
             one.sentence ? std::string{records::name_of(one.kind)} + " " + std::to_string(one.version) : "-",
             one.sentence ? one.sentence->reveal() + (one.denied ? " (read as a denial)" : "")
                          : "not found"});
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

void write_changes(Session& session, const std::vector<records::PolicyReplacement>& changes) {
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
                   api::difference_command(to.host)});
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
        session.out << api::policy_changes_json(since, *changes);
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
        session.out << api::policies_json(*host, *history);
    } else {
        write_text(session, *history, options.differences);
    }
    return Exit::Done;
}

}  // namespace fedtrail::app
