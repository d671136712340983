// Bundles come from outside: whatever is in them, there is a verdict, and memory stays small.

#include <sstream>
#include <tuple>

#include <catch2/catch.hpp>

#include "audit/claim.hpp"
#include "audit/crafted.hpp"
#include "audit/example_log.hpp"
#include "audit/facts.hpp"
#include "audit/record_line.hpp"

using namespace fedtrail;           // NOLINT(google-build-using-namespace): a test
using namespace fedtrail::audit;    // NOLINT(google-build-using-namespace)
using namespace fedtrail::testing;  // NOLINT(google-build-using-namespace)

namespace {

constexpr std::size_t kDeep = 400'000;

std::string deep(std::size_t depth) {
    return times(depth, "[") + times(depth, "]");
}

std::string activity_claim(std::string_view attempts = R"([1,0,"push","accepted",202])") {
    return R"({"subject":7,"number":2,"type":"Create","categories":["profile",15],"visibility":"public",)"
           R"("refers":1,"attempts":[)" +
           std::string{attempts} + "]}";
}

std::string access_claim(std::string_view what) {
    return R"({"subject":7,"what":)" + std::string{what} + R"(,"by":"self","revealed":true})";
}

constexpr std::string_view kEventClaim =
    R"({"request":2,"place":0,"subject":7,"source":"person","scope":"account","event":"refused",)"
    R"("state":"refused","ground":"12(5) excessive","by":"unnamed operator 1","words":null})";
constexpr std::string_view kShreddingClaim =
    R"({"subject":7,"why":"asked","by":"unnamed operator 1","removed":[["person",1],["objection",2]]})";
constexpr std::string_view kExportClaim =
    R"({"what":"audit bundle","level":"full","scope":"everything","by":"unnamed operator 3","records":7,)"
    R"("digest":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="})";

}  // namespace

TEST_CASE("A claim is the facts of an activity or of a look, and nothing else", "[audit][hostile]") {
    using records::LeafKind;
    CHECK(is_claim(LeafKind::Activity, activity_claim()));
    CHECK(is_claim(LeafKind::Activity, replaced(activity_claim(), R"("refers":1,)", "")));
    CHECK(is_claim(LeafKind::Activity, activity_claim(R"([1,-5,6,"sent",0],[1,-5,6,9,0])")));
    CHECK(is_claim(LeafKind::Activity, activity_claim("")));
    for (const auto* text : {"\"report\"", R"("a\"\\\n\u001f")", R"({"base64":"/w=="})", "\"ä\""}) {
        CHECK(is_claim(LeafKind::Access, access_claim(text)));
    }
    for (const auto* text : {"\"a\\u0041\"",
                             "\"a\\/\"",
                             "\"\\u000A\"",
                             "\"\xFF\"",
                             R"({"base64":"YWI="})",
                             R"({"base64":"/w"})",
                             "\"open",
                             "1",
                             "null"}) {
        CAPTURE(text);
        CHECK_FALSE(is_claim(LeafKind::Access, access_claim(text)));
    }
    for (const auto& [what, then] : std::vector<std::pair<std::string_view, std::string_view>>{
             {R"("subject":7)", R"("subject":07)"},
             {R"("subject":7)", R"("subject":18446744073709551616)"},
             {R"("number":2)", R"("number":4294967296)"},
             {R"("profile",15)", R"(15,"profile")"},
             {R"("profile",15)", R"("profile","profile")"},
             {R"("profile",15)", "0,15"},
             {"15]", "16]"},
             {"\"public\"", "0"},
             {"\"public\"", "256"},
             {"[1,0,", "[1,-0,"},
             {"[1,0,", "[1,2147483648,"},
             {"\"push\"", "\"pigeon\""},
             {"\"push\"", "16"},
             {"202", "65536"},
             {"202]", "202,1]"},
             {"202]", "202],"},
             {"202]", "202],[1,-1,\"push\",\"accepted\",202]"},
             {"]}", "]} "},
             {"]}", "],\"id\":\"\"}"}}) {
        CAPTURE(what, then);
        CHECK_FALSE(is_claim(LeafKind::Activity, replaced(activity_claim(), what, then)));
    }
    CHECK_FALSE(is_claim(LeafKind::Access, R"({"subject":7,"what":"report","revealed":true})"));
    CHECK_FALSE(is_claim(LeafKind::Gap, access_claim("\"report\"")));
    CHECK_FALSE(is_claim(LeafKind::Activity, access_claim("\"report\"")));
    CHECK_FALSE(is_claim(LeafKind::Access, access_claim("\"" + std::string(4'097, 'a') + "\"")));
    CHECK_FALSE(is_claim(LeafKind::Access, access_claim(deep(kDeep))));
    CHECK_FALSE(is_claim(LeafKind::Activity, activity_claim(deep(kDeep))));
}

TEST_CASE("A claim about what an operator did has a label, and every word is one", "[audit][hostile]") {
    using records::LeafKind;
    CHECK(is_claim(LeafKind::RequestEvent, kEventClaim));
    CHECK(
        is_claim(LeafKind::RequestEvent, replaced(std::string{kEventClaim}, "\"12(5) excessive\"", "null")));
    CHECK(is_claim(LeafKind::Shredding, kShreddingClaim));
    CHECK(is_claim(LeafKind::Shredding,
                   replaced(std::string{kShreddingClaim}, R"(["person",1],["objection",2])", "")));
    CHECK(is_claim(LeafKind::Export, kExportClaim));
    for (const auto& [kind, claim, what, then] :
         std::vector<std::tuple<LeafKind, std::string_view, std::string_view, std::string_view>>{
             {LeafKind::RequestEvent, kEventClaim, "unnamed operator 1", "cli:anna"},
             {LeafKind::RequestEvent, kEventClaim, "unnamed operator 1", "unnamed operator 01"},
             {LeafKind::RequestEvent, kEventClaim, "\"person\"", "\"nobody\""},
             {LeafKind::RequestEvent, kEventClaim, "\"account\"", "0"},
             {LeafKind::RequestEvent, kEventClaim, "\"event\":\"refused\"", "\"event\":\"gone\""},
             {LeafKind::RequestEvent, kEventClaim, "\"state\":\"refused\"", "\"state\":9"},
             {LeafKind::RequestEvent, kEventClaim, "12(5) excessive", "12(5)"},
             {LeafKind::RequestEvent, kEventClaim, "\"words\":null", "\"words\":\"AA==\""},
             {LeafKind::RequestEvent, kEventClaim, "null}", "null,\"more\":1}"},
             {LeafKind::Shredding, kShreddingClaim, "[\"person\",1],", "[\"person\",1] "},
             {LeafKind::Shredding, kShreddingClaim, "[\"person\",1]", "[\"person\"]"},
             {LeafKind::Shredding, kShreddingClaim, "[\"person\",1]", "[\"person\",-1]"},
             {LeafKind::Shredding, kShreddingClaim, "2]]", "2],]"},
             {LeafKind::Shredding, kShreddingClaim, "\"asked\"", "null"},
             {LeafKind::Export, kExportClaim, "AAA=\"", "AAB=\""},
             {LeafKind::Export, kExportClaim, "\"records\":7", "\"records\":07"},
             {LeafKind::Export, kExportClaim, "unnamed operator 3", "fedtrail"}}) {
        CAPTURE(what, then);
        CHECK_FALSE(is_claim(kind, replaced(std::string{claim}, what, std::string{then})));
    }
    CHECK_FALSE(is_claim(LeafKind::Shredding, kEventClaim));
    CHECK_FALSE(is_claim(LeafKind::RetentionRun, kShreddingClaim));
    const auto many = times(100'000, R"(["person",1],)");
    CHECK(is_claim(LeafKind::Shredding, replaced(std::string{kShreddingClaim}, R"(["person",1],)", many)));
    CHECK_FALSE(
        is_claim(LeafKind::Shredding, replaced(std::string{kShreddingClaim}, "[[", deep(kDeep) + "[[")));
}

TEST_CASE("A deep or wide record, manifest or checkpoint is refused, and there is a verdict",
          "[audit][hostile]") {
    const auto good = bundle_of(ExampleLog{}, Everything{}, Level::Pseudonymised);
    REQUIRE(verified(crafted(good, {})).holds());
    const auto records = member_of(good, "records.ndjson");
    const auto manifest = member_of(good, "manifest.json");
    const auto history = member_of(good, "checkpoints.ndjson");
    const auto wide = "[" + times(kDeep, "[],") + "[]]";
    for (const auto& nested : {deep(kDeep), wide}) {
        for (const auto& bundle :
             {crafted(good,
                      {{"records.ndjson",
                        replaced(records, "\"claimed\":{", "\"claimed\":{\"a\":" + nested + ",")}}),
              crafted(
                  good,
                  {{"records.ndjson", replaced(records, "\"facts\":{", "\"facts\":{\"a\":" + nested + ",")}}),
              crafted(
                  good,
                  {{"checkpoints.ndjson", replaced(history, "\"proof\":[", "\"proof\":[" + nested + ",")}}),
              crafted(good, {{"checkpoints.ndjson", replaced(history, "{", "{\"a\":" + nested + ",")}})}) {
            CHECK_FALSE(verified(bundle).holds());
        }
        const auto found =
            verified(crafted(good, {{"", replaced(manifest, "{", "{\"a\": " + nested + ",")}}));
        CHECK(faults(found).starts_with("manifest: manifest.json is no JSON, has a key twice, or is deeper"));
    }
}

TEST_CASE("A manifest may be five deep, and says everything once", "[audit][hostile]") {
    const auto good = bundle_of(ExampleLog{}, Everything{});
    const auto manifest = member_of(good, "manifest.json");
    const auto with = [&](const std::string& more) {
        return verified(crafted(good, {{"", replaced(manifest, "{", "{" + more + ",")}})).holds();
    };
    CHECK(with("\"a\": " + deep(4)));
    CHECK_FALSE(with("\"a\": " + deep(5)));
    CHECK(with("\"a\": [" + times(60'000, "0,") + "0]"));
    CHECK_FALSE(with("\"a\": [" + times(100'000, "0,") + "0]"));
    CHECK_FALSE(with("\"format\": \"fedtrail/audit-bundle/1\""));
    CHECK_FALSE(with("\"a\": {\"b\": 1, \"b\": 1}"));
    CHECK_FALSE(verified(crafted(good, {{"", manifest + std::string(1, '\0')}})).holds());
    CHECK(with("\"a\": [{\"b\": 1}, {\"b\": \"[[[[[[[[\\\"{{\"}]"));
    const auto named = [&](const std::string& program) {
        return crafted(good, {{"", replaced(manifest, "\"0.1.0\"", "\"" + program + "\"")}});
    };
    CHECK(verified(named(std::string(500, 'a'))).holds());
    CHECK_FALSE(verified(named(std::string(501, 'a'))).holds());
    const auto unlogged = [&](const std::string& text) {
        return verified(crafted(good, {{"", replaced(manifest, "\"records\": 7", text)}})).holds();
    };
    CHECK(unlogged("\"records\": 0"));
    CHECK_FALSE(unlogged("\"records\": \"7\""));
    CHECK_FALSE(unlogged("\"record\": 7"));
    std::ostringstream said;
    write_text(verified(named("\\u001b[2J\\u009b\\u202e")), said);
    CHECK(said.str().find("made by fedtrail ?[2J??.") != std::string::npos);
}

TEST_CASE("A body too long is neither shown nor read", "[audit][hostile]") {
    records::RetentionRunLeaf run;
    const auto line_of = [&](std::size_t count) {
        run.removed.assign(count, {"chunk", 1});
        const auto body = records::encode_body(run);
        REQUIRE(body.has_value());
        std::string line;
        const records::LeafHead head{records::LeafKind::RetentionRun, from_unix_seconds(kDayOne)};
        return append_opened(line, {}, head, {}, *body) ? line : std::string{};
    };
    const auto kept = line_of(149'000);  // 7 octets each: below 1 MiB
    RecordLine line;
    LineReader reader;
    CHECK(reader.read(std::string_view{kept}.substr(0, kept.size() - 1), line));
    CHECK(line_of(150'000).empty());
    const auto zeros = times(1U << 21U, "AAAA");
    CHECK_FALSE(reader.read(R"({"leaf":0,"kind":"retention_run","at":"2026-01-01T00:00:00Z","salt":")" +
                                std::string(43, 'A') + R"(=","body":")" + zeros + R"(","facts":{}})",
                            line));
    CHECK(line.body.size() < 1U << 20U);
}

TEST_CASE("An activity's facts are not written further than the line is long", "[audit][hostile]") {
    const auto good = bundle_of(ExampleLog{}, Everything{});
    const auto records = member_of(good, "records.ndjson");
    CHECK_FALSE(verified(crafted(good, {{"records.ndjson", replaced(records, ",\"sent\",500]]}}", "]]}}")}}))
                    .holds());
    records::ActivityLeaf leaf;
    leaf.attempts.assign(1'000'000, {1, 0, 0x1'00CA});
    const auto body = records::encode_body(leaf);
    REQUIRE(body.has_value());
    std::vector<char> room;
    CHECK_FALSE(activity_facts(room, *body, FactsFor::Everybody, 1'000).has_value());
    CHECK(room.size() < 1U << 17U);
    const auto whole = activity_facts(room, *body, FactsFor::Everybody);
    REQUIRE(whole.has_value());
    const std::string facts{*whole};
    CHECK(activity_facts(room, *body, FactsFor::Everybody, facts.size()) == facts);
}
