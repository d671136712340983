// Bundles that say they are older than their log.

#include <algorithm>

#include <catch2/catch.hpp>

#include "audit/example_log.hpp"

using namespace fedtrail;           // NOLINT(google-build-using-namespace): a test
using namespace fedtrail::audit;    // NOLINT(google-build-using-namespace)
using namespace fedtrail::testing;  // NOLINT(google-build-using-namespace)

namespace {

constexpr auto kTooNew =
    "export: says that it was made before a leaf of the log said what a bundle has, and its log has such a "
    "leaf\n";

/// A bundle of format 1 of a log of which one of format 2 was made.
std::string downgraded(const Scope& scope, Level level) {
    ExampleLog log;
    (void)exported_of(log, order_for(scope, level));
    return bundle_of(log, scope, level);
}

}  // namespace

TEST_CASE("A bundle of format 1 that shows what the log says of a bundle is found",
          "[audit][export][forgeries]") {
    const Period since{from_unix_seconds(kDayOne), {}};
    for (const Scope& scope : {Scope{Everything{}}, Scope{since}}) {
        CHECK(faults(verified(downgraded(scope, Level::Full))) == kTooNew);
        CHECK(faults(verified(downgraded(scope, Level::Pseudonymised))) == kTooNew);
    }
}

TEST_CASE("So is one that claims it, with an operator withheld", "[audit][export][forgeries]") {
    ExampleLog log;
    auto leaf = records::ExportLeaf{"bundle contents", "full", "everything", "cli:op.one", 1, std::nullopt};
    log.append({from_unix_seconds(kDayOne + 100'000), leaf});
    log.publish();
    CHECK(faults(verified(bundle_of(log, Everything{}, Level::Pseudonymised))) == kTooNew);
    leaf.what = "audit bundle";
    ExampleLog other;
    other.append({from_unix_seconds(kDayOne + 100'000), leaf});
    other.publish();
    CHECK(verified(bundle_of(other, Everything{}, Level::Pseudonymised)).holds());
}

TEST_CASE("Where the leaf is not shown, what was left out stays open", "[audit][export]") {
    for (const auto& bundle :
         {downgraded(Everything{}, Level::Minimal), downgraded(records::RequestNumber{2}, Level::Full)}) {
        const auto found = verified(bundle);
        CHECK(found.holds());
        CHECK(std::any_of(found.claims.begin(), found.claims.end(), [](const Claim& claim) {
            return claim.name == "export" && claim.verdict == Verdict::Open;
        }));
    }
}
