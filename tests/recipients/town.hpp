/// A refresher with everything around it that is not a network: servers are pages.

#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <catch2/catch.hpp>

#include "backends/libxml2/html_text.hpp"
#include "backends/openssl/cipher.hpp"
#include "fakes/policy_archive.hpp"
#include "fakes/recipient_directory.hpp"
#include "fakes/refresh_book.hpp"
#include "fakes/remote_http.hpp"
#include "fakes/stopped_clock.hpp"
#include "recipients/policy_file.hpp"
#include "recipients/refresher.hpp"

namespace fedtrail::testing {

[[nodiscard]] inline Host named(const std::string& text) {
    return *Host::parse(text);
}

[[nodiscard]] inline RemoteResponse json(const std::string& body, HttpHeaders headers = {}) {
    headers.emplace_back("Content-Type", "application/json");
    return answered(200, std::move(headers), body);
}

[[nodiscard]] inline RemoteResponse page(const std::string& body) {
    return answered(200, {{"Content-Type", "text/html; charset=utf-8"}}, body);
}

[[nodiscard]] inline RemoteResponse moved(const std::string& to) {
    auto response = answered(301, {{"Location", to}});
    response.redirect = to;
    return response;
}

/// As after a redirect that was followed.
[[nodiscard]] inline RemoteResponse from(const std::string& url, RemoteResponse response) {
    response.url = *Uri::parse(url);
    return response;
}

class Town {
public:
    Town() { restart(); }

    /// A new refresher with the same books.
    void restart() {
        refresher = std::make_unique<recipients::Refresher>(
            recipients::RefresherPorts{book, directory, archive, http, html, cipher, clock},
            recipients::RefresherLore{dialects, marks},
            options,
            [this] { ++woken; });
        http.server = [this](const RemoteRequest& request) -> std::optional<RemoteResponse> {
            ++asked[request.url.text()];
            const auto found = pages.find(request.url.text());
            if (found == pages.end()) {
                return answered(404);
            }
            const auto tag = header_of(found->second.headers, "ETag");
            if (!tag.empty() && header_of(request.headers, "If-None-Match") == tag) {
                return answered(304, {{"ETag", std::string{tag}}});
            }
            return found->second;
        };
    }

    /// NodeInfo 2.0 of that software with that many accounts.
    void serve(const std::string& host,
               const std::string& software,
               int users = 100,
               const std::string& metadata = "{}") {
        pages["https://" + host + "/.well-known/nodeinfo"] = links_to(host);
        pages["https://" + host + "/n"] =
            json(R"({"software":{"name":")" + software +
                 R"(","version":"1.0"},"openRegistrations":false,"usage":{"users":{"total":)" +
                 std::to_string(users) + R"(}},"metadata":)" + metadata + "}");
    }
    static RemoteResponse links_to(const std::string& host) {
        return json(R"({"links":[{"rel":"http://nodeinfo.diaspora.software/ns/schema/2.0","href":"https://)" +
                    host + R"(/n"}]})");
    }
    void know(const std::string& host) {
        const std::vector hosts{named(host)};
        REQUIRE(book.add(hosts, clock.at));
    }

    /// Steps until nothing is under way; the clock runs as far as it must.
    void work() {
        for (int i = 0; i < 10'000; ++i) {
            const auto next = refresher->step();
            REQUIRE(next);
            if (std::exchange(woken, 0) > 0) {
                continue;
            }
            if (refresher->idle() || http.waiting() > 0) {
                return;
            }
            REQUIRE(*next);
            clock.at = std::max(clock.at + std::chrono::milliseconds{1}, **next);
        }
        FAIL("the refresher does not come to rest");
    }
    /// Asks it again, now.
    void again(const std::string& host) {
        const std::vector hosts{named(host)};
        REQUIRE(book.call_for(hosts, clock.at));
        clock.at += std::chrono::seconds{10};  // it looks that often whether somebody called
        work();
    }
    [[nodiscard]] RecipientEntry entry(const std::string& host) const {
        return *directory.entry(named(host));
    }
    [[nodiscard]] std::vector<records::PolicyVersion> versions(const std::string& host) const {
        return *archive.versions(named(host));
    }
    [[nodiscard]] std::string text(const records::PolicyVersion& version) const {
        return archive.text(version)->reveal();
    }

    FakeRefreshBook book;
    FakeRecipientDirectory directory;
    FakePolicyArchive archive;
    FakeRemoteHttp http;
    StoppedClock clock;
    const libxml2::LibxmlHtmlReader html;
    const std::unique_ptr<openssl::OpensslCipher> hasher = *openssl::OpensslCipher::make();
    const Cipher& cipher = *hasher;
    fediverse::Dialects dialects = *fediverse::Dialects::parse(policy_file("dialects.json"));
    std::vector<recipients::MarkRule> marks = *recipients::parse_marks(policy_file("recipient-marks.json"));
    recipients::RefresherOptions options;
    std::unique_ptr<recipients::Refresher> refresher;
    std::map<std::string, RemoteResponse> pages;
    std::map<std::string, int> asked;
    int woken = 0;
};

}  // namespace fedtrail::testing
