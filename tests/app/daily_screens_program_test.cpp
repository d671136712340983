/// What an operator sees day by day, as a whole: the approved screens in tests/app/golden.

#include <string>

#include <catch2/catch.hpp>

#include "fedtrail/ledger/hash.hpp"
#include "fedtrail/ports/policy_archive.hpp"

#include "backends/sqlite/directory_book.hpp"
#include "golden.hpp"
#include "screens.hpp"

using fedtrail::testing::approved;
using fedtrail::testing::Screens;

namespace {

fedtrail::ReadPolicy policy_read(const std::string& text, std::int64_t unix_seconds) {
    fedtrail::ReadPolicy read;
    read.host = *fedtrail::Host::parse("big.example");
    read.url = "https://big.example/privacy-policy";
    read.language = "en";
    read.text = fedtrail::Personal<std::string>{text};
    read.sha256 = fedtrail::ledger::sha256(fedtrail::bytes_of(text));
    read.at = fedtrail::from_unix_seconds(unix_seconds);
    return read;
}

/// As if it had been asked on two days. Nobody else has the directory open.
void promise_twice(const std::filesystem::path& data) {
    auto directory = fedtrail::sqlite::SqliteDirectory::open_file(data / "directory.db",
                                                                  fedtrail::sqlite::OpenMode::ReadWrite);
    REQUIRE(directory);
    const std::string begins =
        "This is what we do with the data of the people who write to this server. You can contact us at "
        "privacy@big.example.\n\nWe do not share your data with third parties.\n\n";
    for (const auto& read : {policy_read(begins + "We keep server logs for 90 days.", 1'790'000'000),
                             policy_read(begins + "We keep server logs for 12 months.", 1'795'000'000)}) {
        REQUIRE((*directory)->keep({&read, 1}));
    }
}

}  // namespace

TEST_CASE("What is said of the state of things is the approved text", "[app][program][approval]") {
    Screens fresh{Screens::Ledger::Empty};
    fresh.run({"status"});
    fresh.run({"doctor"});
    CHECK(fresh.text() == approved("app/golden/fresh.txt", fresh.text()));
}

TEST_CASE("What is said of a request is the approved text", "[app][program][approval]") {
    Screens screens;
    const std::string alice = "https://origin.example/users/alice";
    screens.run({"erase", alice, "--dry-run"});
    screens.run({"erase", alice, "--received", "2026-01-05", "--review", "--reason", "left the server"});
    screens.run({"requests", "list"});
    screens.run({"requests", "show", "1"});
    screens.run({"requests", "start", "1"});
    screens.run({"requests", "show", "1", "--notices"});
    screens.run({"requests", "show", "1", "--recipient", "big.example"});
    screens.run({"requests", "show", "9"});
    screens.run({"status"});
    CHECK(screens.text() == approved("app/golden/requests.txt", screens.text()));
}

TEST_CASE("What is said of people is the approved text", "[app][program][approval]") {
    Screens screens;
    const std::string alice = "https://origin.example/users/alice";
    screens.run({"subjects", "list"});
    screens.run({"subjects", "show", alice});
    screens.run({"subjects", "show", "9"});
    screens.run({"subjects", "object", alice, "big.example", "--reason", "she asked"});
    screens.run({"subjects", "objections", alice});
    screens.run({"subjects", "allow", alice, "big.example"});
    screens.run({"subjects", "objections", alice});
    screens.run(
        {"subjects", "consent", alice, "--country", "US", "--given", "2026-11-01", "--evidence", "form 17"});
    screens.run({"subjects", "consent", alice, "--country", "US", "--withdrawn", "2026-11-20"});
    screens.run({"subjects", "consents", alice});
    screens.run({"subjects", "accesses", alice});
    screens.run({"subjects", "shred", "1", "--reason", "she left"});
    screens.run({"subjects", "shredded"});
    screens.run({"subjects", "list"});
    screens.run({"subjects", "show", alice});
    CHECK(screens.text() == approved("app/golden/people.txt", screens.text()));
}

TEST_CASE("What is said of lists of blocks is the approved text", "[app][program][approval]") {
    Screens screens;
    screens.write("blocks.csv",
                  "#domain,#severity,#reject_media,#reject_reports,#public_comment,#obfuscate\n"
                  "big.example,suspend,true,true,harassment,false\n"
                  "small.example,silence,false,false,spam,false\n"
                  "not a host,suspend,true,true,,false\n");
    screens.run({"recipients", "import", "--format", "mastodon", "blocks.csv", "--dry-run"});
    screens.run({"recipients", "import", "--format", "mastodon", "blocks.csv"});
    screens.run({"recipients", "import", "--format", "mastodon", "blocks.csv", "--as-rules"});
    screens.run({"recipients", "import", "--format", "lemmy", "blocks.csv"});
    screens.run({"recipients", "import", "--format", "mastodon", "none.csv"});
    screens.run({"recipients", "list"});
    CHECK(screens.text() == approved("app/golden/blocks.txt", screens.text()));
}

TEST_CASE("What is said of promises and of software is the approved text", "[app][program][approval]") {
    Screens screens;
    screens.run({"recipients", "policies", "big.example"});
    screens.run({"recipients", "policies", "--changed"});
    promise_twice(screens.data());
    screens.run({"recipients", "policies", "big.example"});
    screens.run({"recipients", "policies", "big.example", "--diff"});
    screens.run({"recipients", "policies", "--changed"});
    screens.run({"recipients", "policies"});
    screens.run({"recipients", "software"});
    CHECK(screens.text() == approved("app/golden/promises.txt", screens.text()));
}

TEST_CASE("What is said of the switch is the approved text", "[app][program][approval]") {
    Screens screens;
    screens.run({"transfers", "switch", "dpf"});
    screens.run({"recipients",
                 "set",
                 "big.example",
                 "country=US",
                 "dpf_list=yes",
                 "dpf_list.entity=Big Inc.",
                 "dpf_list.entry=EU-U.S. DPF",
                 "dpf_list.data_kind=non-HR",
                 "--reason",
                 "list looked at"});
    screens.run({"transfers", "switch", "dpf", "--off", "--dry-run", "--reason", "the court"});
    screens.run({"transfers", "switch", "dpf", "--off"});
    screens.run({"transfers", "switch", "dpf", "--off", "--reason", "the court"});
    screens.run({"transfers", "switch", "dpf", "--off", "--reason", "the court"});
    screens.run({"transfers", "switch", "dpf", "--on", "--reason", "the appeal"});
    screens.run({"transfers", "switch", "psi"});
    CHECK(screens.text() == approved("app/golden/switch.txt", screens.text()));
}
