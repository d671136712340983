#include <array>
#include <ostream>

#include "app/case_room.hpp"
#include "app/commands/paper_commands.hpp"
#include "app/operator_facts.hpp"
#include "app/output.hpp"
#include "app/paper_room.hpp"
#include "app/rules_file.hpp"
#include "app/stores.hpp"
#include "app/system_clock.hpp"
#include "app/texts.hpp"
#include "language/tag.hpp"
#include "reports/assessment.hpp"
#include "reports/paper_texts.hpp"
#include "reports/privacy_notice.hpp"
#include "reports/processing_record.hpp"
#include "reports/render_paper.hpp"
#include "reports/risk_points.hpp"

namespace fedtrail::app {

namespace {

constexpr std::array<std::string_view, 3> kPageForms{"md", "html", "json"};
constexpr std::array<std::string_view, 4> kRecordForms{"csv", "ods", "json", "jsonld"};

/// Everything that a paper is made from.
struct PaperDesk {
    RecipientSession recipients;
    ReadingRoom reading;
    std::unique_ptr<PaperRoom> room;
    std::shared_ptr<const reports::PaperPolicies> policies;
    reports::OperatorFacts facts;
    std::optional<reports::PaperTexts> texts;
    Instant now{};
    privacy::TransferSwitches switches{};

    [[nodiscard]] reports::PaperSources sources() const {
        return {facts, *policies, *reading.ledger, room->recipients(), now, switches};
    }
};

Result<reports::PaperTexts> read_texts(const Session& session,
                                       const Config& config,
                                       const PolicyFolders& folders,
                                       const std::string& language) {
    const auto shared = load_texts(session, config, language);
    return shared ? reports::PaperTexts::load(folders.policies.string(), **shared)
                  : Result<reports::PaperTexts>{fail(shared)};
}

Result<PaperDesk> open_desk(const Session& session, const std::string& language) {
    auto recipients = open_recipient_session(session);
    if (!recipients) {
        return fail(recipients);
    }
    const auto& config = recipients->config;
    auto texts = read_texts(session, config, recipients->folders, language);
    if (!texts) {
        return fail(texts);
    }
    auto reading = open_reading_room(config, session.environment);
    if (!reading) {
        return fail(reading);
    }
    auto room = PaperRoom::open(*recipients->room, recipients->folders);
    if (!room) {
        return fail(room);
    }
    const auto switches = recipients->room->recipients().switches();
    if (!switches) {
        return fail(switches);
    }
    if (auto checked = reports::check_risk_words((*room)->policies()->risks, *texts); !checked) {
        return fail(checked);
    }
    PaperDesk desk;
    desk.switches = *switches;
    desk.facts = operator_facts(config);
    desk.reading = std::move(*reading);
    desk.policies = (*room)->policies();
    desk.room = std::move(*room);
    desk.texts = std::move(*texts);
    desk.now = recipients->clock->now();
    desk.recipients = std::move(*recipients);
    return Result<PaperDesk>{std::move(desk)};
}

/// Of a PrivacyNotice or an Assessment.
template <typename Made>
Result<void> write_page(const Made& made,
                        const reports::PaperTexts& texts,
                        const std::string& format,
                        std::ostream& out) {
    if (format == "json") {
        reports::render_json(made, texts, out);
    } else if (format == "html") {
        reports::render_html(reports::paper_of(made, texts), texts, out);
    } else {
        reports::render_markdown(reports::paper_of(made, texts), texts, out);
    }
    return {};
}

Result<void> write_record(const reports::ProcessingRecord& made,
                          const reports::PaperTexts& texts,
                          const std::string& format,
                          reports::RecordColumns columns,
                          const PackageMaker& package,
                          std::ostream& out) {
    if (format == "json") {
        reports::render_json(made, texts, out);
    } else if (format == "jsonld") {
        reports::render_jsonld(made, texts, out);
    } else if (format == "ods") {
        return reports::render_ods(made, reports::record_table(made, columns, texts), texts, package, out);
    } else {
        reports::render_csv(reports::record_table(made, columns, texts), out);
    }
    return {};
}

/// What was written is right all the same: it says what retention.json does.
void tell_conflict(Session& session, const PaperDesk& desk) {
    if (const auto conflict = reports::retention_conflict(desk.facts, desk.policies->own)) {
        complain(session, {ErrorKind::Conflict, conflict->what, conflict->remedy});
    }
}

/// Nothing where it was said what is wrong.
std::optional<std::string> form_of(Session& session,
                                   const PaperOptions& options,
                                   std::span<const std::string_view> known) {
    auto form = document_form(session, options.format, options.output, known, known.front());
    if (!form) {
        complain(session, form.error());
        return std::nullopt;
    }
    return *std::move(form);
}

/// A spreadsheet on a terminal helps nobody.
bool unreadable(const Session& session, const PaperOptions& options, const std::string& format) {
    return format == "ods" && session.terminal && (options.output.empty() || options.output == "-");
}

}  // namespace

Result<Exit> notice(Session& session, const PaperOptions& options) {
    if (auto checked = check_language(session, options.language); !checked || *checked != Exit::Done) {
        return checked;
    }
    const auto format = form_of(session, options, kPageForms);
    if (!format) {
        return Exit::Usage;
    }
    const auto desk = open_desk(session, options.language);
    if (!desk) {
        return fail(desk);
    }
    const auto made = reports::build_privacy_notice(desk->sources(), *desk->texts);
    if (!made) {
        return fail(made);
    }
    if (auto written =
            write_document(session,
                           options.output,
                           [&](std::ostream& out) { return write_page(*made, *desk->texts, *format, out); });
        !written) {
        return fail(written);
    }
    tell_conflict(session, *desk);
    return Exit::Done;
}

Result<Exit> ropa(Session& session, const PaperOptions& options) {
    if (auto checked = check_language(session, options.language); !checked || *checked != Exit::Done) {
        return checked;
    }
    const auto format = form_of(session, options, kRecordForms);
    if (!format) {
        return Exit::Usage;
    }
    if (unreadable(session, options, *format)) {
        complain(session, {ErrorKind::Invalid, "an ODS file is not for a terminal", "Give -o record.ods."});
        return Exit::Usage;
    }
    const auto desk = open_desk(session, options.language);
    if (!desk) {
        return fail(desk);
    }
    const auto made = reports::build_processing_record(desk->sources(), *desk->texts);
    if (!made) {
        return fail(made);
    }
    const bool french = language::primary(made->language) == "fr";
    const auto columns = reports::record_columns_named(options.columns)
                             .value_or(french ? reports::RecordColumns::Cnil : reports::RecordColumns::Ico);
    if (auto written = write_document(
            session,
            options.output,
            [&](std::ostream& out) {
                return write_record(*made, *desk->texts, *format, columns, desk->room->package(), out);
            });
        !written) {
        return fail(written);
    }
    tell_conflict(session, *desk);
    return Exit::Done;
}

Result<Exit> assess(Session& session, const PaperOptions& options) {
    const auto host = Host::parse(options.host);
    if (!host || host->empty()) {
        complain(session, {ErrorKind::Invalid, "HOST is not a host name", "Write it as a.example."});
        return Exit::Usage;
    }
    if (auto checked = check_language(session, options.language); !checked || *checked != Exit::Done) {
        return checked;
    }
    const auto format = form_of(session, options, kPageForms);
    if (!format) {
        return Exit::Usage;
    }
    const auto desk = open_desk(session, options.language);
    if (!desk) {
        return fail(desk);
    }
    const auto cases = sqlite::SqliteCases::open_file(
        cases_file(desk->recipients.config), *desk->reading.vault, sqlite::OpenMode::ReadWrite);
    if (!cases) {
        return fail(cases);
    }
    const auto& folders = desk->recipients.folders;
    const auto place = rules_place(desk->recipients.config, folders);
    const auto rules = load_rules(place.file, folders);
    if (!rules) {
        return fail(rules);
    }
    const auto made = reports::build_assessment(*host,
                                                {*desk->reading.ledger,
                                                 desk->room->recipients(),
                                                 **cases,
                                                 desk->room->policy_texts(),
                                                 *rules,
                                                 desk->policies->risks,
                                                 desk->now,
                                                 place.file.string()},
                                                *desk->texts);
    if (!made) {
        return fail(made);
    }
    if (auto written =
            write_document(session,
                           options.output,
                           [&](std::ostream& out) { return write_page(*made, *desk->texts, *format, out); });
        !written) {
        return fail(written);
    }
    return Exit::Done;
}

}  // namespace fedtrail::app
