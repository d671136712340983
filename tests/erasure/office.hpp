/// A desk with everything it needs, in memory.

#pragma once

#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "erasure/desk.hpp"
#include "fakes/held_ledger.hpp"
#include "fakes/notice_book.hpp"
#include "fakes/objection_book.hpp"
#include "fakes/recipient_directory.hpp"
#include "fakes/request_book.hpp"
#include "fakes/stopped_clock.hpp"
#include "fakes/subject_vault.hpp"
#include "host.hpp"

namespace fedtrail::testing {

inline std::string policy_text(const std::string& name) {
    std::ifstream file{std::filesystem::path{FEDTRAIL_SOURCE_DIR} / "policies" / name};
    std::ostringstream text;
    text << file.rdbuf();
    return text.str();
}

inline Personal<std::string> personal(std::string text) {
    return Personal<std::string>{std::move(text)};
}

inline const std::string kActor = "https://origin.example/users/alice";

inline std::string note(int number) {
    return "https://origin.example/notes/" + std::to_string(number);
}

/// Of these notes alone.
inline records::ErasureScope chosen(const std::vector<int>& numbers) {
    records::ErasureScope scope;
    scope.kind = records::ScopeKind::Objects;
    for (const auto number : numbers) {
        scope.objects.push_back(personal(note(number)));
    }
    return scope;
}

struct Office {
    explicit Office(erasure::Planner::Options options = {})
        : planner({ledger, ledger, vault, directory, notices, requests, clock, &ledger}, dialects, options) {
        alice = *vault.enrol(*Uri::parse(kActor), "alice");
    }

    StoppedClock clock;
    HeldLedger ledger;
    FakeSubjectVault vault;
    FakeRecipientDirectory directory;
    FakeRequestBook requests;
    FakeNoticeBook notices{requests};
    FakeObjectionBook objections;
    fediverse::Dialects dialects = *fediverse::Dialects::parse(policy_text("dialects.json"));
    erasure::Planner planner;
    erasure::LegalCalendar calendar;
    erasure::Desk desk{
        {requests, notices, objections, objections, ledger, ledger, vault, clock}, planner, calendar};
    privacy::SubjectNumber alice;

    void knows(const std::string& name, const std::string& software) {
        REQUIRE(directory.update(host(name), [&](RecipientEntry& entry) {
            entry.software = software;
            entry.asked_at = clock.at;
            entry.known_at = clock.at;
        }));
    }
    /// A note of Alice's, by its number.
    void lies(int number, const std::vector<std::string>& hosts) {
        ledger.add(note(number) + "/activity", note(number), {fediverse::DataCategory::PostText}, hosts);
    }

    [[nodiscard]] erasure::OpenOrder order(records::ErasureScope scope = {}) const {
        erasure::OpenOrder made;
        made.subject = alice;
        made.scope = std::move(scope);
        made.by = "cli";
        made.identity_verified = true;
        return made;
    }
    records::RequestNumber opened(records::ErasureScope scope = {}) {
        const auto request = desk.open(order(std::move(scope)));
        REQUIRE(request);
        return request->number;
    }
    Result<records::ErasureRequest> hold(records::RequestNumber number,
                                         const std::vector<std::string>& uris) {
        const std::vector<Personal<std::string>> kept{uris.begin(), uris.end()};
        return desk.hold(act(number, "a court asked"), kept, privacy::RefusalGround::LegalClaims);
    }
    records::RequestNumber started(records::ErasureScope scope = {}) {
        const auto number = opened(std::move(scope));
        REQUIRE(desk.start(act(number)));
        return number;
    }
    static erasure::Act act(records::RequestNumber number, std::string reason = {}) {
        return erasure::Act{number, "cli", std::move(reason)};
    }
    records::Notice notice_to(records::RequestNumber request, const std::string& name) {
        NoticeFilter filter;
        filter.request = request;
        filter.recipient = host(name);
        const auto found = notices.notices(filter);
        REQUIRE(found);
        REQUIRE(found->size() == 1);
        return found->front();
    }
    std::size_t notices_of(records::RequestNumber request) {
        NoticeFilter filter;
        filter.request = request;
        return notices.notices(filter)->size();
    }
    void write(const records::Notice& notice) {
        NoticeChange change;
        change.notices = {notice};
        REQUIRE(notices.apply(change));
    }
    /// As the courier does when all went well.
    void deliver(records::Notice notice, std::size_t steps) {
        notice.position += static_cast<std::uint32_t>(steps);
        const bool done = notice.position == notice.steps.size();
        notice.state = done ? fediverse::NoticeState::Acknowledged : fediverse::NoticeState::Sent;
        if (done) {
            notice.next_at.reset();
            notice.acknowledged_at = clock.at;
        }
        write(notice);
    }
    /// "delete 1", "undo https://…", "actor typed", "delete 1 wave 2", in their order.
    std::vector<std::string> words(const records::Notice& notice) {
        const auto objects = *notices.objects(notice.request, {});
        std::vector<std::string> lines;
        for (const auto& step : notice.steps) {
            lines.push_back(word(step, objects));
        }
        return lines;
    }

private:
    static std::string word(const records::NoticeStep& step,
                            const std::vector<records::ErasedObject>& objects) {
        std::string line;
        if (step.kind == fediverse::StepKind::DeleteActor) {
            line = "actor";
        } else {
            const auto& uri = objects.at(step.object).uri.reveal();
            const auto place = uri.find("/notes/");
            const auto shown = place == std::string::npos ? uri : uri.substr(place + 7);
            line = (step.kind == fediverse::StepKind::UndoActivity ? "undo " : "delete ") + shown;
        }
        if (step.form == fediverse::ObjectForm::Typed) {
            line += " typed";
        } else if (step.form == fediverse::ObjectForm::Tombstone) {
            line += " tombstone";
        }
        return step.wave == 1 ? line : line + " wave " + std::to_string(step.wave);
    }
};

/// As the courier and the looker do when nothing more is to be sent.
inline void settle(Office& office,
                   records::RequestNumber number,
                   const std::string& name,
                   fediverse::NoticeState state) {
    auto notice = office.notice_to(number, name);
    notice.position = static_cast<std::uint32_t>(notice.steps.size());
    notice.next_at.reset();
    notice.state = state;
    office.write(notice);
}

template <typename T>
bool denied(const Result<T>& result) {
    return !result && result.error().kind == ErrorKind::Denied;
}

template <typename T>
bool invalid(const Result<T>& result) {
    return !result && result.error().kind == ErrorKind::Invalid;
}

}  // namespace fedtrail::testing
