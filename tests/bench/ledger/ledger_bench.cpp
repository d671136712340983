/// Measures the ledger on one workload, beside rows, and prints Markdown. `ledger_bench --help`.

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "bench/ledger/check.hpp"
#include "bench/ledger/ingest.hpp"
#include "bench/ledger/ndjson.hpp"
#include "bench/ledger/open_ledger.hpp"

namespace {

namespace fs = std::filesystem;
using fedtrail::Error;
using fedtrail::Result;
using namespace fedtrail::bench;  // NOLINT(google-build-using-namespace): this file is the bench's front.

constexpr std::string_view kUsage =
    R"(Usage: ledger_bench --workload w1s|w1|w2s|w2 --dir DIR [--limit N] [--rows N] [--ndjson N]
                    [--objects N] [--fold-every N]

Writes a workload into a new ledger below DIR, asks it the three questions, compares its content with the
workload, writes the first part of the workload as rows beside it, and prints Markdown tables.

  --limit N       at most N observations (default: all)
  --rows N        N observations as rows (default 2000000; 0: none)
  --ndjson N      N observations from a file of NDJSON (default 2000000; 0: none)
  --objects N     objects whose content is compared (default 2000)
  --fold-every N  commits between folds (default 1000); a fold moves only what is old enough

Example: ledger_bench --workload w1s --dir /var/tmp/bench
)";

struct Options {
    Model model;
    fs::path directory;
    IngestPlan plan;
    std::uint64_t rows{2'000'000};
    std::uint64_t ndjson{2'000'000};
    std::uint64_t objects{2'000};
};

std::optional<Model> model_named(std::string_view name) {
    for (const auto& model : {w1s(), w1(), w2s(), w2()}) {
        if (model.name == name) {
            return model;
        }
    }
    return std::nullopt;
}

std::optional<Options> options_of(int count, char** words) {
    std::map<std::string, std::string, std::less<>> given;
    for (int i = 1; i + 1 < count; i += 2) {
        given[words[i]] = words[i + 1];
    }
    const auto model = model_named(given["--workload"]);
    if (count % 2 == 0 || !model || given["--dir"].empty()) {
        return std::nullopt;
    }
    Options options;
    options.model = *model;
    options.directory = fs::path{given["--dir"]} / options.model.name;
    const auto number = [&](const char* name, std::uint64_t& value) {
        if (!given[name].empty()) {
            value = std::strtoull(given[name].c_str(), nullptr, 10);
        }
    };
    number("--limit", options.plan.limit);
    number("--fold-every", options.plan.fold_every);
    number("--rows", options.rows);
    number("--ndjson", options.ndjson);
    number("--objects", options.objects);
    return options;
}

int failed(const Error& error) {
    std::cerr << "ledger_bench: " << error.what << (error.remedy.empty() ? "" : "; ") << error.remedy << '\n';
    return 1;
}

double per(double whole, double part) {
    return part > 0 ? whole / part : 0;
}

void print_workload(const Workload& workload, const Ingested& ingested) {
    const auto& counts = ingested.counts;
    const auto first = static_cast<double>(counts.first_wave);
    std::cout << "\n#### Workload " << workload.model().name << "\n\n"
              << "| users | activities | first wave | per activity | failed first | never delivered | "
                 "retries | fetches | observations |\n"
              << "|---:|---:|---:|---:|---:|---:|---:|---:|---:|\n| "
              << with_commas(static_cast<double>(workload.persons().size())) << " | "
              << with_commas(static_cast<double>(counts.activities)) << " | " << with_commas(first) << " | "
              << fixed(per(first, static_cast<double>(counts.activities)), 1) << " | "
              << fixed(100 * per(static_cast<double>(counts.first_failed), first), 2) << " % | "
              << fixed(100 * per(static_cast<double>(counts.never_delivered), first), 2) << " % | "
              << with_commas(static_cast<double>(counts.retries)) << " | "
              << with_commas(static_cast<double>(counts.fetches)) << " | "
              << with_commas(static_cast<double>(ingested.observations)) << " |\n";
}

struct Beside {
    std::optional<RowsIngested> rows;
    std::optional<NdjsonIngested> ndjson;
};

void print_rate(std::string_view what, double count, const Stopwatch& watch, const std::string& remark) {
    std::cout << "| " << what << " | " << with_commas(count) << " | " << with_commas(per(count, watch.wall()))
              << " | " << with_commas(per(count, watch.cpu())) << " | " << remark << " |\n";
}

void print_rates(const Ingested& ingested, const Beside& beside) {
    const auto n = static_cast<double>(ingested.observations);
    const Stopwatch all = ingested.writing + ingested.folding;
    std::cout << "\n| durable ingest, 1,000 a commit | observations | per second | per CPU second | "
                 "|\n|---|---:|---:|---:|---|\n";
    print_rate("ledger, packed",
               n,
               all,
               "folding took " + fixed(100 * per(ingested.folding.wall(), all.wall()), 0) + " % of the time");
    if (beside.ndjson) {
        const auto& ndjson = *beside.ndjson;
        print_rate("ledger, from NDJSON",
                   static_cast<double>(ndjson.lines),
                   ndjson.importing,
                   fixed(per(static_cast<double>(ndjson.bytes), static_cast<double>(ndjson.lines)), 0) +
                       " bytes a line; " + std::to_string(ndjson.rejected) + " rejected, " +
                       std::to_string(ndjson.lines - ndjson.fresh) + " not new; of " +
                       with_commas(static_cast<double>(ndjson.pairs.compared)) + " recipients compared " +
                       std::to_string(ndjson.pairs.different) + " differ");
    }
    if (beside.rows) {
        const auto& rows = *beside.rows;
        const auto r = static_cast<double>(rows.rows);
        print_rate("rows with three indexes",
                   r,
                   rows.writing,
                   "first tenth " + with_commas(rows.first_rate) + ", last " + with_commas(rows.last_rate) +
                       " a second");
        std::cout << "| ratio of packed to rows | | "
                  << fixed(per(per(n, all.wall()), per(r, rows.writing.wall())), 1) << " | "
                  << fixed(per(per(n, all.cpu()), per(r, rows.writing.cpu())), 1) << " | |\n";
    }
}

void print_sizes(const Options& options, const Ingested& ingested, const std::optional<RowsIngested>& rows) {
    const auto n = static_cast<double>(ingested.observations);
    const auto ledger = static_cast<double>(database_bytes(OpenLedger::ledger_file(options.directory)));
    const auto vault = static_cast<double>(database_bytes(OpenLedger::vault_file(options.directory)));
    std::cout
        << "\n| size | bytes | bytes per observation |\n|---|---:|---:|\n| ledger, all tables and indexes | "
        << with_commas(ledger) << " | " << fixed(per(ledger, n), 3) << " |\n";
    for (const auto& table : table_bytes(OpenLedger::ledger_file(options.directory))) {
        const auto bytes = static_cast<double>(table.bytes);
        if (bytes > ledger / 200) {
            std::cout << "| – " << table.name << " | " << with_commas(bytes) << " | "
                      << fixed(per(bytes, n), 3) << " |\n";
        }
    }
    std::cout << "| vault (apart) | " << with_commas(vault) << " | " << fixed(per(vault, n), 3) << " |\n";
    if (rows) {
        const double each = per(static_cast<double>(rows->bytes), static_cast<double>(rows->rows));
        std::cout << "| rows with three indexes | " << with_commas(static_cast<double>(rows->bytes)) << " | "
                  << fixed(each, 1) << " |\n| ratio | | " << fixed(per(each, per(ledger, n)), 0) << " |\n";
    }
}

void print_answers(const std::vector<Answered>& answers, const std::optional<RowsIngested>& rows) {
    std::cout
        << "\n| question, warm | answer | p50 ms | p99 ms | target p50 ms | rows: answer | rows: p50 ms |\n"
        << "|---|---:|---:|---:|---:|---:|---:|\n";
    for (std::size_t i = 0; i < answers.size(); ++i) {
        const auto& answer = answers[i];
        std::cout << "| " << answer.question << " | " << with_commas(static_cast<double>(answer.size))
                  << " | " << fixed(answer.times.percentile_ms(0.5), 3) << " | "
                  << fixed(answer.times.percentile_ms(0.99), 3) << " | " << fixed(answer.target_ms, 1)
                  << " | ";
        if (rows) {
            std::cout << with_commas(static_cast<double>(rows->answers[i].size)) << " | "
                      << fixed(rows->answers[i].times.percentile_ms(0.5), 3) << " |\n";
        } else {
            std::cout << "– | – |\n";
        }
    }
}

/// What is to be found again: everything where there is little, samples where there is much.
Expected expectation(const Workload& workload, std::uint64_t objects) {
    const bool all = workload.model().name == "w1s";
    return Expected{sampled_users(workload, all ? ~0U : 60U),
                    sampled_objects(workload, static_cast<std::uint32_t>(objects))};
}

Result<void> print_checks(const OpenLedger& ledger,
                          const Workload& workload,
                          const Expected& expected,
                          const std::vector<fedtrail::privacy::SubjectNumber>& subjects) {
    const auto pairs = check_pairs(ledger.reader(), expected, subjects);
    if (!pairs) {
        return fail(pairs);
    }
    const auto holders = check_holders(ledger.reader(), expected, workload, subjects);
    if (!holders) {
        return fail(holders);
    }
    const auto attempts = check_attempts(ledger.evidence(), expected, workload, subjects);
    if (!attempts) {
        return fail(attempts);
    }
    const auto line = [](const char* what, std::size_t sampled, const CheckSum& sum) {
        std::cout << "| " << what << " | " << with_commas(static_cast<double>(sampled)) << " | "
                  << with_commas(static_cast<double>(sum.compared)) << " | " << sum.different << " |\n";
    };
    std::cout << "\n| content compared with the workload | sampled | compared | different "
                 "|\n|---|---:|---:|---:|\n";
    line("subjects: every recipient with first, last, objects, disclosures, channels, categories, evidence",
         expected.users().size(),
         *pairs);
    line("objects: every recipient with its strongest evidence", expected.objects().size(), *holders);
    line("objects: every attempt with recipient, second, channel, outcome and status",
         expected.objects().size(),
         *attempts);
    return {};
}

Result<Beside> measure_beside(const Options& options) {
    Beside beside;
    if (options.ndjson > 0) {
        std::cerr << "importing NDJSON\n";
        const auto directory = options.directory / "ndjson";
        fs::create_directories(directory);
        auto imported = ingest_ndjson(options.model, directory, std::min(options.ndjson, options.plan.limit));
        if (!imported) {
            return fail(imported);
        }
        beside.ndjson = *std::move(imported);
    }
    if (options.rows > 0) {
        std::cerr << "writing rows\n";
        auto written = ingest_rows(options.model, options.directory / "rows.db", options.rows);
        if (!written) {
            return fail(written);
        }
        beside.rows = *std::move(written);
    }
    return beside;
}

Result<void> run(const Options& options) {
    fs::remove_all(options.directory);
    fs::create_directories(options.directory);
    Workload workload{options.model};
    Expected expected = expectation(workload, options.objects);
    SubjectChooser chooser{workload};
    auto ledger = OpenLedger::open(options.directory, OpenLedger::For::Writing);
    if (!ledger) {
        return fail(ledger);
    }
    const auto subjects = enrol_all((*ledger)->vault(), workload);
    if (!subjects) {
        return fail(subjects);
    }
    std::cerr << "writing " << options.model.name << '\n';
    const auto ingested = ingest(workload, (*ledger)->writer(), *subjects, options.plan, expected, chooser);
    if (!ingested) {
        return fail(ingested);
    }
    std::cerr << "peak memory " << fixed(peak_rss_mib(), 0) << " MiB with generator and expectation\n";
    if (auto compacted = (*ledger)->compact(); !compacted) {
        return compacted;
    }
    const auto answers = ask((*ledger)->reader(), workload, *subjects, chooser.choose());
    if (!answers) {
        return fail(answers);
    }
    const auto beside = measure_beside(options);
    if (!beside) {
        return fail(beside);
    }
    print_workload(workload, *ingested);
    print_rates(*ingested, *beside);
    print_sizes(options, *ingested, beside->rows);
    print_answers(*answers, beside->rows);
    return print_checks(**ledger, workload, expected, *subjects);
}

}  // namespace

int main(int count, char** words) {
    const auto options = options_of(count, words);
    if (!options) {
        std::cerr << kUsage;
        return 2;
    }
    const auto done = run(*options);
    return done ? 0 : failed(done.error());
}
