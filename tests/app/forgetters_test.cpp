/// What lies beside the stores goes with the person.

#include "app/forgetters.hpp"

#include <chrono>
#include <filesystem>
#include <fstream>
#include <set>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "app/restore_note.hpp"
#include "backends/openssl/cipher.hpp"
#include "fakes/notice_book.hpp"
#include "fakes/request_book.hpp"
#include "fakes/subject_vault.hpp"
#include "temp_dir.hpp"

using namespace fedtrail;           // NOLINT(google-build-using-namespace): a test
using namespace fedtrail::testing;  // NOLINT(google-build-using-namespace): a test
using namespace std::chrono_literals;
namespace fs = std::filesystem;

namespace {

/// A folder of letters, and who has notices of which case.
struct LetterCabinet {
    TempDir dir;
    FakeRequestBook requests;
    FakeNoticeBook notices{requests};
    app::LetterForgetter letters{notices, dir.path()};

    /// A withdrawn request of theirs with one notice, of which no letter is recorded: "1-1".
    std::string withdrawn(std::uint64_t subject) {
        records::ErasureRequest request;
        request.subject = privacy::SubjectNumber{subject};
        request.state = privacy::RequestState::Withdrawn;
        const auto opened = requests.open(request, {});
        REQUIRE(opened);
        records::Notice notice;
        notice.request = opened->number;
        notice.subject = request.subject;
        notice.recipient = *Host::parse("a.example");
        notice.steps = {{fediverse::StepKind::DeleteObject, {}, 1, 0}, {}};
        const std::vector<records::ErasedObject> objects{
            {Personal<std::string>{"https://o.example/notes/1"}, {}, false}};
        REQUIRE(notices.plan(opened->number, objects, std::vector{notice}));
        NoticeFilter filter;
        filter.request = opened->number;
        const auto planned = notices.notices(filter);
        REQUIRE((planned && planned->size() == 1));
        return erasure::reference_of(planned->front());
    }
    void put(const std::string& name) const { std::ofstream{dir / name} << "of alice@o.example"; }
    [[nodiscard]] std::set<std::string> names() const {
        std::set<std::string> found;
        for (const auto& entry : std::filesystem::directory_iterator{dir.path()}) {
            found.insert(entry.path().filename().string());
        }
        return found;
    }
};

}  // namespace

TEST_CASE("A letter whose writing nobody recorded goes with the person", "[app][letters]") {
    LetterCabinet cabinet;
    const auto theirs = cabinet.withdrawn(1);
    const auto others = cabinet.withdrawn(2);
    REQUIRE(theirs == "1-1");
    erasure::LetterFolder folder{cabinet.dir.path()};
    for (const auto& reference : {theirs, others}) {
        Letter letter;
        letter.message_id = erasure::letter_id(reference, "first", "o.example");
        REQUIRE(folder.send(letter));
    }
    cabinet.put("fedtrail-1-12-first.txt");  // of another case
    cabinet.put("fedtrail-1-1-second.txt");
    REQUIRE(cabinet.letters.forget(privacy::SubjectNumber{1}));
    CHECK(cabinet.names() ==
          std::set<std::string>{"fedtrail-1-12-first.txt", "fedtrail-" + others + "-first.txt"});
}

TEST_CASE("Half a letter goes with anybody, at the start, and when its time is over", "[app][letters]") {
    LetterCabinet cabinet;
    cabinet.put("fedtrail-1-1-first.txt.part");
    cabinet.put("fedtrail-1-1-first.txt");
    const std::set<std::string> whole{"fedtrail-1-1-first.txt"};
    SECTION("anybody") {
        REQUIRE(cabinet.letters.forget(privacy::SubjectNumber{9}));
        CHECK(cabinet.names() == whole);
    }
    SECTION("start") {
        REQUIRE(cabinet.letters.remove_unfinished());
        CHECK(cabinet.names() == whole);
    }
    SECTION("time") {
        const auto later =
            std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now()) + 1h;
        cabinet.put("fedtrail.toml");  // somebody keeps letters where other things are
        const auto dropped = cabinet.letters.drop_before(later, false);
        REQUIRE(dropped);
        CHECK(dropped->dropped == 2);
        CHECK(cabinet.names() == std::set<std::string>{"fedtrail.toml"});
    }
}

TEST_CASE("A folder of letters that cannot be searched holds up whoever is shredded", "[app][letters]") {
    const TempDir dir;
    std::ofstream{dir / "letters"} << "no folder";
    FakeRequestBook requests;
    const FakeNoticeBook notices{requests};
    const auto letters_of = [&](const fs::path& folder) { return app::LetterForgetter{notices, folder}; };
    auto letters = letters_of(dir / "letters");
    const auto forgotten = letters.forget(privacy::SubjectNumber{1});
    REQUIRE_FALSE(forgotten);
    CHECK(forgotten.error().kind == ErrorKind::Unavailable);
    CHECK_FALSE(letters.drop_before(Instant{}, false));
    CHECK_FALSE(letters.set_aside(std::string{app::kSetAside} + "then"));
    CHECK(letters_of(dir / "nowhere").forget(privacy::SubjectNumber{1}));
}

TEST_CASE("Stores from before a restore are looked for, and not to see them is no good sign",
          "[app][set_aside]") {
    const TempDir dir;
    const auto overwrite = [](const fs::path& store) {
        return app::SetAsideStores{std::vector{store}}.overwrite();
    };
    CHECK(overwrite(dir / "vault.db"));
    CHECK(overwrite(dir / "not_yet" / "vault.db"));
    std::ofstream{dir / "a_file"} << "no folder";
    CHECK(overwrite(dir / "a_file" / "vault.db").error().kind == ErrorKind::Unavailable);
    std::ofstream{dir / ("vault.db" + std::string{app::kSetAside} + "1")} << "from before";
    CHECK(overwrite(dir / "vault.db").error().kind == ErrorKind::Unavailable);
    CHECK(overwrite(dir / "cases.db"));

    const auto before = fs::current_path();
    fs::current_path(dir.path());
    const auto beside = overwrite("vault.db");
    fs::current_path(before);
    CHECK_FALSE(beside);
}

TEST_CASE("Copies of a restore that did not come further go with whoever is shredded", "[app][set_aside]") {
    const TempDir dir;
    const auto copy = dir / ("vault.db" + std::string{app::kStaged});
    std::ofstream{copy} << "keys of a backup";
    std::ofstream{dir / "vault.db"} << "keys";
    REQUIRE(app::SetAsideStores{std::vector{dir / "vault.db"}}.overwrite());
    CHECK_FALSE(fs::exists(copy));
    CHECK(fs::exists(dir / "vault.db"));
}

TEST_CASE("What lies aside of one store keeps no copy of another", "[app][set_aside]") {
    const TempDir dir;
    std::ofstream{dir / ("vault.db" + std::string{app::kSetAside} + "1")} << "from before";
    const auto copy = dir / ("cases.db" + std::string{app::kStaged});
    std::ofstream{copy} << "cases of a backup";
    CHECK_FALSE(app::SetAsideStores{std::vector{dir / "vault.db", dir / "cases.db"}}.overwrite());
    CHECK_FALSE(fs::exists(copy));
}

TEST_CASE("Pages whose printing was killed go with whoever is shredded", "[app][pages]") {
    const TempDir dir;
    app::PageForgetter pages{dir / "tmp"};
    CHECK(pages.forget(privacy::SubjectNumber{1}));  // nothing was printed yet
    fs::create_directories(dir / "tmp" / "print.a1B2c3");
    std::ofstream{dir / "tmp" / "print.a1B2c3" / "report.html"} << "of alice@o.example";
    std::ofstream{dir / "tmp" / "scratch"} << "of another kind";
    CHECK(pages.forget(privacy::SubjectNumber{1}));
    CHECK_FALSE(fs::exists(dir / "tmp" / "print.a1B2c3"));
    CHECK(fs::exists(dir / "tmp" / "scratch"));
    std::ofstream{dir / "a_file"} << "no folder";
    app::PageForgetter blind{dir / "a_file" / "tmp"};
    CHECK(blind.forget(privacy::SubjectNumber{1}).error().kind == ErrorKind::Unavailable);
}

TEST_CASE("A person's own tokens go with them, and those of others no longer name them", "[app][tokens]") {
    const TempDir dir;
    const auto cipher = openssl::OpensslCipher::make();
    REQUIRE(cipher);
    app::TokenBook tokens{dir.path(), **cipher};
    FakeSubjectVault vault;
    const auto alice = *vault.enrol(*Uri::parse("https://o.example/users/alice"), "alice");
    const auto bob = *vault.enrol(*Uri::parse("https://o.example/users/bob"), "bob");
    REQUIRE(tokens.create({Scope::SubjectSelf}, alice, "hers", {}));
    REQUIRE(tokens.create({Scope::SubjectSelf}, bob, "his", {}));
    const auto auditor = tokens.create({Scope::AuditRead}, std::nullopt, "auditor for Alice@o.example", {});
    REQUIRE(auditor);
    REQUIRE(tokens.create({Scope::Admin}, std::nullopt, "the console of malice", {}));

    app::NoteForgetter by_name{tokens, vault};
    REQUIRE(by_name.forget(alice));
    vault.shred(alice);
    REQUIRE(by_name.forget(alice));  // again, after a crash
    app::TokenForgetter own{tokens};
    REQUIRE(own.forget(alice));
    const auto left = tokens.list();
    REQUIRE(left);
    std::vector<std::string> notes;
    for (const auto& entry : *left) {
        notes.push_back(entry.note);
    }
    CHECK(notes == std::vector<std::string>{"his", "", "the console of malice"});
    CHECK(tokens.admit(auditor->token));
    vault.failure = ErrorKind::Unavailable;
    CHECK_FALSE(by_name.forget(bob));  // the key has to wait
}

TEST_CASE("A broken file of tokens holds no key back, and is reported afterwards", "[app][tokens]") {
    const TempDir dir;
    const auto cipher = openssl::OpensslCipher::make();
    REQUIRE(cipher);
    app::TokenBook tokens{dir.path(), **cipher};
    FakeSubjectVault vault;
    const auto alice = *vault.enrol(*Uri::parse("https://o.example/users/alice"), "alice");
    std::ofstream{dir / "tokens.json"} << "{";
    CHECK(app::NoteForgetter{tokens, vault}.forget(alice));
    CHECK(app::TokenForgetter{tokens}.forget(alice).error().kind == ErrorKind::Corrupt);
}

TEST_CASE("Of a book of tokens that was repaired after somebody went no note is left", "[app][tokens]") {
    const TempDir dir;
    const auto cipher = openssl::OpensslCipher::make();
    REQUIRE(cipher);
    app::TokenBook tokens{dir.path(), **cipher};
    FakeSubjectVault vault;
    const auto alice = *vault.enrol(*Uri::parse("https://o.example/users/alice"), "alice");
    const auto auditor = tokens.create({Scope::AuditRead}, std::nullopt, "for alice@o.example", {});
    REQUIRE(auditor);
    fs::rename(dir / "tokens.json", dir / "whole.json");
    std::ofstream{dir / "tokens.json"} << "{";
    REQUIRE(app::NoteForgetter{tokens, vault}.forget(alice));
    vault.shred(alice);
    fs::rename(dir / "whole.json", dir / "tokens.json");
    const auto note = [&] { return tokens.list()->front().note; };
    REQUIRE(app::NoteForgetter{tokens, vault}.forget(alice));
    CHECK(note() == "for alice@o.example");
    app::TokenForgetter own{tokens};
    REQUIRE(own.forget(alice));
    CHECK(note().empty());
    CHECK(tokens.admit(auditor->token));
    REQUIRE(tokens.create({Scope::Admin}, std::nullopt, "later", {}));
    REQUIRE(own.forget(alice));  // once is enough
    CHECK(tokens.list()->back().note == "later");
}
