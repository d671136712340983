// Misskey, which is asked twice: the first question has it fetch a stale row anew.

#include "erasure/looker_sight.hpp"

using namespace fedtrail;
using namespace fedtrail::testing;
using namespace std::chrono_literals;
using fediverse::NoticeState;

namespace {

const std::string kFailed = R"({"error": {"code": "FAILED_TO_RESOLVE_REMOTE_USER"}})";

/// A suspended account whose row is there: the search leaves it out. `first` is answered before the server
/// has looked at anything.
struct StaleRow {
    std::optional<RemoteResponse> first;
    bool fetched{};

    RemoteResponse answer(const RemoteRequest& request) {
        if (request.url.host().text() == "origin.example") {
            return says(410);
        }
        if (request.url.path() != "/api/users/show") {
            return says(200, "[]");
        }
        if (first) {
            auto response = *first;
            first.reset();
            return response;
        }
        return std::exchange(fetched, true) ? says(403, R"({"error": {"code": "USER_SUSPENDED"}})")
                                            : says(500, kFailed);
    }
};

}  // namespace

TEST_CASE("a Misskey that did not hear the first question is not believed that a row is gone", "[looker]") {
    Sight s{real_probes()};
    s.told("a.example", "misskey");
    StaleRow server;
    SECTION("its database fails for a moment") {
        server.first = says(500, R"({"error": {"code": "INTERNAL_ERROR"}})");
    }
    SECTION("what stands before it wants to know who asks") {
        server.first = says(403, "<html>are you human?</html>");
    }
    SECTION("it says something that nobody can read") {
        server.first = failed(RemoteFault::TooLarge, true);
    }
    s.http.server = [&](const RemoteRequest& request) { return server.answer(request); };
    s.look();
    CHECK(s.notice("a.example").state == NoticeState::Acknowledged);
    s.pass(48h);
    CHECK(s.notice("a.example").state == NoticeState::StillPresent);
}

TEST_CASE("a Misskey whose look-up failed twice has no row", "[looker]") {
    Sight s{real_probes()};
    s.told("a.example", "misskey");
    s.http.server = [](const RemoteRequest& request) {
        const bool at_origin = request.url.host().text() == "origin.example";
        return at_origin                                 ? says(410)
               : request.url.path() == "/api/users/show" ? says(500, kFailed)
                                                         : says(200, "[]");
    };
    s.look();
    CHECK(s.notice("a.example").state == NoticeState::VerifiedGone);
}
