#include <csignal>
#include <fstream>
#include <map>
#include <random>

#include <SQLiteCpp/SQLiteCpp.h>
#include <catch2/catch.hpp>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "backends/sqlite/ledger_shelf.hpp"

using namespace fedtrail;  // NOLINT(google-build-using-namespace): a test of one room
using namespace std::chrono_literals;
using fedtrail::sqlite::check_ledger;
using fedtrail::sqlite::LedgerOptions;
using fedtrail::sqlite::SqliteLedgerReader;
using fedtrail::sqlite::SqliteLedgerWriter;
using privacy::SubjectNumber;
using testing::derived_rows;
using testing::fill;
using testing::observation_of;
using testing::quick;

TEST_CASE("A sound ledger is found sound", "[ledger][sqlite][doctor]") {
    const testing::TempDir folder;
    const testing::NumberedKeys keys;
    testing::LedgerModel model;
    fill(folder.path() / "ledger.db", keys, quick(), model);
    const auto check = check_ledger(folder.path() / "ledger.db", keys);
    REQUIRE(check);
    CAPTURE(check->faults);
    CHECK(check->faults.empty());
    CHECK(check->rows > 100);
}

TEST_CASE("What is derived is made again byte for byte", "[ledger][sqlite]") {
    const testing::TempDir folder;
    const testing::NumberedKeys keys;
    testing::LedgerModel model;
    auto options = quick();
    options.keep_journal = true;
    const auto path = folder.path() / "ledger.db";
    fill(path, keys, options, model, 1500);
    const auto before = derived_rows(path);
    REQUIRE(before.at("chunk").size() > 5);
    const auto writer = SqliteLedgerWriter::open(path, keys, options);
    REQUIRE((*writer)->rebuild());
    CHECK(derived_rows(path) == before);
    REQUIRE(check_ledger(path, keys)->faults.empty());
}

TEST_CASE("A journal that was not kept whole is not rebuilt from", "[ledger][sqlite]") {
    const testing::TempDir folder;
    const testing::NumberedKeys keys;
    testing::LedgerModel model;
    const auto path = folder.path() / "ledger.db";
    fill(path, keys, quick(), model);
    const auto before = derived_rows(path);
    const auto writer = SqliteLedgerWriter::open(path, keys, quick());
    const auto rebuilt = (*writer)->rebuild();
    REQUIRE_FALSE(rebuilt);
    CHECK(rebuilt.error().kind == ErrorKind::Conflict);
    CHECK(derived_rows(path) == before);
}

TEST_CASE("The same observation twice is one, open or sealed", "[ledger][sqlite]") {
    const testing::TempDir folder;
    const testing::NumberedKeys keys;
    const auto path = folder.path() / "ledger.db";
    auto writer = SqliteLedgerWriter::open(path, keys, quick());
    const std::string id = "https://origin.example/users/u/statuses/5";
    const auto observation = observation_of(**writer, id, 1'700'000'001);
    CHECK(*(*writer)->add(observation));
    CHECK_FALSE(*(*writer)->add(observation));
    REQUIRE((*writer)->commit());
    CHECK_FALSE(*(*writer)->add(observation));
    REQUIRE((*writer)->fold(from_unix_seconds(1'700'000'000) + 24h * 30)->activities == 1);
    CHECK_FALSE(*(*writer)->add(observation_of(**writer, id, 1'700'000'001)));
    CHECK(*(*writer)->add(observation_of(**writer, id, 1'700'000'002)));
    CHECK_FALSE(*(*writer)->add(observation_of(**writer, id, 1'700'000'002)));
    REQUIRE((*writer)->commit());
    writer->reset();
    writer = SqliteLedgerWriter::open(path, keys, quick());
    CHECK_FALSE(*(*writer)->add(observation_of(**writer, id, 1'700'000'001)));
    CHECK_FALSE(*(*writer)->add(observation_of(**writer, id, 1'700'000'002)));
    const auto reader = SqliteLedgerReader::open(path, keys);
    CHECK((*reader)->recipients_of(SubjectNumber{1}, {})->front().disclosures == 2);
    CHECK((*reader)->recipients_of(SubjectNumber{1}, {})->front().objects == 1);
}

TEST_CASE("An attempt dated a lifetime from its activity is refused, and nothing is lost",
          "[ledger][sqlite]") {
    const testing::TempDir folder;
    const testing::NumberedKeys keys;
    auto writer = SqliteLedgerWriter::open(folder.path() / "ledger.db", keys, quick());
    const std::string id = "https://origin.example/users/u/statuses/5";
    const std::int64_t at = 1'700'000'000;  // the activity's own time
    CHECK((*writer)->add(observation_of(**writer, id, at)).value());
    CHECK((*writer)->add(observation_of(**writer, id, at + INT32_MAX)).value());
    const auto refused = (*writer)->add(observation_of(**writer, id, at + INT32_MAX + 1));
    REQUIRE_FALSE(refused);
    CHECK(refused.error().kind == ErrorKind::Invalid);
    REQUIRE((*writer)->commit());
    const auto reader = SqliteLedgerReader::open(folder.path() / "ledger.db", keys);
    CHECK((*reader)->recipients_of(SubjectNumber{1}, {})->front().disclosures == 2);
}

TEST_CASE("Any flipped byte is found, or changes nothing", "[ledger][sqlite][doctor]") {
    const testing::TempDir folder;
    const testing::NumberedKeys keys;
    testing::LedgerModel model;
    const auto path = folder.path() / "ledger.db";
    fill(path, keys, quick(), model, 120);
    std::ifstream in{path, std::ios::binary};
    const std::string sound{std::istreambuf_iterator<char>{in}, {}};
    REQUIRE(sound.size() > 50'000);
    std::mt19937_64 random{3};  // NOLINT(cert-msc51-cpp): the same bytes every time
    const auto damaged = folder.path() / "damaged.db";
    int found = 0;
    for (int round = 0; round < 600; ++round) {
        auto bytes = sound;
        const auto place = random() % bytes.size();
        bytes[place] = static_cast<char>(bytes[place] ^ static_cast<char>(1 + random() % 255));
        {
            std::ofstream out{damaged, std::ios::binary | std::ios::trunc};
            out << bytes;
        }
        std::filesystem::remove(damaged.string() + "-wal");
        std::filesystem::remove(damaged.string() + "-shm");
        const auto check = check_ledger(damaged, keys);
        if (!check || !check->faults.empty()) {
            ++found;
            continue;
        }
        CAPTURE(place);
        const auto reader = SqliteLedgerReader::open(damaged, keys);
        REQUIRE(reader);
        for (std::uint64_t subject = 1; subject <= 5; ++subject) {
            REQUIRE(*(*reader)->recipients_of(SubjectNumber{subject}, {}) == model.recipients_of(subject));
        }
        const auto totals = (*reader)->totals();
        REQUIRE(totals);
        REQUIRE(totals->unread_tunnels == 1);
        REQUIRE(totals->gap_deliveries == 3);
    }
    CHECK(found > 100);  // most of a small file is room to spare
}

TEST_CASE("A commit that fails leaves nothing behind and the next one works", "[ledger][sqlite][faults]") {
    const testing::TempDir folder;
    const testing::NumberedKeys keys;
    const auto path = folder.path() / "ledger.db";
    const auto writer = SqliteLedgerWriter::open(path, keys, quick());
    const std::string base = "https://origin.example/users/u/statuses/";
    REQUIRE(*(*writer)->add(observation_of(**writer, base + "1", 1'700'000'001)));
    REQUIRE((*writer)->commit());
    std::signal(SIGXFSZ, SIG_IGN);
    rlimit unlimited{};
    getrlimit(RLIMIT_FSIZE, &unlimited);
    const rlimit none{1, unlimited.rlim_max};
    REQUIRE(*(*writer)->add(observation_of(**writer, base + "2", 1'700'000'002)));
    setrlimit(RLIMIT_FSIZE, &none);
    const auto refused = (*writer)->commit();
    setrlimit(RLIMIT_FSIZE, &unlimited);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().kind == ErrorKind::Unavailable);
    REQUIRE(*(*writer)->add(observation_of(**writer, base + "3", 1'700'000'003)));
    REQUIRE((*writer)->commit());
    const auto reader = SqliteLedgerReader::open(path, keys);
    const auto pairs = (*reader)->recipients_of(SubjectNumber{1}, {});
    REQUIRE(pairs->size() == 1);
    CHECK(pairs->front().objects == 2);
    CHECK((*reader)->holders_of(SubjectNumber{1}, *Uri::parse(base + "2"))->empty());
    CHECK((*reader)->holders_of(SubjectNumber{1}, *Uri::parse(base + "3"))->size() == 1);
    CHECK(check_ledger(path, keys)->faults.empty());
}

TEST_CASE("What was committed survives kill -9 at any moment", "[ledger][sqlite][crash]") {
    const testing::NumberedKeys keys;
    std::mt19937_64 random{9};  // NOLINT(cert-msc51-cpp): the same moments every time, more or less
    for (int round = 0; round < 10; ++round) {
        const testing::TempDir folder;
        const auto path = folder.path() / "ledger.db";
        int acknowledged[2];
        REQUIRE(pipe(acknowledged) == 0);
        const auto child = fork();
        if (child == 0) {
            const auto writer = SqliteLedgerWriter::open(path, keys, quick());
            for (std::int64_t i = 0; i < 100'000; ++i) {
                auto kept = (*writer)->add(observation_of(
                    **writer, "https://origin.example/p/" + std::to_string(i), 1'700'000'000 + i));
                const bool folds = i % 50 == 49;
                if (!kept || (folds && !(*writer)->fold(from_unix_seconds(1'700'000'000 + i) + 24h * 30)) ||
                    (!folds && !(*writer)->commit()) || write(acknowledged[1], "+", 1) != 1) {
                    _exit(1);
                }
            }
            _exit(0);
        }
        close(acknowledged[1]);
        std::uint64_t count = 0;
        char byte{};
        const auto enough = 30 + random() % 400;
        while (count < enough && read(acknowledged[0], &byte, 1) == 1) {
            ++count;
        }
        kill(child, SIGKILL);
        while (read(acknowledged[0], &byte, 1) == 1) {
            ++count;
        }
        close(acknowledged[0]);
        waitpid(child, nullptr, 0);
        const auto writer = SqliteLedgerWriter::open(path, keys, quick());
        REQUIRE(writer);
        const auto reader = SqliteLedgerReader::open(path, keys);
        const auto pairs = (*reader)->recipients_of(SubjectNumber{1}, {});
        REQUIRE(pairs);
        REQUIRE(pairs->size() == 1);
        CHECK(pairs->front().disclosures >= count);
        CHECK(pairs->front().disclosures <= count + 1);
        CHECK(check_ledger(path, keys)->faults.empty());
    }
}
