#include <fstream>
#include <ostream>

#include <sys/stat.h>

#include "app/commands/commands.hpp"
#include "app/stores.hpp"
#include "app/system_clock.hpp"
#include "app/table.hpp"
#include "app/texts.hpp"
#include "reports/renderers.hpp"

namespace fedtrail::app {

namespace fs = std::filesystem;

namespace {

std::string joined(const std::vector<std::string>& words) {
    std::string out;
    for (const auto& word : words) {
        out += (out.empty() ? "" : " ") + word;
    }
    return out;
}

/// What was asked for, or what the file's name says, or what suits the place it goes to.
std::string format_of(const Session& session, const ReportOptions& options) {
    if (!options.format.empty()) {
        return options.format;
    }
    if (session.json) {
        return "json";
    }
    const auto extension = fs::path{options.output}.extension().string();
    if (extension == ".json" || extension == ".csv") {
        return extension.substr(1);
    }
    const bool screen = session.terminal && (options.output.empty() || options.output == "-");
    return screen ? "screen" : "html";
}

std::string kinds_of(fediverse::CategorySet set) {
    std::vector<std::string> kinds;
    for (const auto& [category, name] : fediverse::kDataCategories) {
        if (set.has(category)) {
            kinds.emplace_back(name);
        }
    }
    return joined(kinds);
}

void render_screen(const reports::TransferReport& report, std::ostream& out) {
    out << grouped(report.totals.disclosures) << " disclosures to " << grouped(report.totals.recipients)
        << " servers\n\n";
    Table table{
        {{"SERVER"}, {"FIRST"}, {"LAST"}, {"OBJECTS", true}, {"DISCLOSURES", true}, {"EVIDENCE"}, {"KINDS"}}};
    for (const auto& pair : report.recipients) {
        table.row({pair.recipient.text(),
                   format_rfc3339(pair.first),
                   format_rfc3339(pair.last),
                   grouped(pair.objects),
                   grouped(pair.disclosures),
                   std::string{privacy::name_of(pair.strongest)},
                   kinds_of(pair.categories)});
    }
    table.write(out, true);
    out << "\nNot established:\n";
    for (const auto& missing : report.not_established) {
        out << "  - " << missing.sentence << "\n";
    }
}

void render(const reports::TransferReport& report,
            const reports::ReportTexts& texts,
            const std::string& format,
            std::ostream& out) {
    if (format == "json") {
        reports::render_json(report, out);
    } else if (format == "csv") {
        reports::render_csv(report, out);
    } else if (format == "screen") {
        render_screen(report, out);
    } else {
        reports::render_html(report, texts, out);
    }
}

/// For its owner alone. Whether all of it was written.
bool render_into(const reports::TransferReport& report,
                 const reports::ReportTexts& texts,
                 const std::string& format,
                 const fs::path& file) {
    const auto old_mask = ::umask(0077);
    std::ofstream out{file, std::ios::binary | std::ios::trunc};
    ::umask(old_mask);
    render(report, texts, format, out);
    out.flush();
    return out.good();
}

/// Beside the file first, then renamed: a report is never half there. What is no plain file is written as it
/// is.
Result<void> render_to_file(const reports::TransferReport& report,
                            const reports::ReportTexts& texts,
                            const std::string& format,
                            const fs::path& file) {
    std::error_code error;
    const bool special = fs::exists(file, error) && !fs::is_regular_file(file, error);
    const auto place = special ? file : fs::path{file.string() + ".new"};
    bool done = render_into(report, texts, format, place);
    if (done && !special) {
        fs::rename(place, file, error);
        done = !error;
    }
    if (done) {
        return {};
    }
    if (!special) {
        fs::remove(place, error);
    }
    return fail(ErrorKind::Unavailable,
                file.string() + " cannot be written",
                "Look at the folder's rights and at the disk.");
}

}  // namespace

Result<Exit> report(Session& session, const ReportOptions& options) {
    if (auto checked = check_language(session, options.language); !checked || *checked != Exit::Done) {
        return checked;
    }
    const auto config = session.config();
    if (!config) {
        return fail(config);
    }
    const auto texts = load_texts(session, *config, options.language);
    if (!texts) {
        return fail(texts);
    }
    const auto room = open_reading_room(*config, session.environment);
    if (!room) {
        return fail(room);
    }
    const auto subject = room->vault->find(options.subject);
    if (!subject) {
        return fail(subject);
    }
    const auto report =
        reports::build_transfer_report(*room->ledger,
                                       *room->vault,
                                       *subject,
                                       {options.since, options.until},
                                       {controller_block(*config), SystemClock{}.now(), **texts});
    if (!report) {
        return fail(report);
    }
    const auto format = format_of(session, options);
    if (options.output.empty() || options.output == "-") {
        render(*report, **texts, format, session.out);
        return Exit::Done;
    }
    if (auto written = render_to_file(*report, **texts, format, options.output); !written) {
        return fail(written);
    }
    return Exit::Done;
}

}  // namespace fedtrail::app
