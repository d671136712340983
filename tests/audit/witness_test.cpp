#include "audit/witness.hpp"

#include <array>
#include <map>

#include <catch2/catch.hpp>

#include "audit/log_fixture.hpp"
#include "audit/witness_round.hpp"
#include "backends/sqlite/witness_book.hpp"
#include "fakes/remote_http.hpp"

using namespace fedtrail;  // NOLINT(google-build-using-namespace): a test of one room
using testing::MemoryGuard;
using testing::OneLog;
using testing::signer_named;
using testing::StoppedClock;

namespace {

struct Stand {
    testing::TempDir folder;
    MemoryGuard guard;
    StoppedClock clock;
    OneLog one{folder.path() / "log.db", guard, clock};
    std::unique_ptr<sqlite::SqliteWitnessBook> book{
        std::move(*sqlite::SqliteWitnessBook::open(folder.path() / "witness.db"))};
    audit::Witness witness{*book,
                           clock,
                           signer_named("w.example", ledger::NoteKeyKind::Witness, 9),
                           {signer_named("o.example").verifier()}};

    /// Grows the log, and gives its signed checkpoint.
    std::string grow(std::size_t more) {
        one.happen(more);
        REQUIRE(one.publisher.publish());
        return one.last().note;
    }
    std::vector<ledger::Hash> proof(std::uint64_t from) {
        const auto size = one.last().checkpoint.size;
        return *ledger::consistency_proof(
            from, size, ledger::subtrees_of(size, [&](const ledger::Tile& tile) {
                return one.log->tile(tile);
            }));
    }
    audit::WitnessAnswer ask(std::uint64_t from, const std::string& note) {
        return witness.add_checkpoint(audit::witness_question(from, proof(from), note));
    }
};

}  // namespace

TEST_CASE("A witness cosigns what continues the last thing it signed, and nothing else", "[log][witness]") {
    Stand stand;
    const auto first = stand.grow(3);
    const auto cosigned = stand.ask(0, first);
    REQUIRE(cosigned.status == 200);
    const auto note = ledger::Note::parse(first + cosigned.body);
    REQUIRE(note);
    const std::array keys{stand.witness.verifier()};
    const auto checked = ledger::check(*note, keys);
    REQUIRE(checked);
    REQUIRE(checked->size() == 1);
    CHECK(checked->front().time == to_unix_seconds(stand.clock.at));
    CHECK(stand.ask(3, first).status == 200);  // the same once more

    const auto second = stand.grow(5);
    CHECK(stand.ask(0, second).status == 409);
    CHECK(stand.ask(0, second).type == "text/x.tlog.size");
    CHECK(stand.ask(0, second).body == "3\n");
    CHECK(stand.witness.add_checkpoint(audit::witness_question(3, {}, second)).status == 422);
    auto wrong = stand.proof(3);
    wrong.front()[0] ^= std::byte{1};
    CHECK(stand.witness.add_checkpoint(audit::witness_question(3, wrong, second)).status == 422);
    CHECK(stand.ask(3, second).status == 200);
    CHECK(stand.witness.add_checkpoint(audit::witness_question(3, {}, first)).status == 409);
    CHECK(stand.witness.add_checkpoint(audit::witness_question(9, {}, second)).status == 400);
    CHECK(stand.book->last("o.example").value()->size == 8);
}

TEST_CASE("A witness does not cosign a fork", "[log][witness]") {
    Stand stand;
    REQUIRE(stand.ask(0, stand.grow(4)).status == 200);
    MemoryGuard guard;
    OneLog fork{stand.folder.path() / "fork.db", guard, stand.clock};
    fork.happen(4);
    REQUIRE(fork.publisher.publish());
    CHECK(stand.witness.add_checkpoint(audit::witness_question(4, {}, fork.last().note)).status == 409);
    fork.happen(2);
    REQUIRE(fork.publisher.publish());
    const auto proof = *ledger::consistency_proof(
        4, 6, ledger::subtrees_of(6, [&](const ledger::Tile& tile) { return fork.log->tile(tile); }));
    CHECK(stand.witness.add_checkpoint(audit::witness_question(4, proof, fork.last().note)).status == 422);
}

TEST_CASE("A witness answers strangers and nonsense as the protocol says", "[log][witness]") {
    Stand stand;
    const auto note = stand.grow(2);
    audit::Witness other{*stand.book,
                         stand.clock,
                         signer_named("w.example", ledger::NoteKeyKind::Witness, 9),
                         {signer_named("p.example").verifier(),
                          signer_named("o.example", ledger::NoteKeyKind::Log, 8).verifier()}};
    CHECK(other.add_checkpoint(audit::witness_question(0, {}, note)).status == 403);  // another key
    audit::Witness none{
        *stand.book, stand.clock, signer_named("w.example", ledger::NoteKeyKind::Witness, 9), {}};
    CHECK(none.add_checkpoint(audit::witness_question(0, {}, note)).status == 404);
    const std::vector<ledger::Hash> many(64);
    for (const auto& body : {std::string{},
                             std::string{"old\n\n"} + note,
                             std::string{"old -1\n\n"} + note,
                             std::string{"old 00\n\n"} + note,
                             std::string{"old 0\n"} + note,
                             std::string{"old 0\nAAAA\n\n"} + note,
                             std::string{"old 0\n\n"},
                             "old 0\n\n" + note.substr(0, note.size() - 1),
                             audit::witness_question(0, many, note),
                             std::string(80'000, 'x')}) {
        CHECK(stand.witness.add_checkpoint(body).status == 400);
    }
    const auto hash = hex(ledger::sha256(bytes_of("o.example")));
    CHECK(stand.witness.checkpoint(hash).status == 404);
    REQUIRE(stand.ask(0, note).status == 200);
    CHECK(stand.witness.checkpoint(hash).status == 200);
    CHECK(ledger::Note::parse(stand.witness.checkpoint(hash).body)->signatures.size() == 2);
    CHECK(stand.witness.checkpoint("00").status == 404);
}

TEST_CASE("Witnesses are asked until they cosign, and told what they missed", "[log][witness]") {
    Stand stand;
    int failures = 2;
    testing::FakeRemoteHttp http;
    http.server = [&](const RemoteRequest& request) {
        if (failures > 0) {
            --failures;
            return testing::failed(RemoteFault::NoConnection, false);
        }
        CHECK(request.url.text() == "https://w.example/witness/add-checkpoint");
        const auto answer = stand.witness.add_checkpoint(request.body);
        return testing::answered(answer.status, {}, answer.body);
    };
    int woken = 0;
    audit::WitnessRound round{{*stand.one.log, http, stand.clock},
                              {{*Uri::parse("https://w.example/witness"), stand.witness.verifier()}},
                              [&] { ++woken; }};
    REQUIRE(round.step());
    CHECK(http.requests().size() == 0);  // nothing was signed yet
    (void)stand.grow(3);
    for (int i = 0; i < 20 && round.standing().front().size == 0; ++i) {
        const auto next = round.step();
        REQUIRE(next);
        stand.clock.at += std::chrono::seconds{10};
    }
    CHECK(http.requests().size() == 3);
    CHECK(woken == 3);
    CHECK(round.standing().front().size == 3);
    CHECK(round.standing().front().trouble.empty());
    CHECK(stand.one.last().cosignatures == 1);
    const auto note = ledger::Note::parse(stand.one.last().note);
    const std::array keys{stand.witness.verifier(), signer_named("o.example").verifier()};
    REQUIRE(note);
    CHECK(ledger::check(*note, keys)->size() == 2);

    // After a restart nobody remembers what the witness knows: it says so.
    (void)stand.grow(4);
    audit::WitnessRound again{{*stand.one.log, http, stand.clock},
                              {{*Uri::parse("https://w.example/witness"), stand.witness.verifier()}},
                              [] {}};
    for (int i = 0; i < 4; ++i) {
        REQUIRE(again.step());
    }
    CHECK(again.standing().front().size == 7);
    CHECK(stand.one.last().cosignatures == 1);
}

TEST_CASE("A witness that answers nonsense is left alone for longer and longer", "[log][witness]") {
    Stand stand;
    (void)stand.grow(3);
    int turn = 0;
    testing::FakeRemoteHttp http;
    http.server = [&](const RemoteRequest&) {
        ++turn;
        return turn % 3 == 0 ? testing::answered(200, {}, "\xE2\x80\x94 w.example AAAA\n")
                             : testing::answered(409, {}, std::to_string(turn % 2) + "\n");
    };
    audit::WitnessRound round{{*stand.one.log, http, stand.clock},
                              {{*Uri::parse("https://w.example/witness"), stand.witness.verifier()}},
                              [] {}};
    for (int minute = 0; minute < 24 * 60; ++minute) {
        REQUIRE(round.step());
        stand.clock.at += std::chrono::minutes{1};
    }
    CHECK(http.requests().size() < 100);
    CHECK(stand.one.last().cosignatures == 0);
    CHECK_FALSE(round.standing().front().trouble.empty());
}

TEST_CASE("A cosignature of a time that no calendar has is none", "[log][witness]") {
    Stand stand;
    const auto note = ledger::Note::parse(stand.grow(3));
    REQUIRE(note);
    const auto signer = signer_named("w.example", ledger::NoteKeyKind::Witness, 9);
    const auto time =
        GENERATE(std::uint64_t{253'402'300'800}, std::uint64_t{INT64_MAX}, std::uint64_t{UINT64_MAX});
    CAPTURE(time);
    testing::FakeRemoteHttp http;
    http.server = [&](const RemoteRequest&) {
        auto lines = ledger::Note{note->text, {signer.sign(note->text, time)}}.write();
        lines.erase(0, note->text.size() + 1);
        return testing::answered(200, {}, lines);
    };
    audit::WitnessRound round{{*stand.one.log, http, stand.clock},
                              {{*Uri::parse("https://w.example/witness"), signer.verifier()}},
                              [] {}};
    REQUIRE(round.step());
    REQUIRE(round.step());
    REQUIRE(http.requests().size() == 1);
    CHECK(round.standing().front().size == 0);
    CHECK_FALSE(round.standing().front().trouble.empty());
    CHECK(stand.one.last().cosignatures == 0);
}
