/// What a witness remembers, with one octet changed.

#include <array>
#include <filesystem>
#include <fstream>
#include <optional>
#include <string>
#include <vector>

#include <SQLiteCpp/SQLiteCpp.h>
#include <catch2/catch.hpp>

#include "audit/log_fixture.hpp"
#include "audit/witness.hpp"
#include "backends/sqlite/witness_book.hpp"

using namespace fedtrail;  // NOLINT(google-build-using-namespace): a test of one room
using sqlite::SqliteWitnessBook;
using testing::MemoryGuard;
using testing::OneLog;
using testing::signer_named;
using testing::StoppedClock;

namespace {

constexpr std::array<const char*, 3> kOrigins{"a.example", "b.example", "c.example"};

ledger::NoteSigner own_signer() {
    return signer_named("w.example", ledger::NoteKeyKind::Witness, 9);
}

/// The keys of all logs but the last, which is a witnessed one no more.
std::vector<ledger::VerifierKey> known_logs() {
    return {signer_named(kOrigins[0]).verifier(), signer_named(kOrigins[1]).verifier()};
}

/// A witness that has cosigned a checkpoint of each log.
struct CosignedShelf {
    testing::TempDir folder = testing::TempDir::in_memory();
    std::filesystem::path file = folder / "witness.db";

    CosignedShelf() {
        const auto book = *SqliteWitnessBook::open(file);
        std::uint64_t size = 3;
        for (const auto* origin : kOrigins) {
            REQUIRE(book->advance(origin, [&](const auto&) { return cosigned(origin, ++size); }));
        }
    }
    static Result<Witnessed> cosigned(const std::string& origin, std::uint64_t size) {
        constexpr std::uint64_t kAt = 1'800'000'000;
        ledger::Note note;
        note.text = ledger::Checkpoint{origin, size, ledger::sha256(bytes_of(origin))}.text();
        note.signatures = {signer_named(origin).sign(note.text), own_signer().sign(note.text, kAt)};
        return Witnessed{origin, size, kAt, note.write()};
    }
    /// Nothing if a fault is found. Of a log whose key is not known its own signature is not told: nothing
    /// shows whether it is as it was, and nobody is answered with it.
    [[nodiscard]] std::optional<std::string> whole() const {
        const auto book = SqliteWitnessBook::open(file);
        const auto rows = book ? (*book)->rows() : Result<sqlite::WitnessRows>{fail(book)};
        if (!rows || !rows->faults.empty()) {
            return std::nullopt;
        }
        std::string told;
        for (const auto& known : rows->logs) {
            if (!audit::is_as_cosigned(known, own_signer().verifier(), known_logs())) {
                return std::nullopt;
            }
            told += known.origin == kOrigins.back() ? ledger::Note::parse(known.note)->text : known.note;
        }
        return told;
    }
};

}  // namespace

TEST_CASE("A flipped octet of what a witness remembers is found or changes nothing",
          "[log][witness][doctor]") {
    const CosignedShelf shelf;
    const auto told = shelf.whole();
    REQUIRE(told);
    std::fstream stream{shelf.file, std::ios::in | std::ios::out | std::ios::binary};
    const auto size = static_cast<std::streamoff>(std::filesystem::file_size(shelf.file));
    std::size_t found = 0;
    for (std::streamoff place = 100; place < size; place += 29) {
        const auto flip = [&] {
            stream.seekg(place);
            const auto octet = static_cast<char>(stream.get());
            stream.seekp(place);
            stream.put(static_cast<char>(octet ^ 4));
            stream.flush();
        };
        flip();
        const auto now = shelf.whole();
        CAPTURE(place);
        CHECK((!now || now == told));
        found += now ? 0 : 1;
        flip();
    }
    CHECK(found > 20);  // most of a small file is room to spare
    CHECK(shelf.whole() == told);
}

TEST_CASE("No value of a witnessed log can be another", "[log][witness][doctor]") {
    const auto own = own_signer().verifier();
    const auto logs = known_logs();
    const auto sound = *CosignedShelf::cosigned("a.example", 4);
    REQUIRE(audit::is_as_cosigned(sound, own, logs));
    const auto refused = [&](const auto& change) {
        auto changed = sound;
        change(changed);
        CHECK_FALSE(audit::is_as_cosigned(changed, own, logs));
    };
    refused([](Witnessed& known) { known.origin = "b.example"; });
    refused([](Witnessed& known) { --known.size; });
    refused([](Witnessed& known) { ++known.unix_seconds; });
    refused([](Witnessed& known) { known.note.clear(); });
    for (std::size_t place = 0; place < sound.note.size(); ++place) {
        CAPTURE(place);
        refused([place](Witnessed& known) { known.note[place] = static_cast<char>(known.note[place] ^ 1); });
    }
    const auto other = *CosignedShelf::cosigned("c.example", 4);
    CHECK(audit::is_as_cosigned(other, own, logs));
    const std::vector another{signer_named("c.example", ledger::NoteKeyKind::Log, 8).verifier()};
    CHECK_FALSE(audit::is_as_cosigned(other, own, another));
    CHECK_FALSE(audit::is_as_cosigned(other, signer_named("w.example").verifier(), logs));
}

TEST_CASE("A witness cosigns nothing of a log whose size it remembers wrongly", "[log][witness]") {
    const testing::TempDir folder;
    MemoryGuard guard;
    const StoppedClock clock;
    OneLog one{folder / "log.db", guard, clock};
    const auto book = *SqliteWitnessBook::open(folder / "witness.db");
    audit::Witness witness{*book, clock, own_signer(), {signer_named("o.example").verifier()}};
    const auto ask = [&](std::uint64_t from) {
        const auto last = one.last();
        const auto size = last.checkpoint.size;
        const auto proof =
            *ledger::consistency_proof(from, size, ledger::subtrees_of(size, [&](const ledger::Tile& tile) {
                                           return one.log->tile(tile);
                                       }));
        return witness.add_checkpoint(audit::witness_question(from, proof, last.note)).status;
    };
    one.happen(3);
    REQUIRE(one.publisher.publish());
    REQUIRE(ask(0) == 200);
    SQLite::Database{(folder / "witness.db").string(), SQLite::OPEN_READWRITE}.exec(
        "UPDATE witnessed SET size = 2");
    one.happen(2);
    REQUIRE(one.publisher.publish());
    CHECK(ask(2) == 500);
}
