/// A looker, what it looks with, and servers to look at.

#pragma once

#include <chrono>
#include <fstream>
#include <functional>
#include <optional>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include <catch2/catch.hpp>

#include "erasure/alice.hpp"
#include "erasure/looker.hpp"
#include "fakes/handle_book.hpp"
#include "fakes/notice_book.hpp"
#include "fakes/recipient_directory.hpp"
#include "fakes/remote_http.hpp"
#include "fakes/request_book.hpp"
#include "fakes/signing.hpp"
#include "fakes/stopped_clock.hpp"
#include "fakes/subject_vault.hpp"

namespace fedtrail::testing {

inline fediverse::Probes probes_from(const std::string& json) {
    auto probes = fediverse::Probes::parse(json);
    REQUIRE(probes);
    return std::move(*probes);
}

inline fediverse::Probes real_probes() {
    const std::ifstream file{FEDTRAIL_SOURCE_DIR "/policies/probes.json"};
    std::ostringstream text;
    text << file.rdbuf();
    return probes_from(text.str());
}

/// A software "x" with a probe of the account and one of an object, "pages" with one of a page.
inline constexpr const char* kProbes = R"({"format": "fedtrail/probes/1", "unprobeable": [], "probes": [
  {"name": "x-account", "software": ["x"], "target": "account", "method": "GET", "path": "/account?a={handle}",
   "accept": "application/json", "signed_get": true, "meanings": [
     {"statuses": [200], "presence": "present"}, {"statuses": [404, 401, 429, 503], "presence": "gone"}]},
  {"name": "x-object", "software": ["x"], "target": "object", "method": "GET", "path": "/object?o={object}",
   "accept": "application/json", "meanings": [
     {"statuses": [200], "presence": "present"}, {"statuses": [404], "presence": "gone"},
     {"statuses": [406], "presence": "not_visible"}]},
  {"name": "page", "software": ["pages"], "target": "account", "method": "GET", "path": "/@{handle}",
   "accept": "text/html", "is_html": true, "meanings": [
     {"statuses": [200], "presence": "present"}, {"statuses": [404], "presence": "gone"}]},
  {"name": "knock", "software": ["knocks"], "target": "account", "method": "POST", "path": "/inbox",
   "body": {"actor": "{actor}"}, "accept": "application/json", "write_endpoint": true, "meanings": [
     {"statuses": [202], "presence": "gone"}]},
  {"name": "lists", "software": ["lists"], "target": "object", "method": "GET", "path": "/of/{id}",
   "accept": "application/json",
   "first": {"method": "GET", "path": "/who?a={handle}", "id": "/id", "meanings": [
     {"statuses": [200], "presence": "present"}, {"statuses": [404], "presence": "gone"}]},
   "list": {"uris": ["/uri"], "last": "/id", "next": {"path": "/of/{id}?before={last}"}, "pages": 3,
            "absent": "not_visible"}},
  {"name": "metered", "software": ["metered"], "target": "account", "method": "GET", "path": "/m?a={handle}",
   "accept": "application/json", "rate_limit": {"requests": 6, "seconds": 60, "source": "x"},
   "meanings": [{"statuses": [404], "presence": "gone"}]},
  {"name": "takes", "software": ["taking"], "target": "object", "method": "GET", "path": "/t?o={object}",
   "accept": "application/json", "imports": true, "meanings": [{"statuses": [404], "presence": "gone"}]},
  {"name": "fetches", "software": ["fetching"], "target": "account", "method": "GET", "path": "/f?a={handle}",
   "accept": "application/json", "imports": true, "meanings": [{"statuses": [200], "presence": "present"}]}
]})";

/// A looker with everything around it in memory, and one request of Alice's.
struct Sight {
    FakeRequestBook requests;
    FakeNoticeBook notices{requests};
    FakeRecipientDirectory directory;
    FakeSubjectVault vault;
    FakeHandleBook handles;
    FakeRemoteHttp http;
    StoppedClock clock;
    FakeSigner keys;
    FakeCipher cipher;
    erasure::RequestSigner signer{keys, cipher, clock};
    fediverse::Probes probes;
    erasure::LookerOptions options;
    const fediverse::Dialects* dialects{};
    std::optional<erasure::Looker> looker;
    privacy::SubjectNumber alice = *vault.enrol(*Uri::parse(kAlice), "alice");
    records::RequestNumber request;
    bool woken = false;

    explicit Sight(fediverse::Probes of = probes_from(kProbes), records::ErasureScope scope = {})
        : probes(std::move(of)) {
        options.user_agent = "Fedtrail/1 (+https://origin.example/privacy)";
        records::ErasureRequest one;
        one.subject = alice;
        one.scope = std::move(scope);
        one.state = privacy::RequestState::InProgress;
        one.origin_gone_at = clock.at;
        http.server = [](const RemoteRequest&) { return says(404, "{}"); };
        request = requests.open(one, {})->number;
        confirm("alice@origin.example");
        make();
    }
    void make() {
        looker.emplace(
            erasure::LookerPorts{
                requests, notices, notices, directory, vault, handles, http, signer, clock, dialects},
            probes,
            options,
            [this] { woken = true; });
    }
    /// As the origin's WebFinger would; "" is not confirmed.
    void confirm(const std::string& handle) {
        handles.facts[alice.get()].confirmed = Personal<std::string>{handle};
    }
    void change(const std::function<void(records::ErasureRequest&)>& how) {
        auto one = *requests.request(request);
        how(one);
        REQUIRE(requests.record(one, {}));
    }
    /// A notice, told, whose first look is due; with so many objects.
    records::NoticeNumber told(const std::string& host,
                               const std::string& software,
                               std::size_t objects = 0) {
        std::vector<records::ErasedObject> all;
        records::Notice notice;
        notice.request = request;
        notice.subject = alice;
        notice.recipient = *Host::parse(host);
        notice.software = software;
        notice.state = fediverse::NoticeState::Acknowledged;
        notice.acknowledged_at = clock.at - std::chrono::hours{1};
        notice.next_look_at = clock.at;
        for (std::uint32_t i = 0; i < objects; ++i) {
            all.push_back({Personal<std::string>{std::string{kAlice} + "/" + std::to_string(i)}, {}, false});
            notice.steps.push_back({fediverse::StepKind::DeleteObject, {}, 1, i});
        }
        const std::vector<records::Notice> planned{notice};
        const auto known = *notices.objects(request, {});
        REQUIRE(notices.plan(request, all.size() > known.size() ? all : known, planned));
        return erasure::notice_to(notices, request, notice.recipient)->value().number;
    }
    /// Another request of the same person: what follows is about that one.
    void again() {
        records::ErasureRequest one = *requests.request(request);
        request = requests.open(one, {})->number;
    }
    [[nodiscard]] erasure::VerdictPorts verdicts() { return {requests, notices, notices, directory, clock}; }
    [[nodiscard]] records::Notice notice(const std::string& host) const {
        return **erasure::notice_to(notices, request, *Host::parse(host));
    }
    [[nodiscard]] std::vector<records::NoticeLook> looks(const std::string& host) const {
        return notices.history(notice(host).number)->looks;
    }
    /// Steps through the next `span`, whenever it wants to be called.
    void pass(std::chrono::milliseconds span) {
        const auto end = clock.at + span;
        for (int rounds = 0;; ++rounds) {
            REQUIRE(rounds < 20'000);
            const auto again = looker->step();
            REQUIRE(again);
            REQUIRE(*again);
            REQUIRE(**again > clock.at);
            if (std::exchange(woken, false)) {
                continue;
            }
            if (**again > end) {
                break;
            }
            clock.at = **again;
        }
        clock.at = end;
    }
    void look() { pass(std::chrono::minutes{10}); }
};

}  // namespace fedtrail::testing
