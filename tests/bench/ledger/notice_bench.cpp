/// Builds and renders the privacy notice of a ledger that ledger_bench made, in a process that does nothing
/// else, and prints Markdown. Of every recipient the directory knows all that a server says of itself; one in
/// ten has a second host.

#include <array>
#include <cstdint>
#include <fstream>
#include <iostream>
#include <string>
#include <vector>

#include "app/paper_room.hpp"
#include "app/system_clock.hpp"
#include "bench/ledger/measure.hpp"
#include "bench/ledger/open_ledger.hpp"
#include "reports/paper_texts.hpp"
#include "reports/privacy_notice.hpp"
#include "reports/render_paper.hpp"

namespace {

using fedtrail::Result;
using fedtrail::bench::fixed;
using fedtrail::bench::OpenLedger;
using fedtrail::bench::Stopwatch;
using fedtrail::bench::with_commas;
namespace app = fedtrail::app;
namespace reports = fedtrail::reports;

constexpr const char* kPolicies = FEDTRAIL_SOURCE_DIR "/policies";
constexpr std::size_t kPage = 1'000;

/// Says of every activity what the law asks for.
reports::OperatorFacts operator_facts() {
    reports::OperatorFacts facts;
    facts.controller = {"Bench", "privacy@origin.example", "none", "Authority"};
    facts.country = "NL";
    facts.hosts = {"origin.example"};
    facts.usual_language = "en";
    facts.required = "contract";
    facts.automated[""] = "none";
    facts.no_processors = true;
    facts.largest = 10;
    for (const auto name : reports::kActivities) {
        reports::ActivityFacts activity;
        activity.activity = name;
        activity.legal_basis = {"6(1)(b)"};
        activity.retention[""] = "30d";
        facts.activities.push_back(activity);
    }
    return facts;
}

/// What was found out of one recipient by now; the same of the same number.
void fill(fedtrail::RecipientEntry& entry, std::size_t number) {
    static const auto asked = *fedtrail::parse_rfc3339("2026-11-20T10:00:00Z");
    static constexpr std::array<const char*, 4> kCountries{"DE", "FR", "US", "JP"};
    const auto host = entry.host.text();
    entry.software = number % 5 == 0 ? "misskey" : "mastodon";
    entry.version = "1";
    entry.asked_at = asked;
    entry.known_at = asked;
    entry.users = number;
    entry.registrations_open = number % 2 == 0;
    entry.operator_name = fedtrail::Personal<std::string>{"Association " + std::to_string(number)};
    entry.contact = fedtrail::Personal<std::string>{"privacy@" + host};
    entry.contact_source = "instance_api";
    entry.language = "en";
    entry.privacy_policy = "https://" + host + "/privacy-policy";
    entry.terms = "https://" + host + "/terms";
    entry.imprint = "https://" + host + "/imprint";
    entry.declared_country = number % 7 == 0 ? "" : kCountries[number % kCountries.size()];
    entry.addresses = {"192.0.2." + std::to_string(number % 256)};
    entry.single_person = number % 100 == 0;
    entry.told = number % 20;
    entry.gone = number % 10;
}

/// With a second host that says so too, if it is one in ten.
void add_changes(const fedtrail::Host& host,
                 std::size_t number,
                 std::vector<fedtrail::RecipientChange>& changes) {
    const auto second = number % 10 == 0 ? fedtrail::Host::parse("www." + host.text())
                                         : Result<fedtrail::Host>{fedtrail::Host{}};
    if (second && !second->empty()) {
        changes.push_back({*second, [host](fedtrail::RecipientEntry& entry) { entry.main = host; }});
    }
    changes.push_back({host, [number, second](fedtrail::RecipientEntry& entry) {
                           fill(entry, number);
                           if (second && !second->empty()) {
                               entry.aliases = {{*second, "www"}};
                           }
                       }});
}

/// What scout and refresher would have found out by now.
Result<void> fill_directory(const app::Config& config, const OpenLedger& ledger) {
    const auto directory = fedtrail::sqlite::SqliteDirectory::open_file(
        app::directory_file(config), fedtrail::sqlite::OpenMode::ReadWrite);
    if (!directory) {
        return fail(directory);
    }
    std::string after;
    std::size_t count = 0;
    while (true) {
        const auto page = ledger.reader().recipients(after, kPage);
        if (!page) {
            return fail(page);
        }
        if (page->empty()) {
            return {};
        }
        std::vector<fedtrail::RecipientChange> changes;
        for (const auto& totals : *page) {
            add_changes(totals.recipient, ++count, changes);
        }
        if (auto done = (*directory)->update_all(changes); !done) {
            return done;
        }
        after = page->back().recipient.text();
    }
}

struct Written {
    Stopwatch opening;
    Stopwatch building;
    Stopwatch rendering;
    std::uint64_t recipients{};
    std::uint64_t disclosures{};
};

Result<Written> write_notice(const std::string& directory, const app::Config& config) {
    Written written;
    const auto shared = reports::ReportTexts::load(kPolicies, "en");
    const auto texts =
        shared ? reports::PaperTexts::load(kPolicies, *shared) : Result<reports::PaperTexts>{fail(shared)};
    if (!texts) {
        return fail(texts);
    }
    written.opening.start();
    const auto ledger = OpenLedger::open(directory, OpenLedger::For::Reading);
    const app::PolicyFolders folders{kPolicies, FEDTRAIL_SOURCE_DIR "/schemas"};
    const app::SystemClock clock;
    const auto recipients = app::RecipientRoom::open(config, folders, clock);
    const auto room = recipients ? app::PaperRoom::open(**recipients, folders)
                                 : Result<std::unique_ptr<app::PaperRoom>>{fail(recipients)};
    written.opening.stop();
    if (!ledger || !room) {
        return !ledger ? Result<Written>{fail(ledger)} : Result<Written>{fail(room)};
    }
    const auto facts = operator_facts();
    written.building.start();
    const auto notice = reports::build_privacy_notice(
        {facts, *(*room)->policies(), (*ledger)->reader(), (*room)->recipients(), clock.now()}, *texts);
    written.building.stop();
    if (!notice) {
        return fail(notice);
    }
    written.rendering.start();
    std::ofstream out{directory + "/notice.md"};
    reports::render_markdown(reports::paper_of(*notice, *texts), *texts, out);
    out.close();
    written.rendering.stop();
    written.recipients = notice->federation.recipients;
    written.disclosures = notice->federation.disclosures;
    return written;
}

Result<Written> run(const std::string& directory, bool fill) {
    app::Config config;
    config.data_dir = directory;
    if (!fill) {
        return write_notice(directory, config);
    }
    const auto ledger = OpenLedger::open(directory, OpenLedger::For::Reading);
    if (!ledger) {
        return fail(ledger);
    }
    if (auto filled = fill_directory(config, **ledger); !filled) {
        return fail(filled);
    }
    return Written{};
}

}  // namespace

int main(int count, char** words) {
    const bool fill = count == 3 && std::string{words[2]} == "--fill";
    if (count != 2 && !fill) {
        std::cerr
            << "Usage: ledger_notice_bench DIR [--fill]   (--fill first: what is known of recipients)\n";
        return 2;
    }
    const auto written = run(words[1], fill);
    if (!written) {
        std::cerr << "ledger_notice_bench: " << written.error().what << '\n';
        return 1;
    }
    if (fill) {
        return 0;
    }
    std::cout << "\n| privacy notice as Markdown, a fresh process | disclosures | recipients | opening ms | "
                 "building ms | rendering ms | together ms | peak MiB |\n"
                 "|---|---:|---:|---:|---:|---:|---:|---:|\n| whole ledger | "
              << with_commas(static_cast<double>(written->disclosures)) << " | "
              << with_commas(static_cast<double>(written->recipients)) << " | "
              << fixed(1000 * written->opening.wall(), 0) << " | "
              << fixed(1000 * written->building.wall(), 0) << " | "
              << fixed(1000 * written->rendering.wall(), 0) << " | "
              << fixed(
                     1000 * (written->opening.wall() + written->building.wall() + written->rendering.wall()),
                     0)
              << " | " << fixed(fedtrail::bench::peak_rss_mib(), 0) << " |\n";
    return 0;
}
