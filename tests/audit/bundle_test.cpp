#include <algorithm>
#include <random>
#include <sstream>

#include <catch2/catch.hpp>

#include "fedtrail/core/base64.hpp"

#include "audit/crafted.hpp"
#include "audit/example_log.hpp"
#include "audit/verifier.hpp"

using namespace fedtrail;           // NOLINT(google-build-using-namespace): a test
using namespace fedtrail::audit;    // NOLINT(google-build-using-namespace)
using namespace fedtrail::testing;  // NOLINT(google-build-using-namespace)

namespace {

const std::vector<Scope> all_scopes{
    Everything{},
    Period{},
    Period{from_unix_seconds(kDayOne + 3'600), from_unix_seconds(kDayOne + 5'003)},
    Period{std::nullopt, from_unix_seconds(kDayOne + 5)},
    Scope{records::RequestNumber{2}},
    Scope{privacy::SubjectNumber{7}},
    Scope{privacy::SubjectNumber{8}},
    Scope{privacy::SubjectNumber{99}}};
const std::vector<Level> all_levels{Level::Full, Level::Pseudonymised, Level::Minimal};

std::size_t count_of(const std::string& text, std::string_view what) {
    std::size_t count = 0;
    for (auto at = text.find(what); at != std::string::npos; at = text.find(what, at + 1)) {
        ++count;
    }
    return count;
}

}  // namespace

TEST_CASE("Bundles of every scope and level hold, and are the same octets again", "[audit]") {
    const ExampleLog log;
    for (const auto level : all_levels) {
        for (const auto& scope : all_scopes) {
            CAPTURE(name_of(level), scope_text(scope));
            const auto bundle = bundle_of(log, scope, level);
            const auto found = verified(bundle, {{log_key().verifier(), witness_key().verifier()}, {}});
            CHECK(faults(found).empty());
            CHECK(found.holds());
            REQUIRE(found.manifest.has_value());
            CHECK(scope_text(found.manifest->scope) == scope_text(scope));
            CHECK(found.manifest->unlogged == records::Unlogged{7, from_unix_seconds(1'767'225'600)});
            CHECK(bundle == bundle_of(ExampleLog{}, scope, level));
        }
    }
}

TEST_CASE("A bundle of everything shows everything", "[audit]") {
    const ExampleLog log;
    const auto bundle = bundle_of(log, Everything{});
    const auto found = verified(bundle);
    REQUIRE(found.manifest.has_value());
    CHECK(found.manifest->counts.skipped == 0);
    CHECK(found.manifest->counts.left_out == 0);
    CHECK(total_of(found.manifest->counts.closed) == 0);
    CHECK(found.manifest->counts.windows == 3);
    for (const auto count : found.manifest->counts.opened) {
        CHECK(count > 0);  // one of every kind
    }
    const auto records = member_of(bundle, "records.ndjson");
    CHECK(
        records.find(
            R"("facts":{"subject":7,"number":2,"type":"Create","categories":["profile","post_text","poll_vote"],)"
            R"("visibility":"followers","id":"https://o.example/users/anna/2/activity","refers":1,)"
            R"("attempts":[[1,0,"push","accepted",202],[1,15,"push","sent",500],)"
            R"([2,0,"push","accepted",202],[2,30,"push","sent",500]]}})") != std::string::npos);
    CHECK(records.find(R"("kind":"notice_attempt","at":"2026-01-01T01:23:22.007Z")") != std::string::npos);
    CHECK(member_of(bundle, "policies/0/old.json") == "old");
    CHECK(member_of(bundle, "policies/2/transfer-rules.json") == example_policy());
    CHECK(member_of(bundle, "policies/2/texts/de/x.json") == "de");
    CHECK(member_of(bundle, "policies/2/lost.json") == "none");
    std::string absent;
    for (const auto& each : found.manifest->absent) {
        absent += each.path + " " + std::string{name_of(each.why)} + "\n";
    }
    CHECK(absent ==
          "policies/2/lost.json not_kept\n"
          "papers/request-2/letters/notice-11-1.txt not_kept\n"
          "papers/request-3/letters/notice-11-1.txt not_kept\n");
    CHECK(member_of(bundle, "papers/request-2/answer.md").find("a.example") != std::string::npos);
    CHECK(count_of(member_of(bundle, "checkpoints.ndjson"), "\n") == 2);
}

TEST_CASE("A bundle about a request shows its person, and nobody else", "[audit]") {
    const ExampleLog log;
    for (const Scope& scope : {Scope{records::RequestNumber{2}}, Scope{privacy::SubjectNumber{7}}}) {
        const auto records = member_of(bundle_of(log, scope), "records.ndjson");
        CHECK(count_of(records, "\"kind\":\"activity\"") == 10);
        CHECK(count_of(records, "\"kind\":\"request_event\"") == 2);
        CHECK(count_of(records, "\"kind\":\"notice_") == 4);
        CHECK(count_of(records, "\"kind\":\"access\"") == 1);
        CHECK(count_of(records, "\"kind\":\"recipient_name\"") == 3);
        CHECK(count_of(records, "\"subject\":8") == 0);
        CHECK(count_of(records, "ben") == 0);
    }
    std::ostringstream out;
    const auto none =
        export_bundle(log, log.signer(), order_for(records::RequestNumber{77}, Level::Full), out);
    REQUIRE_FALSE(none.has_value());
    CHECK(none.error().kind == ErrorKind::NotFound);
}

TEST_CASE("A pseudonymised bundle holds no URI, no reason and no paper; a minimal one no record of a person",
          "[audit]") {
    const ExampleLog log;
    for (const auto& scope : all_scopes) {
        const auto pseudonymised = bundle_of(log, scope, Level::Pseudonymised);
        CHECK(count_of(pseudonymised, "o.example/users") == 0);
        CHECK(count_of(pseudonymised, "they asked") == 0);
        CHECK(count_of(pseudonymised, "papers/") == 0);
        const auto minimal = member_of(bundle_of(log, scope, Level::Minimal), "records.ndjson");
        CHECK(count_of(minimal, "\"in\":") == 0);
        CHECK(count_of(minimal, "subject") == 0);
        CHECK(count_of(minimal, "a.example") == 0);
    }
    const auto all = member_of(bundle_of(log, Everything{}, Level::Pseudonymised), "records.ndjson");
    CHECK(count_of(all, R"("claimed":{"subject":7,"number":)") == 10);
    CHECK(count_of(all,
                   R"("claimed":{"subject":7,"what":"report","by":"unnamed operator 2","revealed":true})") ==
          1);
}

TEST_CASE("A host that others may not read is in no octet of a pseudonymised bundle", "[audit]") {
    const ExampleLog log;
    for (const auto& scope : all_scopes) {
        CAPTURE(scope_text(scope));
        const auto some = bundle_of(log, scope, Level::Pseudonymised);
        CHECK(count_of(some, "c.example") == 0);
        CHECK(faults(verified(some)).empty());
        const auto none = unnamed_bundle_of(log, scope);
        CHECK(faults(verified(none)).empty());
        for (const auto* host : {"a.example", "b.example", "c.example"}) {
            CHECK(count_of(none, host) == 0);
        }
        CHECK(count_of(bundle_of(log, scope), "c.example") ==
              count_of(bundle_of(log, scope), R"("number":3,"host":)"));  // level full hides nothing
    }
    const auto all = member_of(bundle_of(log, Everything{}, Level::Pseudonymised), "records.ndjson");
    CHECK(count_of(all, R"("claimed":{"number":3,"host":"unnamed server 1"})") == 1);
    CHECK(count_of(all, R"("facts":{"number":1,"host":"a.example"})") == 1);
}

TEST_CASE("A host that is withheld has one label all through a bundle", "[audit]") {
    const auto records = member_of(unnamed_bundle_of(ExampleLog{}, Everything{}), "records.ndjson");
    for (
        const auto* claimed :
        {R"({"number":1,"host":"unnamed server 1"})",
         R"({"number":2,"host":"unnamed server 2"})",
         R"({"request":2,"notice":11,"recipient":"unnamed server 1","state":"sent"})",
         R"({"request":2,"notice":11,"recipient":"unnamed server 1","step":1,"result":"answered","status":202})",
         R"({"request":2,"notice":11,"recipient":"unnamed server 1","presence":"gone","status":410})",
         R"({"request":2,"notice":11,"recipient":"unnamed server 1","handed_over":true})",
         R"({"subject":7,"recipient":"unnamed server 1","lifted":false,"request":2})",
         R"({"subject":7,"consent":1,"country":"US","recipient":"unnamed server 1","given":20000,"withdrawn":null})",
         R"({"subject":7,"consent":1,"country":"US","recipient":"unnamed server 1","given":20000,"withdrawn":20100})"}) {
        CAPTURE(claimed);
        CHECK(count_of(records, std::string{",\"claimed\":"} + claimed + "}\n") == 1);
    }
}

TEST_CASE("An operator is named in a full bundle alone, and has one label all through another", "[audit]") {
    const ExampleLog log;
    for (const auto& scope : all_scopes) {
        CAPTURE(scope_text(scope));
        for (const auto level : {Level::Pseudonymised, Level::Minimal}) {
            const auto bundle = bundle_of(log, scope, level);
            CHECK(count_of(bundle, "op.one") + count_of(bundle, "op.two") + count_of(bundle, "cli:") == 0);
            CHECK(faults(verified(bundle)).empty());
        }
    }
    const auto all = member_of(bundle_of(log, Everything{}, Level::Pseudonymised), "records.ndjson");
    const auto digest = [](std::string_view text) { return base64(ledger::sha256(bytes_of(text))); };
    for (const auto& claimed :
         {R"({"request":2,"place":0,"subject":7,"source":"person","scope":"account","event":"received",)"
          R"("state":"received","ground":null,"by":"unnamed operator 1","words":")" +
              digest("words") + "\"}",
          std::string{R"({"subject":9,"why":"closed requests","by":"unnamed operator 1",)"
                      R"("removed":[["chunk",12],["a \"b\"",0]]})"},
          R"({"what":"audit bundle","level":"full","scope":"request 7","by":"unnamed operator 2",)"
          R"("records":1234,"digest":")" +
              digest("file") + "\"}"}) {
        CAPTURE(claimed);
        CHECK(count_of(all, ",\"claimed\":" + claimed + "}\n") == 1);
    }
    // Whom the program names itself may stand there: such a record is proven.
    CHECK(count_of(all, R"("facts":{"request":2,"place":1,)") == 1);
    CHECK(count_of(all, R"("facts":{"request":3,"place":0,)") == 1);
    const auto full = member_of(bundle_of(log, Everything{}), "records.ndjson");
    CHECK(count_of(full, R"("by":"cli:op.one")") == 2);
    CHECK(count_of(full, R"("by":"cli:op.two/ops")") == 2);
}

TEST_CASE("A claim with a host where a label belongs does not hold", "[audit]") {
    const auto bundle = unnamed_bundle_of(ExampleLog{}, Everything{});
    const auto records = member_of(bundle, "records.ndjson");
    for (const auto* other : {"alice.example", "unnamed server 0", "unnamed server 01", "unnamed server "}) {
        const auto changed = replaced(records, "unnamed server 1", other);
        CHECK(faults(verified(crafted(bundle, {{"records.ndjson", changed}}))).starts_with("records: "));
    }
}

TEST_CASE("A claim with a name where an operator's label belongs does not hold", "[audit]") {
    const auto bundle = bundle_of(ExampleLog{}, Everything{}, Level::Pseudonymised);
    const auto records = member_of(bundle, "records.ndjson");
    for (const auto* other : {"cli:op.one", "cli", "fedtrail", "unnamed operator 0", "unnamed server 1"}) {
        const auto changed = replaced(records, "unnamed operator 1", other);
        CHECK(faults(verified(crafted(bundle, {{"records.ndjson", changed}}))).starts_with("records: "));
    }
}

TEST_CASE("A full bundle has the papers of every request that it shows something of", "[audit]") {
    const ExampleLog log;
    const auto requests = [&log](const Scope& scope, Level level = Level::Full) {
        std::string found;
        const auto bundle = bundle_of(log, scope, level);
        for (const auto* request : {"2", "3"}) {
            const auto paper = std::string{"papers/request-"} + request + "/answer.md";
            found += member_of(bundle, paper) == "none" ? "" : request;
        }
        CHECK((count_of(bundle, "papers/") > 0) == !found.empty());
        return found;
    };
    CHECK(requests(Everything{}) == "23");
    CHECK(requests(records::RequestNumber{2}) == "2");
    CHECK(requests(records::RequestNumber{3}) == "3");
    CHECK(requests(privacy::SubjectNumber{7}) == "2");
    CHECK(requests(privacy::SubjectNumber{8}) == "3");
    CHECK(requests(privacy::SubjectNumber{99}).empty());
    CHECK(requests(all_scopes[2]) == "2");  // until 5,003
    CHECK(requests(all_scopes[3]).empty());
    for (const auto& scope : all_scopes) {
        CHECK(requests(scope, Level::Pseudonymised).empty());
        CHECK(requests(scope, Level::Minimal).empty());
    }
    auto order = order_for(Everything{}, Level::Full);
    order.papers = [](records::RequestNumber) -> Result<std::vector<Paper>> {
        return fail(ErrorKind::Unavailable, "the cases are away");
    };
    std::ostringstream out;
    CHECK_FALSE(export_bundle(log, log.signer(), order, out).has_value());
}

TEST_CASE("A period ends before its second moment", "[audit]") {
    const ExampleLog log;
    const auto records = member_of(bundle_of(log, all_scopes[2]), "records.ndjson");
    CHECK(count_of(records, "\"kind\":\"request_event\"") == 1);
    CHECK(count_of(records, "\"kind\":\"notice_attempt\"") == 1);
    CHECK(count_of(records, "\"kind\":\"notice_look\"") == 0);
    CHECK(count_of(records, "\"kind\":\"activity\"") == 17);
    CHECK(count_of(records, "\"kind\":\"late_attempt\"") == 1);
}

TEST_CASE("What was forgotten is still proven to have been", "[audit]") {
    ExampleLog log;
    log.forget(privacy::SubjectNumber{7});
    log.windows()[0][5].closed.reset();  // not even its kind is known
    const auto bundle = bundle_of(log, Everything{});
    CHECK(count_of(bundle, "anna") == 0);
    const auto found = verified(bundle);
    CHECK(faults(found).empty());
    CHECK(found.manifest->counts.closed[0] == 9);
    CHECK(found.manifest->counts.left_out == 1);
}

TEST_CASE("Of a look that is over its time the bundle proves kind and moment alone", "[audit]") {
    for (const auto level : all_levels) {
        ExampleLog log;
        for (auto& leaf : log.leaves()) {
            if (leaf.closed->head.kind == records::LeafKind::Access) {
                leaf.opened.reset();
            }
        }
        const auto bundle = bundle_of(log, Everything{}, level);
        CHECK(faults(verified(bundle)).empty());
        const auto records = member_of(bundle, "records.ndjson");
        const auto at = records.find(R"("kind":"access","at":"2026-01-01T01:40:03Z","digest":")");
        REQUIRE(at != std::string::npos);
        CHECK(records.substr(at, records.find('\n', at) - at).find("claimed") == std::string::npos);
    }
}

TEST_CASE("Keys and checkpoints that are brought along are compared", "[audit]") {
    ExampleLog log;
    const auto bundle = bundle_of(log, Everything{});
    const auto other = signer_of("o.example/log", ledger::NoteKeyKind::Log, 'x');
    CHECK(faults(verified(bundle, {{other.verifier()}, {}})).starts_with("key: "));
    const auto stranger = signer_of("another.example", ledger::NoteKeyKind::Witness, 'x');
    CHECK(faults(verified(bundle, {{stranger.verifier()}, {}})).starts_with("witness: another.example"));
    CHECK_FALSE(verified(bundle, {{stranger.verifier()}, {}}).holds());
    for (const auto& note : log.notes()) {
        CHECK(faults(verified(bundle, {{}, note})).empty());
    }
    const ledger::Checkpoint rewritten{"o.example/log", 5, ledger::sha256(bytes_of("another history"))};
    const ledger::Note note{rewritten.text(), {log_key().sign(rewritten.text())}};
    CHECK(faults(verified(bundle, {{}, note.write()})).find("rewritten") != std::string::npos);
    CHECK(faults(verified(bundle, {{}, "no note"})).starts_with("checkpoint: "));
    // A witness that did not sign is not a bundle that is wrong.
    CHECK(verified(bundle, {{stranger.verifier()}, {}}).outcome() == Verdict::Open);
    CHECK(verified(bundle, {{other.verifier()}, {}}).outcome() == Verdict::Fails);
}

TEST_CASE("One of a thing is told in the singular", "[audit]") {
    BundleCounts counts;
    counts.opened.at(0) = 1;
    counts.skipped = 1;
    counts.left_out = 1;
    CHECK(
        shown_words(counts) ==
        "1 record is in the log as it stands here, 0 with kind and time alone; 1 of the log's leaves is not "
        "shown, and 1 record inside its windows");
    const ExampleLog log;
    const auto claims = verified(bundle_of(log, Everything{})).claims;
    const auto policies = std::find_if(
        claims.begin(), claims.end(), [](const auto& claim) { return claim.name == "policies"; });
    REQUIRE(policies != claims.end());
    CHECK(policies->sentence.ends_with("; 1 more was, and is not in the bundle, as the manifest says"));
}

TEST_CASE("A kept checkpoint is compared with the earlier ones that the bundle proves", "[audit]") {
    ExampleLog log;
    const auto small = bundle_of(log, privacy::SubjectNumber{99}, Level::Minimal);
    const auto verdict = [&](const std::string& bundle, const std::string& note) {
        const auto found = verified(bundle, {{}, note});
        REQUIRE(found.claims.back().name == "held");
        CHECK(found.claims.back().asked);
        return std::pair{found.outcome(), found.claims.back().sentence};
    };
    for (const auto& note : log.notes()) {
        CHECK(verdict(small, note).first == Verdict::Holds);
    }
    CHECK(verdict(small, checkpoint_at(log, 0)).first == Verdict::Holds);
    for (const auto& note : {*log.checkpoint(), checkpoint_at(log, 3)}) {
        CHECK(note_in(note) == note);
        CHECK(note_in(note + "\nkey      o.example/log\n\nmore\n") == note);
    }
    CHECK(note_in("no note") == "no note");
    CHECK(checkpoint_in(*log.checkpoint() + "\nmore\n", "kept") == *log.checkpoint());
    const auto no_checkpoint = ledger::Note{"something else\n", {log_key().sign("something else\n")}}.write();
    for (const auto& text : {std::string{}, std::string{"no note"}, no_checkpoint}) {
        CHECK(checkpoint_in(text, "kept").error().what == "kept is no checkpoint of a log");
    }
    const auto between = verdict(small, checkpoint_at(log, 5));
    CHECK(between.first == Verdict::Open);
    CHECK(between.second.starts_with("could not be compared: nothing in the bundle shows"));
    const auto newer = verdict(small, signed_checkpoint(1'000, {}));
    CHECK(newer.first == Verdict::Open);
    CHECK(newer.second.starts_with("could not be compared: the checkpoint that was given is newer"));
    for (const auto size : {2U, 5U, 17U}) {
        const auto rewritten = signed_checkpoint(size, ledger::sha256(bytes_of("another history")));
        const auto expected =
            verdict(small, checkpoint_at(log, size)).first == Verdict::Open ? Verdict::Open : Verdict::Fails;
        CHECK(verdict(small, rewritten).first == expected);
    }
    std::ostringstream said;
    write_text(verified(small, {{}, checkpoint_at(log, 5)}), said);
    CHECK(said.str().ends_with(
        "\nNothing in the bundle fails, but what was asked for could not be compared.\n"));
    // Where something fails as well, that is what counts.
    auto broken = small;
    broken[small.find("README.html") + 40] ^= 1;
    CHECK(verified(broken, {{}, checkpoint_at(log, 5)}).outcome() == Verdict::Fails);
}

TEST_CASE("A checkpoint that is handed in gets its proof, whatever the bundle is about", "[audit]") {
    const ExampleLog log;
    const auto size = ledger::Checkpoint::parse(ledger::Note::parse(*log.checkpoint())->text)->size;
    for (std::uint64_t kept = 0; kept <= size; ++kept) {
        CAPTURE(kept);
        auto order = order_for(privacy::SubjectNumber{99}, Level::Minimal);
        order.kept = checkpoint_at(log, kept);
        std::ostringstream out;
        REQUIRE(export_bundle(log, log.signer(), order, out).has_value());
        const auto found = verified(out.str(), {{}, order.kept});
        CHECK(faults(found).empty());
        CHECK(found.holds());
    }
    const auto refused = [&](const std::string& kept) {
        auto order = order_for(Everything{}, Level::Full);
        order.kept = kept;
        std::ostringstream out;
        const auto made = export_bundle(log, log.signer(), order, out);
        REQUIRE_FALSE(made.has_value());
        return made.error().kind;
    };
    const auto other = ledger::sha256(bytes_of("another history"));
    CHECK(refused(signed_checkpoint(5, other)) == ErrorKind::Denied);
    CHECK(refused(signed_checkpoint(size, other)) == ErrorKind::Denied);
    CHECK(refused(signed_checkpoint(size + 1, other)) == ErrorKind::Denied);
    CHECK(refused("no note") == ErrorKind::Invalid);
    const ledger::Checkpoint elsewhere{"p.example/log", 5, other};
    CHECK(refused(ledger::Note{elsewhere.text(), {log_key().sign(elsewhere.text())}}.write()) ==
          ErrorKind::Invalid);
    const auto stranger = signer_of("o.example/log", ledger::NoteKeyKind::Log, 'x');
    const ledger::Checkpoint forged{"o.example/log", 5, other};
    CHECK(refused(ledger::Note{forged.text(), {stranger.sign(forged.text())}}.write()) == ErrorKind::Invalid);
}

TEST_CASE("A change of one octet is found wherever it is", "[audit]") {
    const ExampleLog log;
    for (const auto level : all_levels) {
        auto bundle = bundle_of(log, Scope{records::RequestNumber{2}}, level);
        std::size_t unnamed = 0;
        for (std::size_t at = 0; at < bundle.size(); ++at) {
            const auto mask = static_cast<char>(1U << at % 8);
            bundle[at] = static_cast<char>(bundle[at] ^ mask);
            const auto found = verified(bundle);
            bundle[at] = static_cast<char>(bundle[at] ^ mask);
            if (found.holds()) {
                CAPTURE(at, name_of(level));
                FAIL("an octet was changed and nobody saw it");
            }
            unnamed += faults(found).size() < 20 ? 1 : 0;
        }
        CHECK(unnamed == 0);
        CHECK(verified(bundle).holds());
    }
}

TEST_CASE("A bundle that is cut off or has something added is found", "[audit]") {
    const auto bundle = bundle_of(ExampleLog{}, Everything{});
    for (std::size_t size = 0; size < bundle.size(); size += 37) {
        CHECK_FALSE(verified(bundle.substr(0, size)).holds());
        CHECK_FALSE(verified(bundle.substr(size + 1)).holds());
    }
    CHECK_FALSE(verified(bundle + "x").holds());
    CHECK_FALSE(verified("x" + bundle).holds());
    CHECK_FALSE(verified(bundle + bundle).holds());
}

TEST_CASE("Random octets in random places are found, and nothing breaks", "[audit]") {
    const auto whole = bundle_of(ExampleLog{}, Everything{}, Level::Pseudonymised);
    std::mt19937_64 random{7};  // NOLINT(cert-msc51-cpp): the same every time
    for (int i = 0; i < 3'000; ++i) {
        auto bundle = whole;
        const auto count = 1 + random() % 4;
        for (std::uint64_t n = 0; n < count; ++n) {
            bundle[random() % bundle.size()] = static_cast<char>(random());
        }
        if (bundle != whole && verified(bundle).holds()) {
            FAIL("a change was not seen");
        }
    }
}
