// What became of the messages that were sent.

#include <algorithm>
#include <utility>

#include "fedtrail/core/count.hpp"
#include "fedtrail/fediverse/politeness.hpp"
#include "fedtrail/privacy/erasure_request.hpp"

#include "erasure/courier_round.hpp"
#include "erasure/letter_sent.hpp"
#include "erasure/plan_targets.hpp"
#include "erasure/reason.hpp"
#include "erasure/taken.hpp"

namespace fedtrail::erasure {

namespace {

using fediverse::NoticeEventKind;
using fediverse::NoticeState;

/// After that many refusals and not one acceptance, no further object is tried.
constexpr std::uint32_t kEnoughRefusals = 5;

/// To the account's own Delete, or behind the last step. Who refuses objects may not know them, and yet obey
/// that one.
void skip_objects(records::Notice& notice) {
    const auto at = notice.steps.begin() + notice.position;
    const auto actor = std::find_if(at, notice.steps.end(), [](const records::NoticeStep& step) {
        return step.kind == fediverse::StepKind::DeleteActor;
    });
    const auto skipped = static_cast<std::uint32_t>(actor - at);
    notice.declined += skipped;
    notice.position += skipped;
}

void move(records::Notice& notice, NoticeEventKind event) {
    if (const auto to = fediverse::next(notice.state, event)) {
        notice.state = *to;
    }
}

/// Back to what it was before an attempt of which not an octet left: nobody was told anything by it.
void undo_attempt(records::Notice& notice, NoticeState before) {
    if (notice.state != NoticeState::Sent) {
        return;
    }
    if (before == NoticeState::Planned) {
        move(notice, NoticeEventKind::NothingLeft);
    } else if (before == NoticeState::Unreachable) {
        move(notice, NoticeEventKind::GaveUp);
    }
}

RecipientChange that_was_told(const Host& host) {
    return {host, [](RecipientEntry& entry) { ++entry.told; }};
}

RecipientChange that_answers(const Host& host) {
    return {host, [](RecipientEntry& entry) { note_answer(entry); }};
}

RecipientChange that_fails(const Host& host, const std::string& how, Instant now) {
    return {host, [how, now](RecipientEntry& entry) { note_failure(entry, how, now); }};
}

RecipientChange that_rests(const Host& host, Instant until) {
    return {host, [until](RecipientEntry& entry) { note_rest(entry, until); }};
}

RecipientChange that_takes(const Host& host, SignatureScheme scheme) {
    return {host, [scheme](RecipientEntry& entry) { entry.scheme = scheme; }};
}

std::string described(const RemoteResponse& response) {
    return response.status >= 200 ? "it answers " + std::to_string(response.status)
                                  : std::string{name_of(response.fault)};
}

}  // namespace

Result<void> Courier::settle(Round& round) {
    std::size_t count = 0;
    for (const auto& [number, flight] : flights_) {
        if (!flight.response && flight.obstacle.empty()) {
            continue;
        }
        if (++count > options_.max_begun) {
            round.again = true;
            break;
        }
        // Nothing of one that is damaged is written: it is due again once the window has passed.
        if (auto passed = round.walk.pass(settle_one(round, number, flight)); !passed) {
            return passed;
        }
        round.settled.push_back(number);
        round.freed.emplace(flight.host, flight.begun_at);
    }
    return {};
}

Result<void> Courier::settle_one(Round& round, records::NoticeNumber number, const Flight& flight) {
    // Read again: others write down what they saw of it meanwhile.
    auto found = notice_numbered(ports_.notices, number);
    if (!found) {
        return found.error().kind == ErrorKind::NotFound ? Result<void>{} : fail(found);
    }
    auto& notice = *found;
    const bool written =
        !notice.in_flight || notice.position != flight.step || notice.attempts != flight.attempts;
    if (written) {  // by a commit that was reported as failed
        return {};
    }
    if (auto request = request_of(round, notice.request); !request) {
        return fail(request);
    }
    if (!flight.response) {
        notice.in_flight = false;
        settle_obstacle(round, std::move(notice), flight);
        return {};
    }
    const auto ruling = ruling_on(notice, flight);
    if (!ruling) {
        return fail(ruling);
    }
    notice.in_flight = false;
    return settle_answer(round, std::move(notice), flight, *ruling);
}

Result<Ruling> Courier::ruling_on(const records::Notice& notice, const Flight& flight) const {
    const auto& response = *flight.response;
    Knock knock;
    knock.kind = notice.steps.at(flight.step).kind;
    knock.second = flight.second;
    knock.known_gone = dialects_.named(notice.dialect).known_gone;
    knock.took_some = notice.declined < notice.position;
    if (may_say_gone(response.status, knock)) {
        const auto taken = actor_taken(ports_.notices, ports_.requests, notice);
        if (!taken) {
            return fail(taken);
        }
        knock.actor = *taken;
    }
    return rule(response, knock);
}

void Courier::settle_obstacle(Round& round, records::Notice notice, const Flight& flight) {
    round.change.attempts.push_back({notice.number,
                                     flight.step,
                                     flight.begun_at,
                                     records::AttemptResult::Blocked,
                                     0,
                                     scheme_name(flight.scheme),
                                     flight.obstacle});
    notice.next_at = round.now + pause_after(notice.attempts, notice.number.get(), options_.retry);
    undo_attempt(notice, flight.before);
    if (notice.attempts >= options_.retry.step_attempts) {
        move(notice, NoticeEventKind::GaveUp);
        notice.next_at.reset();
        notice.reason = text_of({ReasonCode::NotSent, flight.obstacle});
    }
    ++round.tally.failed;
    round.change.notices.push_back(std::move(notice));
}

namespace {

bool goes_on_now(const records::Notice& notice,
                 const records::ErasureRequest& request,
                 RemoteFault fault,
                 Instant now) {
    return notice.position < notice.steps.size() && notice.next_at == now &&
           privacy::may_send(request.state) && !request.stopped &&
           (notice.steps[notice.position].wave < 2 || request.origin_gone_at) &&
           fault != RemoteFault::Stopped && fault != RemoteFault::Recalled;
}

SignatureScheme other_than(SignatureScheme scheme) {
    return scheme == SignatureScheme::Rfc9421 ? SignatureScheme::Cavage : SignatureScheme::Rfc9421;
}

}  // namespace

Result<void> Courier::settle_answer(Round& round,
                                    records::Notice notice,
                                    const Flight& flight,
                                    Ruling ruling) {
    const auto& response = *flight.response;
    round.change.attempts.push_back(
        {notice.number,
         flight.step,
         flight.begun_at,
         attempt_result(response),
         static_cast<std::uint16_t>(std::max(response.status, 0)),
         scheme_name(flight.scheme),
         response.fault == RemoteFault::None ? std::string{} : std::string{name_of(response.fault)}});
    notice.last_status = static_cast<std::uint16_t>(std::max(response.status, 0));
    notice.left = notice.left || response.left || response.status >= 200;
    learn(round, flight, ruling);
    const auto rest = rest_asked(notice, response, round.now);
    if (!rest) {
        notice.resting_since.reset();
    }
    auto scheme = flight.scheme;
    const bool turned_away = ruling == Ruling::Declined || ruling == Ruling::Refused;
    const auto elsewhere = turned_away ? goes_elsewhere(round, notice, flight) : Result<bool>{false};
    if (!elsewhere) {
        return fail(elsewhere);
    }
    switch (*elsewhere ? Ruling::OtherScheme : ruling) {
        case Ruling::Accepted:
            pass_step(round, notice, false);
            break;
        case Ruling::NothingThere:
            notice.declined = 0;  // what it did not take before is not there either
            pass_step(round, notice, false);
            break;
        case Ruling::Declined:
            pass_step(round, notice, true);
            break;
        case Ruling::Refused:
            refuse_rest(round, notice);
            break;
        case Ruling::OtherScheme:
            if (!*elsewhere) {
                scheme = other_than(scheme);
                notice.next_at = round.now;
            }
            break;
        case Ruling::TryAgain:
        case Ruling::HostFailing:
            retry(round, notice, flight, ruling);
            break;
    }
    if (rest && ruling != Ruling::OtherScheme) {  // the other scheme goes right after, or never
        leave_alone(round, notice, *rest);
    }
    if (!goes_on_now(notice, round.requests.at(notice.request), response.fault, round.now)) {
        round.change.notices.push_back(std::move(notice));
        return {};
    }
    round.chosen.insert(notice.recipient);
    round.candidates.push_back(
        {std::move(notice), scheme, ruling == Ruling::OtherScheme, std::nullopt, true, false});
    return {};
}

Result<bool> Courier::goes_elsewhere(Round& round, records::Notice& notice, const Flight& flight) {
    const auto status = flight.response->status;
    // Who took a message at that inbox before has it: this one speaks of the message.
    if ((status != 404 && status != 410) || notice.declined < notice.position ||
        notice.attempts >= options_.retry.step_attempts) {
        return false;
    }
    auto entry = ports_.directory.entry(notice.recipient);
    if (!entry && entry.error().kind == ErrorKind::Corrupt) {
        return false;  // no other inbox is known
    }
    if (!entry) {
        return fail(entry);
    }
    const auto known = inboxes_of(*entry, dialects_.of(entry->host, entry->software, entry->relay));
    const auto tried = std::find_if(
        known.begin(), known.end(), [&](const KnownInbox& one) { return one.uri == notice.inbox; });
    const auto next = tried == known.end() ? known.begin() : std::next(tried);
    const bool somebodys = entry->inbox == notice.inbox;
    if (next == known.end() && !(somebodys && options_.ask)) {
        return false;
    }
    round.changes.push_back({notice.recipient, [gone = notice.inbox](RecipientEntry& one) {
                                 one.inbox = one.inbox == gone ? std::string{} : one.inbox;
                             }});
    if (next != known.end()) {
        notice.inbox = next->uri;
        notice.next_at = round.now;
        return true;
    }
    // Only that person's was known, who may have left: the server is asked for another.
    notice.inbox.clear();
    notice.next_at = round.now + pause_after(notice.attempts, notice.number.get(), options_.retry);
    to_ask_.push_back(notice.recipient);
    return true;
}

void Courier::pass_step(Round& round, records::Notice& notice, bool declined) {
    ++notice.position;
    notice.attempts = 0;
    notice.resting_since.reset();
    notice.next_at = round.now;
    if (!declined) {
        ++round.tally.accepted;
    } else {
        ++round.tally.declined;
        ++notice.declined;
        if (notice.declined == notice.position && notice.declined >= kEnoughRefusals) {
            skip_objects(notice);
        }
    }
    if (notice.position >= notice.steps.size()) {
        finish(round, notice);
    }
}

void Courier::refuse_rest(Round& round, records::Notice& notice) {
    notice.declined += static_cast<std::uint32_t>(notice.steps.size()) - notice.position;
    notice.position = static_cast<std::uint32_t>(notice.steps.size());
    notice.attempts = 0;
    finish(round, notice);
}

void Courier::finish(Round& round, records::Notice& notice) const {
    notice.next_at.reset();
    const auto count = notice.steps.size();
    if (notice.declined > 0) {
        notice.reason =
            "Messages not taken: " + std::to_string(notice.declined) + " of " + std::to_string(count) + "; " +
            (notice.last_status == 0 ? "no answer came."
                                     : "the last answer was " + std::to_string(notice.last_status) + ".");
    }
    const bool accepted = notice.declined < count;
    if (accepted) {
        move(notice, NoticeEventKind::Accepted);
    } else if (count > 0) {  // else a legal hold left nothing to be told: it stays what it is
        const bool failed = notice.last_status == 0 || says_it_failed(notice.last_status);
        move(notice, failed ? NoticeEventKind::GaveUp : NoticeEventKind::Declined);
    }
    if (!notice.next_look_at && notice.rounds == 0) {  // once, whatever more it is told
        round.changes.push_back(that_was_told(notice.recipient));
    }
    if (accepted) {
        notice.acknowledged_at = round.now;
    }
    if (!notice.next_look_at || notice.rounds > 0) {  // told anew: looked at anew
        notice.next_look_at = round.now + options_.first_look_after;
    }
}

/// Nothing of the attempt left.
void Courier::take_back(Round& round, records::Notice& notice, const Flight& flight) {
    --notice.attempts;
    notice.next_at = round.now;
    undo_attempt(notice, flight.before);
}

void Courier::retry(Round& round, records::Notice& notice, const Flight& flight, Ruling ruling) {
    const auto& response = *flight.response;
    stopping_ = stopping_ || response.fault == RemoteFault::Stopped;
    const bool taken_back = response.fault == RemoteFault::Stopped || response.fault == RemoteFault::Recalled;
    if (taken_back && !response.left) {
        take_back(round, notice, flight);
        return;
    }
    ++round.tally.failed;
    if (!response.left && response.status < 200) {
        undo_attempt(notice, flight.before);
    }
    notice.next_at = round.now + pause_after(notice.attempts, notice.number.get(), options_.retry);
    if (attempt_result(response) == records::AttemptResult::Sent) {  // they may have it
        notice.next_at = std::max(*notice.next_at, flight.begun_at + options_.window);
    }
    if (ruling == Ruling::TryAgain) {
        if (notice.attempts >= options_.retry.step_attempts) {
            pass_step(round, notice, true);
        }
        return;
    }
    if (response.fault != RemoteFault::Stopped) {
        parks_[notice.recipient] = Park{*notice.next_at, true};
    }
    if (notice.attempts >= options_.retry.attempts) {
        move(notice, NoticeEventKind::GaveUp);
        notice.next_at.reset();
        notice.reason = "Given up after " + counted(notice.attempts, "attempt") +
                        "; the last: " + described(response) + ".";
    }
}

/// Until when a server that did not take the message asks to be left alone. A 429 without a time: as long as
/// this notice waits.
std::optional<Instant> Courier::rest_asked(const records::Notice& notice,
                                           const RemoteResponse& response,
                                           Instant now) const {
    if (response.status < 400) {
        return std::nullopt;
    }
    const auto unsaid = pause_after(notice.attempts, notice.number.get(), options_.retry);
    const auto until = fediverse::rest_until(response.status, response.headers, now, unsaid);
    return until ? std::optional{std::min<Instant>(*until, now + options_.retry.longest)} : std::nullopt;
}

/// Nothing goes there before, whoever's it is.
void Courier::leave_alone(Round& round, records::Notice& notice, Instant until) {
    if (notice.next_at) {
        notice.next_at = std::max(*notice.next_at, until);
        notice.resting_since = notice.resting_since.value_or(round.now);
    }
    auto& park = parks_[notice.recipient];
    park.until = std::max(park.until, until);
    round.changes.push_back(that_rests(notice.recipient, until));
}

void Courier::learn(Round& round, const Flight& flight, Ruling ruling) {
    const auto& response = *flight.response;
    if (response.fault == RemoteFault::Stopped || response.fault == RemoteFault::Recalled) {
        return;
    }
    if (ruling == Ruling::HostFailing) {
        const auto how = described(response);
        if (flight.failing_how != how && (response.status < 200 || response.status >= 500)) {
            round.changes.push_back(that_fails(flight.host, how, round.now));
        }
        return;
    }
    const bool was_parked = parks_.erase(flight.host) != 0;
    if (flight.failing_how || was_parked) {
        round.changes.push_back(that_answers(flight.host));
        to_ask_.push_back(flight.host);  // what it runs was asked in vain, or may be other by now
    }
    // One scheme refused and the other taken: that tells. A 2xx alone does not.
    if (flight.second && response.status >= 200 && response.status < 300) {
        round.changes.push_back(that_takes(flight.host, flight.scheme));
        learned_scheme_ = true;
    }
}

}  // namespace fedtrail::erasure
