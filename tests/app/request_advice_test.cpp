// What an operator is told to do next with a request.

#include "app/request_advice.hpp"

#include <catch2/catch.hpp>

#include "fakes/subject_vault.hpp"

using namespace fedtrail;
using namespace fedtrail::testing;

namespace {

struct EmptySafe final : KeySafe {
    Result<void> keep(privacy::SubjectNumber, const FoundKey&) override { return {}; }
    Result<std::vector<FoundKey>> kept(privacy::SubjectNumber) const override {
        return std::vector<FoundKey>{};
    }
    Result<std::vector<privacy::SubjectNumber>> holders(privacy::SubjectNumber, std::size_t) const override {
        return std::vector<privacy::SubjectNumber>{};
    }
    Result<void> drop(privacy::SubjectNumber) override { return {}; }
};

/// Request 7, in progress, as a list has it; everything has left.
erasure::RequestView row_of_seven(erasure::OriginWord origin) {
    erasure::RequestView row;
    row.request.number = records::RequestNumber{7};
    row.request.state = privacy::RequestState::InProgress;
    row.origin = origin;
    return row;
}

std::string advice_of(const erasure::RequestView& row) {
    const app::Config config;
    const FakeSubjectVault vault;
    const EmptySafe safe;
    app::KeyLook keys{config, vault, safe};
    return app::advice_for(row, keys);
}

}  // namespace

TEST_CASE("Who waits for an origin that does not answer is told how to say that it is gone",
          "[app][advice]") {
    CHECK(advice_of(row_of_seven(erasure::OriginWord::Unsure)) ==
          "fedtrail requests origin-gone 7 --reason TEXT, if your own server will not answer any more");
    CHECK(advice_of(row_of_seven(erasure::OriginWord::NotSeenGone)) ==
          "delete it on your own server; Fedtrail sees it");
}

TEST_CASE("Who erases posts is told what to do where their end cannot be seen", "[app][advice]") {
    auto row = row_of_seven(erasure::OriginWord::NotSeenGone);
    row.request.scope.kind = GENERATE(records::ScopeKind::Objects, records::ScopeKind::Matching);
    CHECK(advice_of(row) ==
          "delete it on your own server; Fedtrail sees it; if it does not: "
          "fedtrail requests origin-gone 7 --reason TEXT");
}
