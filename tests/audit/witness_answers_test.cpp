/// Witnesses that are asked, and answer what they should not.

#include <chrono>
#include <string>

#include <SQLiteCpp/SQLiteCpp.h>
#include <catch2/catch.hpp>

#include "audit/log_fixture.hpp"
#include "audit/witness_round.hpp"
#include "fakes/remote_http.hpp"

using namespace fedtrail;  // NOLINT(google-build-using-namespace): a test of one room
using testing::MemoryGuard;
using testing::OneLog;
using testing::signer_named;
using testing::StoppedClock;

namespace {

ledger::NoteSigner witness_named(const std::string& name) {
    return signer_named(name, ledger::NoteKeyKind::Witness, 9);
}

/// The lines of a note of `text` that `name` cosigns.
std::string cosigned_by(const std::string& name, const std::string& text) {
    auto lines = ledger::Note{text, {witness_named(name).sign(text, 1'800'000'000)}}.write();
    return lines.erase(0, text.size() + 1);
}

/// The text of the checkpoint that a question is about.
std::string text_in(const RemoteRequest& question) {
    const auto begin = question.body.find("\n\n") + 2;
    return ledger::Note::parse(question.body.substr(begin)).value().text;
}

/// A log with a checkpoint, and who is asked to cosign it.
struct Questions {
    testing::TempDir folder = testing::TempDir::in_memory();
    MemoryGuard guard;
    StoppedClock clock;
    OneLog one{folder.path() / "log.db", guard, clock};
    testing::FakeRemoteHttp http;

    explicit Questions(std::size_t leaves = 3) {
        one.happen(leaves);
        REQUIRE(one.publisher.publish());
    }
    static audit::AskedWitness asked(const std::string& name) {
        return {*Uri::parse("https://" + name + "/witness"), witness_named(name).verifier()};
    }
};

}  // namespace

TEST_CASE("A cosignature of another text than was asked about is not kept", "[log][witness]") {
    Questions q;
    q.http.server = [](const RemoteRequest& question) {
        const auto text = text_in(question) + "\nand more\n";
        return testing::answered(200, {}, "and more\n\n" + cosigned_by("w.example", text));
    };
    audit::WitnessRound round{{*q.one.log, q.http, q.clock}, {Questions::asked("w.example")}, [] {}};
    REQUIRE(round.step());
    REQUIRE(round.step());
    CHECK(q.one.last().cosignatures == 0);
    CHECK(round.standing().front().trouble == "its answer has no cosignature of its key");
}

TEST_CASE("A witness that says it has seen more than there is, is asked again later", "[log][witness]") {
    Questions q;
    bool confused = true;
    q.http.server = [&](const RemoteRequest& question) {
        return confused ? testing::answered(409, {}, "18446744073709551615\n")
                        : testing::answered(200, {}, cosigned_by("w.example", text_in(question)));
    };
    audit::WitnessRound round{{*q.one.log, q.http, q.clock}, {Questions::asked("w.example")}, [] {}};
    for (int minute = 0; minute < 60; ++minute) {
        REQUIRE(round.step());
        q.clock.at += std::chrono::minutes{1};
    }
    CHECK(q.http.requests().size() > 1);
    CHECK(q.http.requests().size() < 30);
    CHECK_THAT(round.standing().front().trouble, Catch::Contains("more than there are"));
    confused = false;
    for (int minute = 0; minute < 120; ++minute) {
        REQUIRE(round.step());
        q.clock.at += std::chrono::minutes{1};
    }
    CHECK(round.standing().front().size == 3);
    CHECK(q.one.last().cosignatures == 1);
}

TEST_CASE("A cosignature that cannot be kept leaves no other witness waiting", "[log][witness]") {
    Questions q;
    q.http.server = [](const RemoteRequest& question) {
        return testing::answered(200, {}, cosigned_by(question.url.host().text(), text_in(question)));
    };
    audit::WitnessRound round{
        {*q.one.log, q.http, q.clock}, {Questions::asked("a.example"), Questions::asked("b.example")}, [] {}};
    SQLite::Database store{(q.folder / "log.db").string(), SQLite::OPEN_READWRITE};
    store.exec(
        "CREATE TRIGGER no BEFORE INSERT ON cosignature WHEN NEW.witness = 'a.example' "
        "BEGIN SELECT RAISE(ABORT, 'no'); END");
    REQUIRE(round.step());  // asks both
    CHECK_FALSE(round.step());
    CHECK(round.standing().back().size == 3);
    store.exec("DROP TRIGGER no");
    REQUIRE(round.step());
    REQUIRE(round.step());
    CHECK(round.standing().front().size == 3);
    CHECK(q.one.last().cosignatures == 2);
}
