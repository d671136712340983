/// The answers to a request for erasure, as the person reads them, in every language.

#include <algorithm>
#include <array>

#include <catch2/catch.hpp>

#include "erasure/answer.hpp"
#include "golden.hpp"
#include "privacy/day.hpp"
#include "translation.hpp"

using namespace fedtrail;
using namespace fedtrail::testing;
using fediverse::NoticeState;
using privacy::RefusalGround;
using privacy::RequestState;

namespace {

erasure::AnswerController whole_controller() {
    return {
        "Example Cooperative", "privacy@origin.example", "dpo@origin.example", "Autoriteit Persoonsgegevens"};
}

erasure::Answer plain(RequestState state) {
    erasure::Answer answer;
    answer.number = records::RequestNumber{7};
    answer.state = state;
    answer.identity_verified = true;
    answer.handle = Personal<std::string>{"alice@origin.example"};
    answer.received = day("2026-11-20");
    answer.due = day("2026-12-21");
    return answer;
}

erasure::AnsweredRecipient server(const std::string& name, std::optional<NoticeState> state, bool told) {
    erasure::AnsweredRecipient one;
    one.host = *Host::parse(name + ".example");
    one.state = state;
    one.told = told;
    if (state == NoticeState::Acknowledged || state == NoticeState::Disproportionate) {
        one.acknowledged_at = *parse_rfc3339("2026-11-22T10:00:00Z");
    }
    return one;
}

erasure::AnsweredRecipient because(erasure::AnsweredRecipient one, const std::string& reason) {
    one.reason = reason;
    return one;
}

/// A server in every state, reached and not, with every reason.
std::vector<erasure::AnsweredRecipient> servers() {
    std::vector<erasure::AnsweredRecipient> all;
    for (std::size_t i = 0; i <= static_cast<std::size_t>(NoticeState::Disproportionate); ++i) {
        const auto state = static_cast<NoticeState>(i);
        std::string name{fediverse::name_of(state)};
        std::replace(name.begin(), name.end(), '_', '-');
        all.push_back(server("told." + name, state, true));
        all.push_back(server("untold." + name, state, false));
    }
    all.push_back(server("never", std::nullopt, false));
    auto stays = server("profile", NoticeState::NotVisible, true);
    stays.profile_stays = true;
    all.push_back(stays);
    auto relay = server("relay", NoticeState::Acknowledged, true);
    relay.passes_on = true;
    all.push_back(relay);
    auto keeps = server("keeps", NoticeState::Disproportionate, true);
    keeps.seen = true;
    all.push_back(because(keeps, "disproportionate: Two letters had no effect."));
    all.push_back(because(server("nobody", NoticeState::Disproportionate, false),
                          "impossible: Nobody is known to run it."));
    all.push_back(because(server("posts", NoticeState::Unprobeable, true), "no_post_probe"));
    auto errors = server("errors", NoticeState::Unreachable, true);
    errors.last_status = 503;
    all.push_back(because(errors, "Given up after 14 attempts; the last: it answers 503."));
    auto picky = server("picky", NoticeState::Refused, true);
    picky.messages = 1'203;
    picky.not_taken = 1'203;
    picky.last_status = 403;
    all.push_back(because(picky, "Messages not taken: 1203 of 1203; the last answer was 403."));
    all.push_back(
        because(server("doorless", NoticeState::Unreachable, false), "not_sent: no inbox is known"));
    all.push_back(because(server("imports", NoticeState::Acknowledged, true), "would_import"));
    return all;
}

/// Everything that an answer can say at once.
erasure::Answer full() {
    auto answer = plain(RequestState::PartlyFulfilled);
    answer.extended = true;
    answer.extension_reason = "Your posts are many.";
    answer.stopped = true;
    answer.names_remedies = true;
    answer.objects_kept = 3;
    answer.own_copy = erasure::OwnCopy::NotSeenGone;
    for (std::size_t i = 0; i <= static_cast<std::size_t>(RefusalGround::NoGround); ++i) {
        answer.refusals.push_back({static_cast<RefusalGround>(i), "Words of the operator.", i == 0});
    }
    answer.recipients = servers();
    answer.others = {server("behind", NoticeState::Acknowledged, true)};
    answer.way_unknown = {server("forgotten", NoticeState::Acknowledged, true)};
    return answer;
}

erasure::Answer unverified() {
    auto answer = plain(RequestState::IdentityPending);
    answer.handle = Personal<std::string>{""};
    answer.identity_verified = false;
    return answer;
}

erasure::Answer refused() {
    auto answer = plain(RequestState::Refused);
    answer.refusals = {{RefusalGround::LegalClaims, "A trial is going on.", true}};
    answer.names_remedies = true;
    return answer;
}

erasure::Answer repeated() {
    auto answer = plain(RequestState::Duplicate);
    answer.duplicate_of = records::RequestNumber{6};
    return answer;
}

/// From one server alone; at work.
erasure::Answer removal() {
    auto answer = plain(RequestState::InProgress);
    answer.scope.recipients = {*Host::parse("told.example")};
    answer.recipients = {server("told", NoticeState::Sent, true)};
    return answer;
}

erasure::Answer some_posts() {
    auto answer = plain(RequestState::Fulfilled);
    answer.scope.kind = records::ScopeKind::Objects;
    answer.own_copy = erasure::OwnCopy::Gone;
    answer.own_gone_at = *parse_rfc3339("2026-11-22T10:00:00Z");
    answer.recipients = {server("told", NoticeState::VerifiedGone, true)};
    return answer;
}

erasure::Answer said_gone() {
    auto answer = plain(RequestState::Fulfilled);
    answer.own_copy = erasure::OwnCopy::SaidGone;
    answer.recipients = {server("told", NoticeState::VerifiedGone, true)};
    return answer;
}

erasure::Answer stopped() {
    auto answer = plain(RequestState::InProgress);
    answer.stopped = true;
    answer.names_remedies = true;
    answer.recipients = {server("told", NoticeState::Acknowledged, true), server("never", {}, false)};
    return answer;
}

erasure::Answer extended() {
    auto answer = plain(RequestState::InProgress);
    answer.extended = true;
    answer.extension_reason = "Your posts are many.";
    return answer;
}

/// Of a request for whose answer the time is over.
erasure::Answer late(RequestState state) {
    auto answer = plain(state);
    answer.overdue = true;
    answer.names_remedies = true;
    return answer;
}

/// Also the time that it was extended by.
erasure::Answer late_extended() {
    auto answer = late(RequestState::InProgress);
    answer.extended = true;
    answer.extension_reason = "Your posts are many.";
    return answer;
}

erasure::Answer removed() {
    auto answer = removal();
    answer.state = RequestState::Fulfilled;
    return answer;
}

/// From a server that has nothing.
erasure::Answer removed_from_nowhere() {
    auto answer = plain(RequestState::Fulfilled);
    answer.scope.recipients = {*Host::parse("nowhere.example")};
    answer.untouched = answer.objected = answer.scope.recipients;
    return answer;
}

/// Nobody is told yet who has it from others.
erasure::Answer not_begun() {
    auto answer = plain(RequestState::Received);
    answer.others = {server("behind", std::nullopt, false)};
    return answer;
}

std::string answer_text(const erasure::Answer& answer, std::string_view language) {
    const auto words = erasure::load_answer_words(FEDTRAIL_SOURCE_DIR "/policies", language);
    REQUIRE(words);
    return *erasure::render_answer_text(answer, whole_controller(), *words);
}

}  // namespace

TEST_CASE("The answer in each language is the approved one", "[erasure][answer][translations][approval]") {
    for (const auto language : kLanguages) {
        CAPTURE(language);
        const auto text = answer_text(full(), language);
        CHECK(text == approved("erasure/golden/answer-full." + std::string{language} + ".md", text));
    }
}

TEST_CASE("The answer in each state is the approved one in each language",
          "[erasure][answer][translations][approval]") {
    const std::array answers{plain(RequestState::Received),
                             unverified(),
                             plain(RequestState::PausedForInfo),
                             plain(RequestState::InProgress),
                             removal(),
                             extended(),
                             late(RequestState::Received),
                             late_extended(),
                             removed(),
                             removed_from_nowhere(),
                             not_begun(),
                             stopped(),
                             some_posts(),
                             said_gone(),
                             refused(),
                             plain(RequestState::Withdrawn),
                             repeated()};
    for (const auto language : kLanguages) {
        CAPTURE(language);
        std::string all;
        for (const auto& answer : answers) {
            all += answer_text(answer, language) + "\n* * *\n\n";
        }
        CHECK(all == approved("erasure/golden/answers." + std::string{language} + ".md", all));
    }
}
