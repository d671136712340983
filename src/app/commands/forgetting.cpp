#include <ostream>

#include <nlohmann/json.hpp>
#include <spdlog/spdlog.h>

#include "fedtrail/core/count.hpp"
#include "fedtrail/records/access_purpose.hpp"

#include "api/retention_json.hpp"
#include "app/commands/forgetting_commands.hpp"
#include "app/forgetting_room.hpp"
#include "app/sidecar.hpp"
#include "app/table.hpp"

namespace fedtrail::app {

namespace {

constexpr std::size_t kMostAccesses = 10'000;
constexpr std::size_t kLongestWhy = 1'000;

Result<Exit> wrong(Session& session, std::string what, std::string remedy) {
    complain(session, {ErrorKind::Invalid, std::move(what), std::move(remedy)});
    return Exit::Usage;
}

Result<retention::Shredded> shred_here(const Session& session,
                                       const Config& config,
                                       privacy::SubjectNumber subject,
                                       const std::string& reason) {
    const auto room = ForgettingRoom::open(session, config);
    if (!room) {
        return fail(room);
    }
    return (*room)->wing().shred(
        {subject, records::ShredReason::Operator, records::RequestNumber{0}, reason, session.by()});
}

Result<retention::Shredded> shred_through(const Session& session,
                                          const Config& config,
                                          const RunningInstance& running,
                                          privacy::SubjectNumber subject,
                                          const std::string& reason) {
    const auto path = "/api/v1/subjects/" + std::to_string(subject.get()) + "/shredding";
    const auto answer =
        ask_sidecar(session, config, running, path, nlohmann::json{{"reason", reason}}.dump());
    return answer ? api::shredded_from(answer->body) : Result<retention::Shredded>{fail(answer)};
}

Result<api::RetentionAnswer> run_here(const Session& session, const Config& config, bool dry_run) {
    const auto room = ForgettingRoom::open(session, config);
    if (!room) {
        return fail(room);
    }
    auto summary = (*room)->run_retention(dry_run);
    if (!summary) {
        return fail(summary);
    }
    return api::RetentionAnswer{std::move(*summary), dry_run};
}

Result<api::RetentionAnswer> run_through(const Session& session,
                                         const Config& config,
                                         const RunningInstance& running,
                                         bool dry_run) {
    const auto answer = ask_sidecar(
        session, config, running, "/api/v1/retention", nlohmann::json{{"dry_run", dry_run}}.dump());
    if (!answer) {
        return fail(answer);
    }
    return api::retention_from(answer->body);
}

void tell(Session& session,
          privacy::SubjectNumber subject,
          const retention::Shredded& shredded,
          bool sidecar_runs) {
    auto& out = session.out;
    if (!shredded.left) {
        out << "Subject " << subject.get()
            << " is shredded. Nobody can tell any more who it was; their cases and the proofs of them "
               "stay.\n";
    } else {
        out << "Subject " << subject.get()
            << " is shredded, but not completely.\nDone: the key is destroyed and every store has forgotten "
               "the person; this Fedtrail can open nothing of theirs any more.\nNot done: "
            << shredded.left->what
            << ". Whoever copies the file before it is overwritten copies octets of theirs.\n"
            << (sidecar_runs ? "It is tried again by itself, every few minutes. "
                             : "It is tried again by itself when `fedtrail serve` starts, and every few "
                               "minutes then. ")
            << shredded.left->remedy << " `fedtrail subjects shredded` says when it is complete.\n";
    }
    out << "Backups of the vault from before still hold the key: let them expire soon.\n";
}

void tell(Session& session, const api::RetentionAnswer& answer) {
    const auto& summary = answer.summary;
    if (summary.removed.empty()) {
        session.out << (answer.dry_run ? "Nothing would go.\n" : "Nothing was over its time.\n");
    } else {
        Table table{{{answer.dry_run ? "WOULD GO" : "WENT"}, {"HOW MANY", true}}};
        for (const auto& one : summary.removed) {
            table.row({one.what, grouped(one.count)});
        }
        table.write(session.out, session.terminal);
    }
    for (const auto& one : summary.held) {
        session.out << grouped(one.count) << " of \"" << one.what << "\" "
                    << (one.count == 1 ? "is over its time and stays:" : "are over their time and stay:")
                    << " something in them is held for law (Art. 17(3)).\n";
    }
    if (summary.incomplete > 0) {
        session.out << "Of " << counted(summary.incomplete, "person", "people")
                    << " octets are still in a file. `fedtrail serve` tries "
                       "again every few minutes; `fedtrail subjects shredded` says when it is complete.\n";
    }
    if (summary.kept_back > 0) {
        session.out << counted(summary.kept_back,
                               "person whose time is over stays",
                               "people whose time is over stay")
                    << ": a request of theirs is open, or something is held for "
                       "law.\n";
    }
    if (summary.still_post > 0) {
        session.out << counted(summary.still_post,
                               "person whose time is over stays",
                               "people whose time is over stay")
                    << ": they still post, so they were not erased after all.\n";
    }
}

/// What was stated and what a look is for by itself must not be taken for one another.
std::string shown_why(const records::Access& access) {
    const bool unstated = access.why.empty() && !access.why_lost && access.by != records::looker::kSelf;
    return (unstated ? "no reason stated; " : "") + records::why_of(access);
}

/// Says that there are some. Whether there are.
bool tell_lost_reasons(Session& session, std::span<const records::Access> accesses) {
    const auto lost =
        std::count_if(accesses.begin(), accesses.end(), [](const auto& access) { return access.why_lost; });
    if (lost == 0) {
        return false;
    }
    complain(session,
             {ErrorKind::Corrupt,
              "what was stated for " + counted(static_cast<std::uint64_t>(lost), "look", "looks") +
                  " cannot be read: it, or the person's key, is damaged",
              "Run `fedtrail doctor`, and restore a backup."});
    return true;
}

}  // namespace

Result<Exit> subjects_shred(Session& session, const ForgettingOptions& options) {
    if (options.reason.empty() || options.reason.size() > kLongestWhy) {
        return wrong(session,
                     "shredding needs a reason of at most 1,000 octets",
                     "Add --reason \"…\", without personal data: it stays in the log.");
    }
    const auto config = session.config();
    if (!config) {
        return fail(config);
    }
    spdlog::set_level(spdlog::level::off);
    const auto reading = open_reading_room(*config, session.environment);
    if (!reading) {
        return fail(reading);
    }
    const auto subject = reading->people->find(options.subject);
    if (!subject) {
        return fail(subject);
    }
    if (const auto right = check_words(*reading->vault, *subject, options.reason); !right) {
        complain(session, right.error());
        return Exit::Usage;
    }
    const auto running = running_instance(config->data_dir);
    const auto done = running ? shred_through(session, *config, *running, *subject, options.reason)
                              : shred_here(session, *config, *subject, options.reason);
    if (!done) {
        return fail(done);
    }
    if (session.json) {
        session.out << api::shredded_json(*subject, *done);
    } else {
        tell(session, *subject, *done, running.has_value());
    }
    return done->left ? Exit::Failed : Exit::Done;
}

Result<Exit> subjects_shredded(Session& session) {
    const auto config = session.config();
    if (!config) {
        return fail(config);
    }
    const auto reading = open_reading_room(*config, session.environment);
    if (!reading) {
        return fail(reading);
    }
    const auto all = reading->vault->shreddings();
    if (!all) {
        return fail(all);
    }
    if (session.json) {
        session.out << api::shreddings_json(*all);
        return Exit::Done;
    }
    Table table{{{"SUBJECT", true}, {"AT"}, {"REASON"}, {"REQUEST", true}, {"COMPLETE"}}};
    for (const auto& shredding : *all) {
        table.row({std::to_string(shredding.subject.get()),
                   format_rfc3339(shredding.at),
                   std::string{records::name_of(shredding.reason)},
                   shredding.request.get() == 0 ? "-" : std::to_string(shredding.request.get()),
                   shredding.complete ? "yes" : "not yet: `fedtrail serve` tries every few minutes"});
    }
    table.write(session.out, session.terminal);
    return Exit::Done;
}

Result<Exit> subjects_accesses(Session& session, const ForgettingOptions& options) {
    const auto config = session.config();
    if (!config) {
        return fail(config);
    }
    const auto reading = open_reading_room(*config, session.environment);
    if (!reading) {
        return fail(reading);
    }
    const auto subject = reading->people->find(options.subject);
    if (!subject) {
        return fail(subject);
    }
    const auto book =
        sqlite::SqliteAccess::open_file(cases_file(*config), *reading->vault, sqlite::OpenMode::ReadWrite);
    const auto accesses = book ? (*book)->accesses_past_damage(*subject, kMostAccesses)
                               : Result<std::vector<records::Access>>{fail(book)};
    if (!accesses) {
        return fail(accesses);
    }
    if (session.json) {
        session.out << api::accesses_json(*subject, *accesses, false);
    } else {
        Table table{{{"AT"}, {"WHAT"}, {"BY"}, {"WHY"}}};
        for (const auto& access : *accesses) {
            table.row({format_rfc3339(access.at), access.what, access.by, shown_why(access)});
        }
        table.write(session.out, session.terminal);
    }
    return tell_lost_reasons(session, *accesses) ? Exit::Failed : Exit::Done;
}

Result<Exit> retention_run(Session& session, const ForgettingOptions& options) {
    const auto config = session.config();
    if (!config) {
        return fail(config);
    }
    spdlog::set_level(spdlog::level::off);
    const auto running = running_instance(config->data_dir);
    const auto answer = running ? run_through(session, *config, *running, options.dry_run)
                                : run_here(session, *config, options.dry_run);
    if (!answer) {
        return fail(answer);
    }
    if (session.json) {
        session.out << api::retention_json(answer->summary, answer->dry_run);
    } else {
        tell(session, *answer);
    }
    return Exit::Done;
}

namespace {

std::string words_of_end(std::string_view kept_until) {
    return kept_until == "shredding"        ? "until the person is shredded"
           : kept_until == "request_closed" ? "until no request needs it"
                                            : "without end";
}

}  // namespace

Result<Exit> retention_show(Session& session) {
    const auto folders = find_policies(session.environment, session.program);
    if (!folders) {
        return fail(folders);
    }
    const auto policy = load_retention(*folders);
    if (!policy) {
        return fail(policy);
    }
    if (session.json) {
        session.out << api::retention_rules_json(*policy);
        return Exit::Done;
    }
    Table table{{{"KIND"}, {"KEPT"}, {"WHY"}}};
    for (const auto& rule : policy->rules()) {
        std::string kept;
        if (rule.keep_months.count() > 0) {
            kept += counted(static_cast<std::uint64_t>(rule.keep_months.count()), "month");
        }
        if (rule.keep_days.count() > 0 || kept.empty()) {
            kept += (kept.empty() ? "" : " and ") +
                    counted(static_cast<std::uint64_t>(rule.keep_days.count()), "day");
        }
        kept += rule.to_year_end ? ", to the year's end" : "";
        kept = rule.enabled ? kept : words_of_end(rule.kept_until);
        table.row({rule.kind, kept, rule.why});
    }
    table.write(session.out, session.terminal);
    return Exit::Done;
}

}  // namespace fedtrail::app
