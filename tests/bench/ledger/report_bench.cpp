/// Builds and renders the transfer report of the first subject of a ledger that ledger_bench made, in a
/// process that does nothing else, and prints Markdown.

#include <cstdint>
#include <fstream>
#include <iostream>
#include <string>

#include "bench/ledger/measure.hpp"
#include "bench/ledger/open_ledger.hpp"
#include "reports/renderers.hpp"
#include "reports/report_texts.hpp"
#include "reports/transfer_report.hpp"

namespace {

using fedtrail::Result;
using fedtrail::bench::fixed;
using fedtrail::bench::OpenLedger;
using fedtrail::bench::Stopwatch;
using fedtrail::bench::with_commas;
using fedtrail::privacy::SubjectNumber;
namespace reports = fedtrail::reports;

struct Reported {
    Stopwatch building;
    Stopwatch rendering;
    std::uint64_t recipients{};
    std::uint64_t disclosures{};
};

Result<Reported> report(const OpenLedger& ledger,
                        const reports::ReportTexts& texts,
                        const std::string& file) {
    Reported reported;
    reported.building.start();
    const auto made = reports::build_transfer_report({ledger.reader(), ledger.vault()},
                                                     SubjectNumber{1},
                                                     fedtrail::Window{},
                                                     reports::ReportFrame{{}, fedtrail::Instant{}, texts});
    reported.building.stop();
    if (!made) {
        return fail(made);
    }
    reported.rendering.start();
    std::ofstream out{file};
    reports::render_json(*made, texts, out);
    out.close();
    reported.rendering.stop();
    reported.recipients = made->totals.recipients;
    reported.disclosures = made->totals.disclosures;
    if (!out.good()) {
        return fedtrail::fail(fedtrail::ErrorKind::Unavailable, "the report could not be written");
    }
    return reported;
}

Result<Reported> run(const std::string& directory, Stopwatch& opening) {
    const auto texts = reports::ReportTexts::load(FEDTRAIL_SOURCE_DIR "/policies", "en");
    if (!texts) {
        return fail(texts);
    }
    opening.start();
    const auto ledger = OpenLedger::open(directory, OpenLedger::For::Reading);
    opening.stop();
    if (!ledger) {
        return fail(ledger);
    }
    return report(**ledger, *texts, directory + "/report.json");
}

}  // namespace

int main(int count, char** words) {
    if (count != 2) {
        std::cerr << "Usage: ledger_report_bench DIR\n";
        return 2;
    }
    Stopwatch opening;
    const auto reported = run(words[1], opening);
    if (!reported) {
        std::cerr << "ledger_report_bench: " << reported.error().what << '\n';
        return 1;
    }
    std::cout << "\n| transfer report as JSON, a fresh process | disclosures | recipients | opening ms | "
                 "building ms | "
                 "rendering ms | together ms | peak MiB |\n|---|---:|---:|---:|---:|---:|---:|---:|\n| first "
                 "subject | "
              << with_commas(static_cast<double>(reported->disclosures)) << " | "
              << with_commas(static_cast<double>(reported->recipients)) << " | "
              << fixed(1000 * opening.wall(), 0) << " | " << fixed(1000 * reported->building.wall(), 0)
              << " | " << fixed(1000 * reported->rendering.wall(), 0) << " | "
              << fixed(1000 * (opening.wall() + reported->building.wall() + reported->rendering.wall()), 0)
              << " | " << fixed(fedtrail::bench::peak_rss_mib(), 0) << " |\n";
    return 0;
}
