// Looks at a recipient to which nothing may be sent.

#include <string>

#include "erasure/looker_sight.hpp"
#include "erasure/plan_targets.hpp"
#include "erasure/reason.hpp"

using namespace fedtrail;
using namespace fedtrail::testing;
using fediverse::NoticeState;

TEST_CASE("that nothing may be sent there outlives a look that nothing can answer", "[looker]") {
    records::ErasureScope scope;
    scope.kind = records::ScopeKind::Objects;
    Sight s{probes_from(kProbes), scope};
    s.told("a.example", "pages", 2);
    auto notice = s.notice("a.example");
    notice.reason =
        erasure::text_of({erasure::ReasonCode::NotSent, std::string{erasure::kBarred}.append("no-deletes")});
    REQUIRE(erasure::is_barred(notice));
    NoticeChange change;
    change.notices.push_back(notice);
    REQUIRE(s.notices.apply(change));
    s.look();
    CHECK(s.notice("a.example").state == NoticeState::Unprobeable);
    CHECK(s.notice("a.example").reason == notice.reason);
}
