// What the log itself says of a bundle, and bundles that have something else.

#include <algorithm>
#include <array>
#include <sstream>

#include <catch2/catch.hpp>

#include "audit/contents.hpp"
#include "audit/crafted.hpp"
#include "audit/example_log.hpp"

using namespace fedtrail;           // NOLINT(google-build-using-namespace): a test
using namespace fedtrail::audit;    // NOLINT(google-build-using-namespace)
using namespace fedtrail::testing;  // NOLINT(google-build-using-namespace)

namespace {

constexpr std::array kEveryLevel{Level::Full, Level::Pseudonymised, Level::Minimal};

std::vector<Scope> exported_scopes() {
    return {Everything{},
            Period{from_unix_seconds(kDayOne + 3'600), from_unix_seconds(kDayOne + 5'003)},
            Period{from_unix_seconds(kDayOne + 5'000), from_unix_seconds(kDayOne + 5'007)},
            records::RequestNumber{2},
            privacy::SubjectNumber{7}};
}

/// The claim "export" of a bundle, which is there once.
Claim export_claim(const Verification& found) {
    const auto is_it = [](const Claim& claim) { return claim.name == "export"; };
    REQUIRE(std::count_if(found.claims.begin(), found.claims.end(), is_it) == 1);
    return *std::find_if(found.claims.begin(), found.claims.end(), is_it);
}

/// As somebody makes it who has the log and its key, and leaves out the record of `seconds` after the log
/// said what there is.
std::string without_record(std::int64_t seconds, const Scope& scope, Level level) {
    ExampleLog honest;
    (void)exported_of(honest, order_for(scope, level));
    ExampleLog lying;
    for (auto& leaf : lying.leaves()) {
        if (leaf.closed && leaf.closed->head.at == from_unix_seconds(kDayOne + seconds)) {
            leaf.closed.reset();
        }
    }
    return exported_of(lying, order_for(scope, level), last_export(honest));
}

}  // namespace

TEST_CASE("The log's last leaf says what a bundle has, at every level", "[audit][export]") {
    for (const auto level : kEveryLevel) {
        for (const auto& scope : exported_scopes()) {
            CAPTURE(name_of(level), scope_text(scope));
            ExampleLog log;
            const auto bundle = exported_of(log, order_for(scope, level));
            const auto found = verified(bundle);
            CHECK(faults(found).empty());
            CHECK(found.holds());
            CHECK(export_claim(found).verdict == Verdict::Holds);
            const auto said = last_export(log);
            CHECK(said.what == kBundleContents);
            CHECK(said.scope == scope_text(scope));
            CHECK(said.level == name_of(level));
            CHECK(said.by == "cli");
            const auto& manifest = *found.manifest;
            CHECK(manifest.format == 2);
            CHECK(said.records + 1 == total_of(manifest.counts.opened) + total_of(manifest.counts.closed));
            CHECK(manifest.checkpoint.size == log.leaves().size());
        }
    }
}

TEST_CASE("The same log with the same leaf gives the same octets, and an export a leaf more",
          "[audit][export]") {
    ExampleLog log;
    const auto first = exported_of(log, order_for(Everything{}, Level::Full));
    CHECK(first == exported_of(Everything{}));
    const auto second = exported_of(log, order_for(Everything{}, Level::Full));
    CHECK(first != second);
    CHECK(faults(verified(second)).empty());
    CHECK(verified(second).manifest->counts.opened[13] == verified(first).manifest->counts.opened[13] + 1);
    // Who has the second one's checkpoint sees that the first is of the same log, and older.
    CHECK(verified(second, {{}, member_of(first, "checkpoint")}).holds());
}

TEST_CASE("The last event of a request that is left out is found", "[audit][export][forgeries]") {
    for (const auto level : kEveryLevel) {
        for (const auto& scope : exported_scopes()) {
            if (scope.index() == 0 || scope_text(scope).find("T01:23:23Z") != std::string::npos) {
                continue;  // of everything nothing may be skipped, and this period ends before
            }
            CAPTURE(name_of(level), scope_text(scope));
            CHECK(faults(verified(without_record(5'006, scope, level)))
                      .starts_with("export: the log says that "));
        }
    }
}

TEST_CASE("A record that is closed where it was exported in full is found", "[audit][export][forgeries]") {
    ExampleLog honest;
    (void)exported_of(honest, order_for(Everything{}, Level::Full));
    ExampleLog lying;
    for (auto& leaf : lying.leaves()) {
        if (leaf.closed->head.kind == records::LeafKind::Gap) {
            leaf.opened.reset();
        }
    }
    CHECK(faults(verified(exported_of(lying, order_for(Everything{}, Level::Full), last_export(honest)))) ==
          "export: the log says that other records, policies or papers were exported\n");
}

TEST_CASE("A paper that was exchanged, added or taken away after the export is found",
          "[audit][export][forgeries]") {
    const auto good = exported_of(records::RequestNumber{2});
    CHECK(faults(verified(crafted(good, {{"papers/request-2/answer.md", "all erased"}})))
              .starts_with("export: "));
    CHECK(faults(verified(crafted(good, {{"papers/request-2/letters/notice-11-2.txt", "Dear"}})))
              .starts_with("manifest: papers/request-2/letters/notice-11-2.txt stands on the wrong side"));
    CHECK(faults(verified(crafted(good, {}, "export.ndjson"))) ==
          "manifest: checkpoint stands on the wrong side of export.ndjson\n");
    CHECK(faults(verified(crafted(good, {{"README.html", "all gone"}}))) == "");  // the controller's word
}

TEST_CASE("A leaf that is about another bundle, or none, is found", "[audit][export][forgeries]") {
    const records::RequestNumber request{2};
    const auto saying = [&](auto change) {
        ExampleLog honest;
        (void)exported_of(honest, order_for(request, Level::Full));
        auto leaf = last_export(honest);
        change(leaf);
        ExampleLog log;
        return faults(verified(exported_of(log, order_for(request, Level::Full), leaf)));
    };
    CHECK(saying([](auto& /*leaf*/) {}).empty());
    CHECK(saying([](auto& leaf) { leaf.scope = "request 3"; }).starts_with("export: "));
    CHECK(saying([](auto& leaf) { leaf.level = "minimal"; }).starts_with("export: "));
    CHECK(saying([](auto& leaf) { leaf.what = "audit bundle"; }).starts_with("export: "));
    CHECK(saying([](auto& leaf) { leaf.records += 1; }).starts_with("export: "));
    CHECK(saying([](auto& leaf) { leaf.digest.reset(); }).starts_with("export: "));
    CHECK(saying([](auto& leaf) { leaf.by = "cli:op.one"; }).starts_with("records: export.ndjson: "));
    const auto good = exported_of(request);
    const auto line = member_of(good, "export.ndjson");
    const auto records = member_of(good, "records.ndjson");
    for (const auto& other : {std::string{},
                              line.substr(0, line.size() - 1),
                              line + line,
                              records.substr(0, records.find('\n') + 1),
                              std::string(70'000, 'a') + "\n"}) {
        CHECK_FALSE(verified(crafted(good, {{"export.ndjson", other}})).holds());
    }
}

TEST_CASE("A bundle is not made when something else came behind its leaf, or before it", "[audit][export]") {
    ExampleLog log;
    auto order = order_for(Everything{}, Level::Full);
    const records::LeafRecord gap{from_unix_seconds(kDayOne), records::GapLeaf{}};
    const auto made = [&](std::vector<records::LeafRecord> added) {
        order.publish = [&log, added](const records::ExportLeaf& /*leaf*/) -> Result<const LogReader*> {
            for (const auto& record : added) {
                log.append(record);
            }
            log.publish();
            return &log;
        };
        std::ostringstream out;
        const auto exported = export_bundle(log, log.signer(), order, out);
        return exported ? std::optional<ErrorKind>{} : std::optional{exported.error().kind};
    };
    CHECK(made({gap}) == ErrorKind::Conflict);
    CHECK(made({gap, gap}) == ErrorKind::Conflict);
    order.publish = [](const records::ExportLeaf& /*leaf*/) -> Result<const LogReader*> {
        return fail(ErrorKind::Denied, "nothing is signed");
    };
    std::ostringstream out;
    CHECK(export_bundle(log, log.signer(), order, out).error().kind == ErrorKind::Denied);
}

TEST_CASE("What a person was told and retention took since is named as missing", "[audit][export]") {
    ToldLog told;
    const auto found = verified(exported_of(told.log(), order_for(records::RequestNumber{2}, Level::Full)));
    CHECK(faults(found).empty());
    const auto& absent = found.manifest->absent;
    CHECK(std::count_if(absent.begin(), absent.end(), [](const AbsentMember& member) {
              return member.path == "papers/request-2/told-2.txt" && member.why == Absence::NotKept;
          }) == 1);
}

TEST_CASE("More files than a bundle may have are refused before the log says anything", "[audit][export]") {
    ExampleLog log;
    bool published = false;
    std::size_t asked = 0;
    auto order = order_for(Everything{}, Level::Full);
    order.publish = [&](const records::ExportLeaf& /*leaf*/) -> Result<const LogReader*> {
        published = true;
        return &log;
    };
    order.papers = [&asked](records::RequestNumber request) -> Result<std::vector<Paper>> {
        ++asked;
        std::vector<Paper> papers;
        for (int i = 0; i < 3'000; ++i) {
            papers.push_back({"request-" + std::to_string(request.get()) + "/letters/notice-1-" +
                                  std::to_string(i) + ".txt",
                              {}});
        }
        return papers;
    };
    const auto refused = [&] {
        std::ostringstream out;
        const auto made = export_bundle(log, log.signer(), order, out);
        REQUIRE_FALSE(made.has_value());
        CHECK(made.error().kind == ErrorKind::Invalid);
        CHECK(made.error().what.find("more files than a bundle may have") != std::string::npos);
        CHECK_FALSE(published);
    };
    refused();
    CHECK(asked == 2);
    records::RequestEventLeaf event;
    for (std::uint64_t request = 10; request < 14'010; ++request) {
        event.request = records::RequestNumber{request};
        event.by = "fedtrail";
        log.append({from_unix_seconds(kDayOne + 7'000), event});
    }
    log.publish();
    asked = 0;
    refused();  // as soon as it is known
    CHECK(asked == 0);
}

TEST_CASE("A bundle of format 1 verifies as it did, and claims nothing of what was left out",
          "[audit][export]") {
    const auto old = verified(bundle_of(ExampleLog{}, records::RequestNumber{2}));
    CHECK(old.holds());
    CHECK(old.manifest->format == 1);
    CHECK(export_claim(old).verdict == Verdict::Open);
    CHECK(export_claim(old).sentence.starts_with("not claimed: "));
    ToldLog told;
    const auto bundle = bundle_of(told.log(), records::RequestNumber{2});
    const auto manifest =
        replaced(member_of(bundle, "manifest.json"),
                 ",\n    {\n      \"path\": \"papers/request-2/told-2.txt\",\n      \"why\": "
                 "\"not_kept\"\n    }",
                 "");
    const auto older = verified(crafted(bundle, {{"", manifest}}));
    CHECK(older.holds());
    const auto said = std::find_if(
        older.claims.begin(), older.claims.end(), [](const Claim& claim) { return claim.name == "told"; });
    REQUIRE(said != older.claims.end());
    CHECK(said->verdict == Verdict::Open);
    CHECK(said->sentence == "not claimed: made before a bundle had what people were told, which was 1 paper");
    // What says that it is newer than it is lacks the leaf.
    const auto renamed = replaced(manifest, "audit-bundle/1", "audit-bundle/2");
    CHECK_FALSE(verified(crafted(bundle, {{"", renamed}})).holds());
}

TEST_CASE("A change of one octet of an exported bundle is found wherever it is", "[audit][export]") {
    auto bundle = exported_of(records::RequestNumber{2}, Level::Minimal);
    for (std::size_t at = 0; at < bundle.size(); ++at) {
        const auto mask = static_cast<char>(1U << at % 8);
        bundle[at] = static_cast<char>(bundle[at] ^ mask);
        const bool holds = verified(bundle).holds();
        bundle[at] = static_cast<char>(bundle[at] ^ mask);
        if (holds) {
            CAPTURE(at);
            FAIL("an octet was changed and nobody saw it");
        }
    }
}
