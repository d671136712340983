#include <fstream>
#include <ostream>

#include <nlohmann/json.hpp>
#include <unistd.h>

#include "fedtrail/core/count.hpp"

#include "app/access_room.hpp"
#include "app/bundle_desk.hpp"
#include "app/commands/audit_commands.hpp"
#include "app/fold_now.hpp"
#include "app/new_file.hpp"
#include "app/progress.hpp"
#include "app/scratch_file.hpp"
#include "app/texts.hpp"
#include "language/choice.hpp"

namespace fedtrail::app {

namespace {

using SteadyClock = std::chrono::steady_clock;

/// Another bundle may be of ten million records.
constexpr std::chrono::minutes kOthersAwaited{10};

/// What was asked for, or nothing (complained about) if it was not one thing.
std::optional<audit::Scope> asked_scope(Session& session, const ExportOptions& options) {
    const bool period = options.since || options.until;
    const int asked = (options.request != 0 ? 1 : 0) + (options.subject.empty() ? 0 : 1) + (period ? 1 : 0) +
                      (options.all ? 1 : 0);
    if (asked != 1) {
        complain(session,
                 {ErrorKind::Invalid,
                  asked == 0 ? "what the bundle is to be about was not said" : "a bundle is about one thing",
                  "Give --request N, --subject SUBJECT, --since and --until, or --all."});
        return std::nullopt;
    }
    if (options.request != 0) {
        return records::RequestNumber{options.request};
    }
    if (period) {
        const audit::Period span{options.since, options.until};
        if (const auto checked = audit::check_period(span); !checked) {
            complain(session, checked.error());
            return std::nullopt;
        }
        return span;
    }
    return audit::Everything{};  // or a subject, whose number the vault knows
}

std::string unlogged_words(const records::Unlogged& unlogged) {
    return unlogged.records == 0
               ? std::string{}
               : counted(unlogged.records, "record") + " since " +
                     (unlogged.oldest ? format_rfc3339(*unlogged.oldest) : std::string{"then"}) +
                     (unlogged.records == 1 ? " is" : " are") +
                     " not in the log yet, so not in it either: what is still on its way stays out.\n";
}

void tell(Session& session,
          const ExportOptions& options,
          const audit::Exported& made,
          const ledger::Hash& digest) {
    const auto& manifest = made.manifest;
    const auto opened = audit::total_of(manifest.counts.opened);
    const auto closed = audit::total_of(manifest.counts.closed);
    const auto unlogged = manifest.unlogged.value_or(records::Unlogged{});
    if (session.json) {
        session.out << nlohmann::ordered_json{{"format", "fedtrail/audit-export/1"},
                                              {"file", options.output},
                                              {"octets", made.octets},
                                              {"sha256", hex(digest)},
                                              {"level", audit::name_of(manifest.level)},
                                              {"scope", audit::scope_text(manifest.scope)},
                                              {"records", opened},
                                              {"closed", closed},
                                              {"leaves", manifest.checkpoint.size},
                                              {"unlogged", unlogged.records},
                                              {"key", manifest.key.text()}}
                           .dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace)
                    << "\n";
        return;
    }
    session.out << options.output << ": " << counted(opened, "record") << " in full";
    if (closed > 0) {
        session.out << ", " << grouped(closed) << " with kind and time alone";
    }
    session.out << ", " << counted(made.octets, "octet") << "\n"
                << unlogged_words(unlogged) << "check it  fedtrail audit verify " << options.output
                << " --key '" << manifest.key.text() << "'\n";
}

/// Who names the person or the request has said what it is for.
std::optional<std::string> reason_of(Session& session, const ExportOptions& options, bool full) {
    const bool named = options.request != 0 || (!options.subject.empty() && !is_number(options.subject));
    if (full && !named) {
        return needed_reason(
            session, options.reason, "fedtrail audit export --all --reason 'court order 12/2026' -o all.zip");
    }
    auto given = given_reason(session, options.reason);
    return given && given->empty() && options.request != 0
               ? std::optional{records::because_of_request(options.request)}
               : given;
}

Result<std::string> language_of(const Session& session, const Config& config, const std::string& asked) {
    const auto known = known_languages(session);
    if (!known) {
        return fail(known);
    }
    return language::match(*known, asked.empty() ? usual_language(config) : asked).value_or("en");
}

/// The bundle in its file, with its leaf. Errors: those of BundleDesk.
Result<Exit> written_once(Session& session,
                          const ExportOptions& options,
                          BundleDesk& desk,
                          const api::BundleOrder& order,
                          const BundleDesk::Fold& fold) {
    const NewFile file{options.output};
    auto out = file.open();
    if (!out) {
        return fail(out);
    }
    Progress progress{
        session.err, ::isatty(STDERR_FILENO) == 1, 0, 0, SteadyClock::now(), "of the log's leaves"};
    const auto made = desk.write(order, fold, *out, [&progress](std::uint64_t done, std::uint64_t all) {
        progress.grows_to(all);
        progress.update(done, done, SteadyClock::now());
    });
    progress.end();
    if (!made) {
        return fail(made);
    }
    out->close();
    std::ifstream back{file.part(), std::ios::binary};
    const auto digest = digest_of(back);
    if (!digest) {
        return fail(digest);
    }
    if (const auto noted = desk.note(order, *made, *digest); !noted) {
        return fail(noted);
    }
    if (const auto finished = file.finish(); !finished) {
        return fail(finished);
    }
    tell(session, options, *made, *digest);
    return Exit::Done;
}

/// What changes the log while a bundle is made costs another turn, seldom a third.
Result<Exit> written(Session& session,
                     const ExportOptions& options,
                     BundleDesk& desk,
                     const api::BundleOrder& order,
                     const BundleDesk::Fold& fold) {
    for (int turn = 1; turn < BundleDesk::kTurns; ++turn) {
        auto done = written_once(session, options, desk, order, fold);
        if (done || done.error().kind != ErrorKind::Conflict) {
            return done;
        }
        session.err << "fedtrail: " << done.error().what << "; it is made again\n";
    }
    return written_once(session, options, desk, order, fold);
}

/// What the desk still has to be told.
Result<api::BundleOrder> completed(const Session& session,
                                   const ExportOptions& options,
                                   const BundleDesk& desk,
                                   api::BundleOrder order) {
    if (!options.subject.empty()) {
        const auto subject = desk.subject(options.subject);
        if (!subject) {
            return fail(subject);
        }
        order.scope = *subject;
    }
    auto language = language_of(session, desk.config(), options.language);
    if (!language) {
        return fail(language);
    }
    order.language = *std::move(language);
    return order;
}

}  // namespace

Result<Exit> audit_export(Session& session, const ExportOptions& options) {
    auto scope = asked_scope(session, options);
    if (!scope) {
        return Exit::Usage;
    }
    if (auto known = check_language(session, options.language); !known || *known != Exit::Done) {
        return known;
    }
    const auto level = audit::level_named(options.level).value_or(audit::Level::Full);
    auto why = reason_of(session, options, level == audit::Level::Full);
    if (!why) {
        return Exit::Usage;
    }
    auto kept = options.checkpoint.empty() ? Result<std::string>{} : read_checkpoint(options.checkpoint);
    if (!kept && kept.error().kind == ErrorKind::Invalid) {  // it says nothing of the log
        complain(session, kept.error());
        return Exit::Usage;
    }
    if (!kept) {
        return fail(kept);
    }
    auto rooms = open_case_room(session);
    if (!rooms) {
        return fail(rooms);
    }
    const auto desk = BundleDesk::open(*std::move(rooms), kOthersAwaited);
    if (!desk) {
        return fail(desk);
    }
    auto order = completed(session, options, **desk, {*scope, level, {}, {}, session.by(), *why});
    if (!order) {
        return fail(order);
    }
    order->kept = *std::move(kept);
    return written(session, options, **desk, *order, [&](std::optional<privacy::SubjectNumber> about) {
        fold_or_say(session, (*desk)->config(), about, [&] { return (*desk)->unlogged(about); });
    });
}

}  // namespace fedtrail::app
