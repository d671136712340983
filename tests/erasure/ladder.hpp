/// An escalation, a mail server that keeps what it gets, and notices that need letters.

#pragma once

#include <chrono>
#include <filesystem>
#include <fstream>
#include <functional>
#include <optional>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include <catch2/catch.hpp>

#include "erasure/alice.hpp"
#include "erasure/escalation.hpp"
#include "erasure/letter_folder.hpp"
#include "erasure/verdict.hpp"
#include "fakes/held_ledger.hpp"
#include "fakes/notice_book.hpp"
#include "fakes/recipient_directory.hpp"
#include "fakes/request_book.hpp"
#include "fakes/stopped_clock.hpp"
#include "fakes/subject_vault.hpp"
#include "temp_dir.hpp"

namespace fedtrail::testing {

inline std::string file(const std::filesystem::path& path) {
    const std::ifstream in{path};
    std::ostringstream text;
    text << in.rdbuf();
    return text.str();
}

inline bool has(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

inline erasure::EscalationPolicy real_policy() {
    auto policy = erasure::EscalationPolicy::parse(file(FEDTRAIL_SOURCE_DIR "/policies/escalation.json"));
    REQUIRE(policy);
    return std::move(*policy);
}

inline erasure::LetterTexts real_texts() {
    auto texts = erasure::LetterTexts::load(FEDTRAIL_SOURCE_DIR "/policies");
    REQUIRE(texts);
    return std::move(*texts);
}

class FakeMailer final : public Mailer {
public:
    std::vector<Letter> sent;
    std::optional<ErrorKind> failure;
    std::function<void()> before_send = [] {};

    Result<void> send(const Letter& letter) override {
        before_send();
        sent.push_back(letter);
        if (failure) {
            return fail(*failure, "the mail server mail.example answered 450");
        }
        return {};
    }
};

/// An escalation with everything around it in memory, and one request of Alice's.
struct Ladder {
    TempDir folder;
    FakeRequestBook requests;
    FakeNoticeBook notices{requests};
    FakeRecipientDirectory directory;
    FakeSubjectVault vault;
    HeldLedger ledger;
    FakeMailer mailer;
    erasure::LetterFolder by_hand{folder / "letters"};
    StoppedClock clock;
    erasure::EscalationPolicy policy = real_policy();
    erasure::LetterTexts texts = real_texts();
    privacy::SubjectNumber alice = *vault.enrol(*Uri::parse(kAlice), "alice");
    records::RequestNumber request;
    const fediverse::Dialects* dialects{};
    std::optional<erasure::Escalation> escalation;

    Ladder() {
        records::ErasureRequest one;
        one.subject = alice;
        one.state = privacy::RequestState::InProgress;
        request = requests.open(one, {})->number;
        make(&mailer);
    }
    void make(Mailer* by_mail) {
        erasure::EscalationOptions options;
        options.controller = {"Origin Foundation", "privacy@origin.example", ""};
        options.language = "en";
        options.mail_domain = "origin.example";
        escalation.emplace(
            erasure::EscalationPorts{
                requests, notices, directory, vault, ledger, by_mail, by_hand, clock, dialects},
            policy,
            texts,
            options);
    }
    void contact(const std::string& host, const std::string& address, const std::string& language = "en") {
        REQUIRE(directory.update(*Host::parse(host), [&](RecipientEntry& one) {
            one.contact = Personal<std::string>{address};
            one.language = language;
        }));
    }
    /// A notice that got into this state just now, by what was tried or without that.
    records::NoticeNumber add(const std::string& host, fediverse::NoticeState state, bool tried = true) {
        records::Notice notice;
        notice.request = request;
        notice.subject = alice;
        notice.recipient = *Host::parse(host);
        notice.state = state;
        if (state != fediverse::NoticeState::Unreachable) {
            notice.last_status = 403;
            notice.acknowledged_at = clock.at - std::chrono::hours{24};
        }
        notice.looks = 1;
        notice.steps = {{fediverse::StepKind::DeleteObject, {}, 1, 0}, {}};
        const std::vector<records::ErasedObject> objects{
            {Personal<std::string>{std::string{kAlice} + "/statuses/1"}, {}, false}};
        const std::vector<records::Notice> planned{notice};
        REQUIRE(notices.plan(request, objects, planned));
        const auto number = this->notice(host).number;
        NoticeChange change;
        if (tried) {
            change.attempts.push_back(
                {number, 0, clock.at, records::AttemptResult::Answered, 403, "cavage", ""});
        }
        if (state == fediverse::NoticeState::StillPresent) {
            change.looks.push_back({number, clock.at, "x", fediverse::Presence::Present, 200});
        }
        REQUIRE(notices.apply(change));
        return number;
    }
    [[nodiscard]] records::Notice notice(const std::string& host) const {
        return **erasure::notice_to(notices, request, *Host::parse(host));
    }
    [[nodiscard]] std::vector<records::NoticeLetter> letters(const std::string& host) const {
        return notices.history(notice(host).number)->letters;
    }
    void pass(std::chrono::hours span) {
        const auto end = clock.at + span;
        for (;;) {
            const auto again = escalation->step();
            REQUIRE(again);
            if (**again > end) {
                break;
            }
            clock.at = **again;
        }
        clock.at = end;
    }
};

}  // namespace fedtrail::testing
