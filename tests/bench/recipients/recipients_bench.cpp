/// recipients_bench FOLDER HOSTS ROUNDS: what joining the cards of so many recipients costs, beside reading
/// their entries in the directory alone. Prints "NAME SECONDS" lines of processor time.

#include <cstdlib>
#include <ctime>
#include <fstream>
#include <iostream>
#include <iterator>
#include <string>
#include <vector>

#include "fedtrail/ports/clock.hpp"

#include "backends/sqlite/declaration_store.hpp"
#include "backends/sqlite/directory_book.hpp"
#include "backends/sqlite/finding_store.hpp"
#include "recipients/declare.hpp"
#include "recipients/register.hpp"

using namespace fedtrail;  // NOLINT(google-build-using-namespace): a program of its own

namespace {

template <typename T>
T must(Result<T> result) {
    if (!result) {
        std::cerr << result.error().what << '\n';
        std::exit(1);  // NOLINT(concurrency-mt-unsafe): the bench ends here
    }
    return *std::move(result);
}

void must(const Result<void>& result) {
    if (!result) {
        std::cerr << result.error().what << '\n';
        std::exit(1);  // NOLINT(concurrency-mt-unsafe): the bench ends here
    }
}

class BenchClock final : public Clock {
public:
    [[nodiscard]] Instant now() const override { return *parse_rfc3339("2026-11-22T10:00:00Z"); }
};

std::string policy(const std::string& name) {
    std::ifstream in{FEDTRAIL_SOURCE_DIR "/policies/" + name};
    return {std::istreambuf_iterator<char>{in}, {}};
}

double processor_seconds() {
    return static_cast<double>(std::clock()) / CLOCKS_PER_SEC;
}

constexpr const char* kCountries[] = {"DE", "FR", "US", "GB", "JP", "NL"};  // NOLINT(*-avoid-c-arrays)

/// One in three was placed by its imprint, one in a hundred by the controller, one in fifty is blocked.
void fill(sqlite::SqliteDirectory& directory,
          sqlite::SqliteDeclarations& declarations,
          sqlite::SqliteFindings& findings,
          const std::vector<Host>& hosts,
          const std::vector<std::string>& facts,
          Instant now) {
    std::vector<RecipientChange> entries;
    std::vector<HostCountry> countries;
    std::vector<recipients::DeclareOrder> orders;
    std::vector<DomainBlock> blocks;
    for (std::size_t at = 0; at < hosts.size(); ++at) {
        entries.push_back({hosts[at], [](RecipientEntry& entry) {
                               entry.software = "mastodon";
                               entry.version = "4.5.0";
                               entry.told = 3;
                           }});
        const auto* const code = kCountries[at % std::size(kCountries)];
        if (at % 3 == 0) {
            countries.push_back({hosts[at],
                                 {*privacy::Country::parse(code),
                                  records::CountrySource::Imprint,
                                  records::Confidence::Medium,
                                  now,
                                  "10115 Berlin, Germany"}});
        }
        if (at % 100 == 1) {
            orders.push_back({hosts[at], {{"country", code}}, "bench", "made up"});
        }
        if (at % 50 == 2) {
            blocks.push_back({hosts[at], records::BlockSeverity::Suspended, "made up"});
        }
    }
    must(directory.update_all(entries));
    must(findings.keep(countries));
    must(recipients::declare(declarations, orders, facts, now));
    must(findings.replace_list("bench", now, blocks));
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 4) {
        std::cerr << "recipients_bench FOLDER HOSTS ROUNDS\n";
        return 2;
    }
    const auto file = std::filesystem::path{argv[1]} / "directory.db";
    const auto directory = must(sqlite::SqliteDirectory::open_file(file, sqlite::OpenMode::ReadWrite));
    const auto declarations = must(sqlite::SqliteDeclarations::open_file(file, sqlite::OpenMode::ReadWrite));
    const auto findings = must(sqlite::SqliteFindings::open_file(file, sqlite::OpenMode::ReadWrite));
    const BenchClock clock;
    const auto policies = std::make_shared<const recipients::RegisterPolicies>(recipients::RegisterPolicies{
        must(recipients::parse_adequacy(policy("adequacy.json"))),
        *privacy::Country::parse("NL"),
        must(recipients::DeliveryNetworks::parse(policy("delivery-networks.json"))),
        {},
        {}});
    std::vector<Host> hosts;
    for (int number = 0; number < std::atoi(argv[2]); ++number) {  // NOLINT(cert-err34-c)
        hosts.push_back(must(Host::parse("h" + std::to_string(number) + ".social.example")));
    }
    fill(*directory,
         *declarations,
         *findings,
         hosts,
         recipients::scope_facts(policies->adequacy.adequacy),
         clock.now());
    const recipients::Register cards{{*directory, *declarations, *findings, *findings, clock}, policies};
    const privacy::Day day{std::chrono::year{2026} / 11 / 22};
    for (int round = 0; round < std::atoi(argv[3]); ++round) {  // NOLINT(cert-err34-c)
        const auto begin = processor_seconds();
        const auto entries = must(directory->entries(hosts));
        const auto between = processor_seconds();
        const auto joined = must(cards.cards(hosts, day));
        const auto end = processor_seconds();
        std::cout << "entries " << between - begin << "\ncards " << end - between << "\n";
        if (joined.size() != hosts.size() || entries.size() != hosts.size()) {
            return 1;
        }
    }
    return 0;
}
