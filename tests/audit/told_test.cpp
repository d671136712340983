// What people were told, in a bundle that has some of it alone.

#include <algorithm>
#include <sstream>

#include <catch2/catch.hpp>

#include "fedtrail/core/base64.hpp"

#include "audit/crafted.hpp"
#include "audit/example_log.hpp"

using namespace fedtrail;           // NOLINT(google-build-using-namespace): a test
using namespace fedtrail::testing;  // NOLINT(google-build-using-namespace)

namespace {

/// Format 1; what was told first is in it, what was told later is not, and the manifest is silent of that.
std::string half_told_bundle() {
    ToldLog told;
    told.log().append({from_unix_seconds(kDayOne + 90'001),
                       records::RequestEventLeaf{records::RequestNumber{2},
                                                 3,
                                                 privacy::SubjectNumber{7},
                                                 records::RequestSource::Person,
                                                 records::ScopeKind::Account,
                                                 privacy::RequestEventKind::Answered,
                                                 privacy::RequestState::Refused,
                                                 {},
                                                 "fedtrail",
                                                 ledger::sha256(bytes_of("later"))}});
    told.log().publish();
    auto order = order_for(records::RequestNumber{2}, audit::Level::Full);
    order.papers = [papers = order.papers](records::RequestNumber request) {
        auto list = papers(request);
        if (list && request == records::RequestNumber{2}) {
            list->push_back({"request-2/told-2.salt", base64(Bytes(16, std::byte{0x5A})) + "\n"});
            list->push_back({"request-2/told-2.txt", ToldLog::words()});
        }
        return list;
    };
    std::ostringstream out;
    REQUIRE(audit::export_bundle(told.log(), told.log().signer(), order, out));
    const auto bundle = out.str();
    const auto manifest =
        replaced(member_of(bundle, "manifest.json"),
                 ",\n    {\n      \"path\": \"papers/request-2/told-3.txt\",\n      \"why\": "
                 "\"not_kept\"\n    }",
                 "");
    return crafted(bundle, {{"", manifest}});
}

}  // namespace

TEST_CASE("Of papers of which some are shown it is said once what is proven", "[audit][told]") {
    const auto found = verified(half_told_bundle());
    CHECK(found.holds());
    const auto is_told = [](const audit::Claim& claim) { return claim.name == "told"; };
    REQUIRE(std::count_if(found.claims.begin(), found.claims.end(), is_told) == 1);
    const auto& told = *std::find_if(found.claims.begin(), found.claims.end(), is_told);
    CHECK(told.verdict == audit::Verdict::Open);
    CHECK(told.sentence ==
          "1 paper is what the log says that somebody was told; not claimed: made before a bundle had what "
          "people were told, which was 1 paper more");
}
