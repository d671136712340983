/// A courier with everything around it in memory.

#pragma once

#include <fstream>
#include <memory>
#include <sstream>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "erasure/courier.hpp"
#include "fakes/notice_book.hpp"
#include "fakes/recipient_directory.hpp"
#include "fakes/remote_http.hpp"
#include "fakes/request_book.hpp"
#include "fakes/signing.hpp"
#include "fakes/stopped_clock.hpp"
#include "fakes/subject_vault.hpp"

namespace fedtrail::testing {

inline const fediverse::Dialects& real_dialects_once() {
    static const auto kDialects = [] {
        const std::ifstream file{FEDTRAIL_SOURCE_DIR "/policies/dialects.json"};
        std::ostringstream text;
        text << file.rdbuf();
        return *fediverse::Dialects::parse(text.str());
    }();
    return kDialects;
}

inline bool contains(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

struct CourierHouse {
    using Step = records::NoticeStep;
    static constexpr auto kActor = fediverse::StepKind::DeleteActor;
    static constexpr auto kObject = fediverse::StepKind::DeleteObject;
    static constexpr auto kPlain = fediverse::ObjectForm::Plain;

    FakeRequestBook requests;
    FakeNoticeBook notices{requests};
    FakeRecipientDirectory directory;
    FakeSubjectVault vault;
    StoppedClock clock;
    FakeRemoteHttp http;
    FakeSigner signer;
    FakeCipher cipher;
    erasure::RequestSigner request_signer{signer, cipher, clock};
    erasure::CourierOptions options;
    std::unique_ptr<erasure::Courier> courier;
    int woken = 0;

    CourierHouse() {
        const auto number = vault.enrol(*Uri::parse("https://origin.example/users/alice"), "alice");
        REQUIRE(number);
        restart();
    }

    void restart(NoticeBook* book = nullptr, RecipientDirectory* list = nullptr) {
        courier =
            std::make_unique<erasure::Courier>(erasure::CourierPorts{requests,
                                                                     book == nullptr ? notices : *book,
                                                                     list == nullptr ? directory : *list,
                                                                     vault,
                                                                     http,
                                                                     request_signer,
                                                                     clock},
                                               real_dialects_once(),
                                               options,
                                               [this] { ++woken; });
    }

    records::RequestNumber open_request() {
        records::ErasureRequest request;
        request.subject = privacy::SubjectNumber{1};
        request.state = privacy::RequestState::InProgress;
        request.received_at = clock.at;
        return requests.open(request, {})->number;
    }

    /// Objects 0 to count-1 of the request.
    static std::vector<records::ErasedObject> objects(std::size_t count) {
        std::vector<records::ErasedObject> all(count);
        for (std::size_t i = 0; i < count; ++i) {
            all[i].uri =
                Personal<std::string>{"https://origin.example/users/alice/statuses/" + std::to_string(i)};
        }
        return all;
    }

    [[nodiscard]] records::Notice notice(records::RequestNumber request,
                                         const std::string& host,
                                         std::vector<Step> steps,
                                         const std::string& dialect = "default") const {
        records::Notice notice;
        notice.request = request;
        notice.subject = privacy::SubjectNumber{1};
        notice.recipient = *Host::parse(host);
        notice.dialect = dialect;
        notice.inbox = "https://" + host + "/inbox";
        notice.steps = std::move(steps);
        notice.next_at = clock.at;
        return notice;
    }

    /// Plans one notice of one message, Delete(actor), to each host.
    records::RequestNumber tell(const std::vector<std::string>& hosts,
                                const std::string& dialect = "default") {
        const auto request = open_request();
        std::vector<records::Notice> list;
        for (const auto& host : hosts) {
            list.push_back(notice(request, host, {Step{kActor, kPlain, 1, 0}}, dialect));
        }
        REQUIRE(notices.plan(request, {}, list));
        return request;
    }

    /// Calls step() until it has nothing to do now; gives when it wants to be called again.
    std::optional<Instant> work() {
        for (int i = 0; i < 10'000; ++i) {
            const auto next = courier->step();
            INFO((next ? std::string{} : next.error().what));
            REQUIRE(next);
            const auto seen = std::exchange(woken, 0);
            if (seen == 0 && (!*next || **next > clock.at)) {
                return *next;
            }
        }
        FAIL("the courier does not come to rest");
        return {};
    }
    /// Goes to that moment and works.
    std::optional<Instant> work_at(Instant at) {
        clock.at = at;
        return work();
    }
    /// Works until nothing is planned, at most that many times.
    void work_on(int most = 1'000) {
        auto next = work();
        for (int i = 0; next && i < most; ++i) {
            next = work_at(*next);
        }
    }

    [[nodiscard]] records::Notice only(const std::string& host) const {
        NoticeFilter filter;
        filter.recipient = *Host::parse(host);
        const auto found = notices.notices(filter);
        REQUIRE(found);
        REQUIRE(found->size() == 1);
        return found->front();
    }
    [[nodiscard]] NoticeHistory history(const std::string& host) const {
        return *notices.history(only(host).number);
    }
    [[nodiscard]] RecipientEntry entry(const std::string& host) const {
        return *directory.entry(*Host::parse(host));
    }
    [[nodiscard]] std::vector<std::string> bodies() const {
        std::vector<std::string> all;
        for (const auto& request : http.requests()) {
            all.push_back(request.body);
        }
        return all;
    }
};

}  // namespace fedtrail::testing
