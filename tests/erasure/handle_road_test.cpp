// Accounts at one domain, their server at another (Mastodon's LOCAL_DOMAIN and WEB_DOMAIN), and a recipient
// that keeps everything: from the request to the look.

#include <chrono>
#include <string>

#include <catch2/catch.hpp>

#include "fedtrail/core/handle.hpp"

#include "erasure/handle_check.hpp"
#include "erasure/looker.hpp"
#include "erasure/office.hpp"
#include "erasure/origin_watch.hpp"
#include "fakes/handle_book.hpp"
#include "fakes/remote_http.hpp"
#include "fakes/signing.hpp"

using namespace fedtrail;
using namespace fedtrail::testing;
using namespace std::chrono_literals;
using fediverse::NoticeState;

namespace {

/// The handle host is kept for everybody, as the vault does.
class OneHostBook final : public HandleBook {
public:
    FakeHandleBook people;
    std::optional<HandleHost> host;

    Result<HandleFacts> handle_facts(privacy::SubjectNumber subject) const override {
        auto facts = people.handle_facts(subject);
        if (facts) {
            facts->told = true;
            facts->host = host;
        }
        return facts;
    }
    Result<void> confirm(privacy::SubjectNumber subject, std::string_view handle) override {
        host = HandleHost{Handle::parse(handle).value().host, true};
        return people.confirm(subject, handle);
    }
    Result<void> tell(privacy::SubjectNumber subject, std::string_view username) override {
        return people.tell(subject, username);
    }
};

struct Road {
    Office office;
    OneHostBook handles;
    FakeRemoteHttp http;
    FakeSigner keys;
    FakeCipher cipher;
    erasure::RequestSigner signer{keys, cipher, office.clock};
    fediverse::Probes probes = *fediverse::Probes::parse(policy_text("probes.json"));
    bool origin_gone = false;
    bool names_people = true;
    std::string software;
    erasure::HandleCheck check{
        {office.requests, office.vault, handles, http, office.clock}, {"Fedtrail/1"}, [] {}};
    erasure::OriginWatch watch{
        {office.requests, office.notices, office.vault, http, office.clock}, {}, [] {}};
    erasure::Looker looker{{office.requests,
                            office.notices,
                            office.notices,
                            office.directory,
                            office.vault,
                            handles,
                            http,
                            signer,
                            office.clock},
                           probes,
                           {},
                           [] {}};

    explicit Road(std::string runs) : software(std::move(runs)) {
        office.knows("keeps.example", software);
        office.lies(1, {"keeps.example"});
        (void)*office.vault.enrol(*Uri::parse("https://origin.example/users/admin"), "admin");
        http.server = [this](const RemoteRequest& request) -> std::optional<RemoteResponse> {
            return request.url.host().text() == "keeps.example" ? keeper(request) : own(request);
        };
    }
    /// What the origin answers as o.example, and the accounts' domain as example.org.
    RemoteResponse own(const RemoteRequest& request) const {
        const auto resource = std::string{request.url.query()};
        const std::string name = resource.find("admin") == std::string::npos ? "alice" : "admin";
        if (request.url.path() != "/.well-known/webfinger") {
            return answered(origin_gone ? 410 : 200, {}, "{}");
        }
        if (!names_people || (origin_gone && name == "alice")) {
            return answered(404, {}, "");
        }
        return answered(200,
                        {},
                        R"({"subject": "acct:)" + name + R"(@example.org", "links": [{"rel": "self", )" +
                            R"("href": "https://origin.example/users/)" + name + R"("}]})");
    }
    /// It keeps Alice, by the handle that its software knows her by, and nobody else.
    RemoteResponse keeper(const RemoteRequest& request) const {
        const bool by_web = software == "peertube";
        const std::string known = by_web ? "alice%40origin.example" : "alice%40example.org";
        if (request.url.text().find(known) != std::string::npos) {
            return answered(200, {}, R"({"id": "1"})");
        }
        return by_web ? answered(404, {}, R"({"detail": "Account not found"})")
                      : answered(404, {}, R"({"error": "Record not found"})");
    }
    void pass(std::chrono::seconds span) {
        for (const auto end = office.clock.at + span; office.clock.at < end; office.clock.at += 5s) {
            REQUIRE(check.step());
            REQUIRE(watch.step());
            REQUIRE(looker.step());
        }
    }
    NoticeState end() {
        const auto number = office.started();
        office.deliver(office.notice_to(number, "keeps.example"), 1);
        pass(1min);
        origin_gone = true;
        pass(2h);
        REQUIRE(office.requests.request(number)->origin_gone_at);
        return office.notice_to(number, "keeps.example").state;
    }
};

}  // namespace

TEST_CASE("A recipient that keeps everything is seen to, though the accounts are at another domain",
          "[erasure][handles]") {
    const std::string software = GENERATE("mastodon", "pleroma", "peertube");
    CAPTURE(software);
    Road road{software};
    CHECK(road.end() == NoticeState::StillPresent);
}

TEST_CASE("It is seen to also where the account was gone before anybody asked", "[erasure][handles]") {
    Road road{"mastodon"};
    road.origin_gone = true;
    CHECK(road.end() == NoticeState::StillPresent);
    CHECK(road.handles.people.handle_facts(road.office.alice)->confirmed.reveal().empty());
}

TEST_CASE("Where WebFinger names nobody it is not called gone, nor not visible", "[erasure][handles]") {
    const std::string software = GENERATE("mastodon", "pleroma");
    CAPTURE(software);
    Road road{software};
    road.names_people = false;
    CHECK(road.end() == NoticeState::Acknowledged);
}
