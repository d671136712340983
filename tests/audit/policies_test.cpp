// Which policies a bundle has.

#include <algorithm>
#include <map>
#include <set>
#include <sstream>

#include <catch2/catch.hpp>

#include "audit/crafted.hpp"
#include "audit/example_log.hpp"

using namespace fedtrail;           // NOLINT(google-build-using-namespace): a test
using namespace fedtrail::audit;    // NOLINT(google-build-using-namespace)
using namespace fedtrail::testing;  // NOLINT(google-build-using-namespace)

namespace {

using Paths = std::set<std::string>;

records::LeafRecord policies_at(std::int64_t seconds, const std::map<std::string, std::string>& texts) {
    records::PolicyChangeLeaf leaf{"0.1.0", {}};
    for (const auto& [name, text] : texts) {
        leaf.files.push_back({name, ledger::sha256(bytes_of(text))});
    }
    return {from_unix_seconds(kDayOne + seconds), leaf};
}

/// All but "later" and "lost" are kept.
std::optional<std::string> kept(const records::PolicyFile& file) {
    for (const std::string text : {"old", "one", "two", "same", "de"}) {
        if (ledger::sha256(bytes_of(text)) == file.digest) {
            return text;
        }
    }
    return file.name == "transfer-rules.json" ? std::optional{example_policy()} : std::nullopt;
}

/// The policies in a bundle of the log; with "!" those that are not in it.
Paths policies_of(const ExampleLog& log, const Scope& scope, Level level = Level::Full) {
    auto order = order_for(scope, level);
    order.policy = kept;
    std::ostringstream out;
    REQUIRE(export_bundle(log, log.signer(), order, out).has_value());
    const auto found = verified(out.str());
    CHECK(faults(found).empty());
    Paths paths;
    for (const auto& member : found.manifest->members) {
        if (member.path.starts_with("policies/")) {
            paths.insert(member.path.substr(9));
        }
    }
    for (const auto& absent : found.manifest->absent) {
        if (absent.path.starts_with("policies/")) {
            paths.insert("!" + absent.path.substr(9));
        }
    }
    return paths;
}

Scope period(std::int64_t since, std::int64_t until) {
    return Period{from_unix_seconds(kDayOne + since), from_unix_seconds(kDayOne + until)};
}

}  // namespace

TEST_CASE("A bundle has the policies that were in force in its time, and no others", "[audit][policies]") {
    ExampleLog log;
    const auto before = ledger::Checkpoint::parse(ledger::Note::parse(*log.checkpoint())->text)->size;
    REQUIRE(before == 20);
    log.append(policies_at(5'002, {{"a.json", "one"}, {"b.json", "same"}}));   // leaf 20
    log.append(policies_at(5'005, {{"a.json", "two"}, {"b.json", "same"}}));   // leaf 21
    log.append(policies_at(9'000, {{"a.json", "one"}, {"b.json", "later"}}));  // leaf 22
    log.publish();
    CHECK(policies_of(log, period(10, 20)) == Paths{"0/old.json"});
    CHECK(policies_of(log, period(10, 61)) == Paths{"0/old.json"});
    CHECK(policies_of(log, period(61, 62)) ==
          Paths{"2/transfer-rules.json", "2/texts/de/x.json", "!2/lost.json"});
    CHECK(policies_of(log, period(5'003, 5'004)) == Paths{"20/a.json", "20/b.json"});
    CHECK(policies_of(log, period(5'003, 9'000)) == Paths{"20/a.json", "20/b.json", "21/a.json"});
    CHECK(policies_of(log, period(9'500, 9'600)) == Paths{"22/a.json", "!22/b.json"});
    // Request 2 begins at 5,000 and ends at 5,006.
    CHECK(policies_of(log, records::RequestNumber{2}) == Paths{"2/transfer-rules.json",
                                                               "2/texts/de/x.json",
                                                               "!2/lost.json",
                                                               "20/a.json",
                                                               "20/b.json",
                                                               "21/a.json"});
    CHECK(policies_of(log, records::RequestNumber{3}) == Paths{"21/a.json", "21/b.json"});
    const auto all = policies_of(log, Everything{});
    CHECK(all == Paths{"0/old.json",
                       "2/transfer-rules.json",
                       "2/texts/de/x.json",
                       "!2/lost.json",
                       "20/a.json",
                       "20/b.json",
                       "21/a.json",
                       "!22/b.json"});
    CHECK(policies_of(log, privacy::SubjectNumber{7}) == all);
    // Rules name servers, which the lowest level does not.
    CHECK(policies_of(log, period(61, 62), Level::Minimal) ==
          Paths{"!2/transfer-rules.json", "2/texts/de/x.json", "!2/lost.json"});
}

TEST_CASE("A database among the policies is named, and not in the bundle", "[audit][policies]") {
    ExampleLog log;
    const std::string database{"\0\xFF", 2};
    log.append(policies_at(5'002, {{"addresses/x.mmdb", database}}));
    log.publish();
    auto order = order_for(period(5'003, 5'004), Level::Full);
    order.policy = [&](const records::PolicyFile& /*file*/) { return database; };
    std::ostringstream out;
    REQUIRE(export_bundle(log, log.signer(), order, out).has_value());
    const auto found = verified(out.str());
    CHECK(faults(found).empty());
    const auto& absent = found.manifest->absent;
    const auto named = std::find_if(absent.begin(), absent.end(), [](const AbsentMember& member) {
        return member.path == "policies/20/addresses/x.mmdb";
    });
    REQUIRE(named != absent.end());
    CHECK(named->why == Absence::NoText);
}

TEST_CASE("A policy that no record speaks of is found, whether it is there or said to be missing",
          "[audit][policies]") {
    const auto good = bundle_of(ExampleLog{}, Everything{});
    const auto manifest = member_of(good, "manifest.json");
    const auto said = [&](std::string_view what, std::string_view then) {
        return faults(verified(crafted(good, {{"", replaced(manifest, what, then)}})));
    };
    CHECK(said("policies/2/lost.json", "policies/0/lost.json")
              .starts_with("policies: policies/0/lost.json: no record"));
    CHECK(said("policies/2/lost.json", "policies/2/l0st.json").starts_with("policies: "));
    CHECK(said("policies/2/lost.json", "policies/02/lost.json").starts_with("policies: "));
    CHECK(said("policies/2/lost.json", "policies/lost.json").starts_with("policies: "));
    CHECK(said("\"not_kept\"", "\"eaten\"").starts_with("manifest: "));
    const auto changed = crafted(good, {{"policies/2/transfer-rules.json", "{}"}});
    CHECK(faults(verified(changed)).starts_with("policies: policies/2/transfer-rules.json: no record"));
}
