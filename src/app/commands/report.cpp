#include <filesystem>
#include <ostream>

#include "fedtrail/core/count.hpp"

#include "api/report_cover.hpp"
#include "app/access_room.hpp"
#include "app/case_room.hpp"
#include "app/commands/commands.hpp"
#include "app/commands/words.hpp"
#include "app/ingress_book.hpp"
#include "app/output.hpp"
#include "app/policies.hpp"
#include "app/recipient_room.hpp"
#include "app/report_room.hpp"
#include "app/stores.hpp"
#include "app/system_clock.hpp"
#include "app/table.hpp"
#include "app/texts.hpp"
#include "reports/report_writer.hpp"

namespace fedtrail::app {

namespace fs = std::filesystem;

namespace {

/// Nothing where it was said what is wrong.
std::optional<std::string> format_of(Session& session, const ReportOptions& options) {
    std::vector<std::string_view> known;
    for (const auto& form : reports::kReportForms) {
        if (form.of_items || !options.items) {
            known.push_back(form.name);
        }
    }
    const bool screen = session.terminal && (options.output.empty() || options.output == "-");
    const auto* const usual = options.items ? "csv" : screen ? "screen" : "html";
    auto form = document_form(session, options.format, options.output, known, usual);
    if (!form) {
        complain(session, form.error());
        return std::nullopt;
    }
    return *std::move(form);
}

/// "DE"; "DE?" is a hint, "?" is not known.
std::string country_of(const records::RecipientCard& card) {
    const auto hint = records::hinted_in(card.country) ? "?" : "";
    return card.country.country ? std::string{card.country.country->code()} + hint : std::string{"?"};
}

void render_screen(const reports::TransferReport& report, std::ostream& out) {
    const auto& totals = report.totals;
    out << counted(totals.disclosures, "disclosure") << " to " << counted(totals.recipients, "server") << "; "
        << grouped(totals.undocumented) << " of them without a transfer basis on record, "
        << grouped(totals.told) << " told to delete, " << grouped(totals.verified_gone)
        << " verified gone\n\n";
    Table table{{{"SERVER"},
                 {"COUNTRY"},
                 {"BASIS"},
                 {"FIRST"},
                 {"LAST"},
                 {"OBJECTS", true},
                 {"DISCLOSURES", true},
                 {"EVIDENCE"},
                 {"DELETION"},
                 {"KINDS"}}};
    for (const auto& recipient : report.recipients) {
        const auto& pair = recipient.pair;
        const auto& state = recipient.deletion.state;
        table.row({pair.recipient.text(),
                   country_of(recipient.card),
                   std::string{privacy::name_of(recipient.card.basis.kind)},
                   format_rfc3339(pair.first),
                   format_rfc3339(pair.last),
                   grouped(pair.objects),
                   grouped(pair.disclosures),
                   std::string{privacy::name_of(pair.strongest)},
                   state ? std::string{fediverse::name_of(*state)} : std::string{"-"},
                   kinds_of(pair.categories)});
    }
    table.write(out, true);
    out << "\nNot established:\n";
    for (const auto& missing : report.not_established) {
        out << "  - " << missing.sentence << "\n";
    }
}

/// What a report is read from, and what it is made with.
struct Makings {
    ReadingRoom reading;
    std::unique_ptr<sqlite::SqliteCases> cases;  ///< Absent: no request was ever opened.
    std::unique_ptr<sqlite::SqliteAccess> accesses;
    std::unique_ptr<sqlite::SqliteConsents> consents;
    std::unique_ptr<SystemClock> clock{std::make_unique<SystemClock>()};
    std::unique_ptr<RecipientRoom> recipients;
    std::optional<reports::ReportCover> cover;
    privacy::SubjectNumber subject{0};
    std::shared_ptr<const reports::ReportTexts> texts;
};

/// Errors: those of report_cover().
Result<void> add_cover(Makings& makings, const Session& session, std::uint64_t request) {
    auto room = open_case_room(session);
    if (!room) {
        return fail(room);
    }
    const auto cover = api::report_cover(room->desk(), records::RequestNumber{request}, makings.subject);
    if (!cover) {
        return fail(cover);
    }
    makings.cover = *cover;
    return {};
}

Result<void> add_cases(Makings& makings, const Config& config) {
    std::error_code ignored;
    if (!fs::exists(cases_file(config), ignored)) {
        return {};
    }
    auto cases = sqlite::SqliteCases::open_file(
        cases_file(config), *makings.reading.vault, sqlite::OpenMode::ReadOnly);
    if (!cases) {
        return fail(cases);
    }
    makings.cases = std::move(*cases);
    return {};
}

/// The look that is being made is in it.
Result<void> add_accesses(Makings& makings, const Config& config) {
    auto accesses = sqlite::SqliteAccess::open_file(
        cases_file(config), *makings.reading.vault, sqlite::OpenMode::ReadOnly);
    if (!accesses) {
        return fail(accesses);
    }
    makings.accesses = std::move(*accesses);
    auto consents = sqlite::SqliteConsents::open_file(
        cases_file(config), *makings.reading.vault, sqlite::OpenMode::ReadOnly);
    if (!consents) {
        return fail(consents);
    }
    makings.consents = std::move(*consents);
    return {};
}

Result<void> add_register(Makings& makings, const Session& session, const Config& config) {
    const auto folders = find_policies(session.environment, session.program);
    if (!folders) {
        return fail(folders);
    }
    auto opened = RecipientRoom::open(config, *folders, *makings.clock);
    if (!opened) {
        return fail(opened);
    }
    makings.recipients = std::move(*opened);
    return {};
}

Result<Makings> gather(const Session& session, const Config& config, const ReportOptions& options) {
    Makings makings;
    auto texts = load_texts(session, config, options.language);
    if (!texts) {
        return fail(texts);
    }
    makings.texts = std::move(*texts);
    auto reading = open_reading_room(config, session.environment);
    if (!reading) {
        return fail(reading);
    }
    makings.reading = std::move(*reading);
    const auto subject = makings.reading.people->find(options.subject);
    if (!subject) {
        return fail(subject);
    }
    makings.subject = *subject;
    if (auto added = add_cases(makings, config); !added) {
        return fail(added);
    }
    if (auto added = add_register(makings, session, config); !added) {
        return fail(added);
    }
    if (options.request != 0) {
        if (auto added = add_cover(makings, session, options.request); !added) {
            return fail(added);
        }
    }
    return Result<Makings>{std::move(makings)};
}

/// Those that stand, each with its reason.
Result<std::vector<reports::ReportedObjection>> objections_in(const Makings& makings) {
    std::vector<reports::ReportedObjection> told;
    if (!makings.cases) {
        return told;
    }
    const auto all = makings.cases->objections();
    auto reasons = makings.cases->reasons(makings.subject);
    if (!all || !reasons) {
        return all ? Result<std::vector<reports::ReportedObjection>>{fail(reasons)} : fail(all);
    }
    for (const auto& objection : *all) {
        if (objection.subject == makings.subject) {
            told.push_back({objection.recipient, objection.since, (*reasons)[objection.recipient]});
        }
    }
    return told;
}

Result<reports::TransferReport> built(const Makings& makings,
                                      const Config& config,
                                      const ReportOptions& options) {
    const auto* const cases = makings.cases.get();
    auto objections = objections_in(makings);
    if (!objections) {
        return fail(objections);
    }
    return reports::build_transfer_report({*makings.reading.ledger,
                                           *makings.reading.vault,
                                           &makings.recipients->recipients(),
                                           cases,
                                           cases,
                                           makings.accesses.get(),
                                           makings.consents.get()},
                                          makings.subject,
                                          {options.since, options.until},
                                          {controller_block(config),
                                           makings.clock->now(),
                                           *makings.texts,
                                           makings.cover,
                                           false,
                                           unnamed_fetches(config),
                                           *std::move(objections)});
}

/// Who names the person, or the request that the report answers, has said what it is for.
std::optional<std::string> reason_of(Session& session, const ReportOptions& options) {
    if (options.request == 0 && is_number(options.subject)) {
        return needed_reason(
            session, options.reason, "fedtrail report " + options.subject + " --reason 'complaint of 3 May'");
    }
    auto given = given_reason(session, options.reason);
    return given && given->empty() && options.request != 0
               ? std::optional{records::because_of_request(options.request)}
               : given;
}

}  // namespace

Result<Exit> report(Session& session, const ReportOptions& options) {
    if (auto checked = check_language(session, options.language); !checked || *checked != Exit::Done) {
        return checked;
    }
    const auto format = format_of(session, options);
    if (!format) {
        return Exit::Usage;
    }
    const auto config = session.config();
    if (!config) {
        return fail(config);
    }
    const auto form = reports::report_form(*format);
    const bool to_screen = session.terminal && (options.output.empty() || options.output == "-");
    if (form && form->large && to_screen) {
        return fail(ErrorKind::Invalid,
                    "a " + *format + " is nothing for a screen",
                    "Name a file with -o, as in -o report." + *format + ".");
    }
    const auto why = reason_of(session, options);
    if (!why) {
        return Exit::Usage;
    }
    auto makings = gather(session, *config, options);
    if (!makings) {
        return fail(makings);
    }
    if (auto noted = note_look(
            session, *config, makings->reading, makings->subject, {records::looked::kReport, *why, true});
        !noted) {
        return fail(noted);
    }
    if (auto added = add_accesses(*makings, *config); !added) {
        return fail(added);
    }
    const auto report = built(*makings, *config, options);
    if (!report) {
        return fail(report);
    }
    const ReportRoom room{*config};
    const auto tools = room.tools(*makings->reading.ledger);
    auto done = write_document(session, options.output, [&](std::ostream& out) -> Result<void> {
        if (!form) {
            render_screen(*report, out);
            return {};
        }
        return reports::write_report(
            *report, makings->subject, *makings->texts, {*form, options.items}, tools, out);
    });
    if (!done) {
        return fail(done);
    }
    return Exit::Done;
}

}  // namespace fedtrail::app
