#include "erasure/courier.hpp"

#include <algorithm>
#include <utility>

#include "fedtrail/privacy/erasure_request.hpp"

#include "erasure/courier_round.hpp"
#include "erasure/reason.hpp"
#include "erasure/sound_entries.hpp"
#include "erasure/step_message.hpp"
#include "erasure/until_current.hpp"

namespace fedtrail::erasure {

namespace {

constexpr std::size_t kMostChanges = 100'000;
constexpr std::size_t kMostLines = 10'000;
constexpr const char* kContentType = "application/activity+json";

/// Its next step, which is not to leave. Nobody took that: where it may have left before it counts as not
/// taken, and else it is no step any more, so that a released object is planned for again.
void leave_out(records::Notice& notice) {
    if (notice.attempts > 0 && records::was_told(notice)) {
        ++notice.position;
        ++notice.declined;
    } else {
        notice.steps.erase(notice.steps.begin() + notice.position);
    }
    notice.attempts = 0;
}

}  // namespace

Courier::Courier(CourierPorts ports,
                 const fediverse::Dialects& dialects,
                 CourierOptions options,
                 std::function<void()> wake)
    : ports_(ports),
      dialects_(dialects),
      options_(std::move(options)),
      inbox_(std::make_shared<Inbox>(std::move(wake))),
      bucket_(options.max_rate) {}

Courier::~Courier() = default;

CourierFigures Courier::figures() const {
    const std::lock_guard lock{inbox_->mutex};
    return inbox_->figures;
}

void Courier::collect() {
    std::vector<std::pair<records::NoticeNumber, RemoteResponse>> arrived;
    {
        const std::lock_guard lock{inbox_->mutex};
        arrived.swap(inbox_->arrived);
    }
    for (auto& [number, response] : arrived) {
        if (const auto flight = flights_.find(number); flight != flights_.end()) {
            flight->second.response = std::move(response);
        }
    }
}

Result<void> Courier::make_round(Round& round) {
    for (const auto work : {&Courier::settle, &Courier::draw, &Courier::begin, &Courier::write}) {
        if (auto done = (this->*work)(round); !done) {
            return done;
        }
    }
    return {};
}

Result<std::optional<Instant>> Courier::step() {
    collect();
    Round round;
    // Nothing has left before the round is written: where another writer was faster it is made anew.
    const auto made = until_current([&] {
        round = Round{};
        round.now = ports_.clock.now();
        return make_round(round);
    });
    if (!made && made.error().kind == ErrorKind::Conflict) {
        return std::optional{ports_.clock.now()};
    }
    if (!made) {
        auto error = made.error();
        if (error.kind == ErrorKind::Corrupt) {  // nothing was done, which is more than one thing passed over
            error.kind = ErrorKind::Unavailable;
        }
        return tl::unexpected{std::move(error)};
    }
    depart(round);
    {
        const std::lock_guard lock{inbox_->mutex};
        figures_.in_flight = flights_.size();
        inbox_->figures = figures_;
    }
    auto done = round.walk.damage();
    for (const auto& more : {tell_directory(), learn_more(round)}) {
        done = worse_of(done, more);
    }
    return done ? next_call(round) : fail(done);
}

Result<const records::ErasureRequest*> Courier::request_of(Round& round,
                                                           records::RequestNumber number) const {
    const auto known = round.requests.find(number);
    if (known != round.requests.end()) {
        return &known->second;
    }
    auto request = ports_.requests.request(number);
    if (!request) {
        return fail(request);
    }
    return &round.requests.emplace(number, std::move(*request)).first->second;
}

Result<void> Courier::read_objects(Round& round) const {
    std::map<records::RequestNumber, std::set<std::uint32_t>> wanted;
    for (const auto& candidate : round.candidates) {
        const auto& notice = candidate.notice;
        const auto& step = notice.steps.at(notice.position);
        if (step.kind != fediverse::StepKind::DeleteActor) {
            wanted[notice.request].insert(step.object);
        }
    }
    for (const auto& [request, indexes] : wanted) {
        const std::vector<std::uint32_t> list(indexes.begin(), indexes.end());
        auto together = read_objects_of(round, request, list);
        if (!together) {
            together = may_go_on(together) ? read_each_of(round, request, list) : together;
        }
        if (!together) {
            return together;
        }
    }
    return {};
}

/// Those that are damaged are noted as lost.
Result<void> Courier::read_each_of(Round& round,
                                   records::RequestNumber request,
                                   std::span<const std::uint32_t> indexes) const {
    for (const auto& index : indexes) {
        auto alone = read_objects_of(round, request, {&index, 1});
        if (!may_go_on(alone)) {
            return alone;
        }
        if (!alone) {
            round.lost.emplace(std::pair{request, index}, alone.error());
        }
    }
    return {};
}

Result<void> Courier::read_objects_of(Round& round,
                                      records::RequestNumber request,
                                      std::span<const std::uint32_t> indexes) const {
    auto objects = ports_.notices.objects(request, indexes);
    if (!objects) {
        return fail(objects);
    }
    if (objects->size() != indexes.size()) {
        return fail(ErrorKind::Corrupt, "a notice names an object that its request does not have");
    }
    for (std::size_t i = 0; i < indexes.size(); ++i) {
        round.objects[request].emplace(indexes[i], std::move((*objects)[i]));
    }
    return {};
}

Result<void> Courier::begin(Round& round) {
    if (auto read = read_objects(round); !read) {
        return read;
    }
    for (auto& candidate : std::exchange(round.candidates, {})) {
        auto& notice = candidate.notice;
        const auto& step = notice.steps.at(notice.position);
        const auto lost = round.lost.find({notice.request, step.object});
        if (step.kind == fediverse::StepKind::DeleteActor || lost == round.lost.end()) {
            begin_one(round, std::move(candidate));
            continue;
        }
        tell_damage(notice.subject, lost->second);
        pass_over(round, std::move(notice));
    }
    return {};
}

void Courier::begin_one(Round& round, Candidate candidate) {
    auto& notice = candidate.notice;
    const auto& step = notice.steps.at(notice.position);
    if (step.kind != fediverse::StepKind::DeleteActor &&
        round.objects[notice.request][step.object].held_for_law) {
        leave_out(notice);
        notice.next_at = round.now;
        if (notice.position == notice.steps.size()) {
            notice.state == fediverse::NoticeState::Planned ? notice.next_at.reset() : finish(round, notice);
        }
        round.again = true;
        round.change.notices.push_back(std::move(notice));
        return;
    }
    const auto inbox = Uri::parse(notice.inbox);
    if (inbox && !may_begin(round, candidate)) {
        if (candidate.changed) {
            round.change.notices.push_back(std::move(notice));
        }
        return;
    }
    if (!inbox) {
        block(round, candidate);
        round.change.notices.push_back(std::move(notice));
        return;
    }
    Flight flight;
    flight.host = notice.recipient;
    flight.step = notice.position;
    flight.attempts = ++notice.attempts;
    flight.begun_at = round.now;
    flight.before = notice.state;
    flight.scheme = candidate.scheme;
    flight.second = candidate.second;
    flight.failing_how = std::move(candidate.failing_how);
    notice.in_flight = true;
    notice.next_at = round.now + options_.window;
    if (const auto to = fediverse::next(notice.state, fediverse::NoticeEventKind::Attempted)) {
        notice.state = *to;
    }
    round.change.attempts.push_back({notice.number,
                                     notice.position,
                                     round.now,
                                     records::AttemptResult::Begun,
                                     0,
                                     scheme_name(flight.scheme),
                                     {}});
    round.change.notices.push_back(notice);
    round.departures.push_back({std::move(notice), std::move(flight), *inbox});
}

bool Courier::may_begin(Round& round, Candidate& candidate) {
    if (candidate.second) {
        return true;  // the other scheme right after a refusal is the same message
    }
    auto& notice = candidate.notice;
    const auto rate = round.requests.at(notice.request).max_rate;
    if (rate > 0) {
        if (lines_.size() > kMostLines) {
            lines_.clear();
        }
        const auto at = lines_[notice.request].place(notice.number, rate, round.now);
        if (at > round.now) {
            candidate.changed = candidate.changed || notice.next_at != at;
            notice.next_at = at;
            return false;
        }
    }
    if (bucket_.take(round.now)) {
        return true;
    }
    if (rate > 0) {
        lines_[notice.request].put_back(notice.number, round.now);
    }
    round.token_at = bucket_.next();
    return false;
}

void Courier::block(Round& round, Candidate& candidate) {
    auto& notice = candidate.notice;
    if (++notice.attempts == 1) {
        to_ask_.push_back(notice.recipient);  // for an inbox, if it was asked before this mattered
    }
    notice.in_flight = false;
    notice.next_at = round.now + pause_after(notice.attempts, notice.number.get(), options_.retry);
    round.change.attempts.push_back({notice.number,
                                     notice.position,
                                     round.now,
                                     records::AttemptResult::Blocked,
                                     0,
                                     {},
                                     std::string{kNoInboxKnown}});
    const auto waited = round.now - round.requests.at(notice.request).received_at;
    const bool may_say_yet = candidate.silent && waited < options_.give_up_after;
    const bool turned_away = notice.last_status == 404 || notice.last_status == 410;
    if (notice.attempts >= options_.retry.step_attempts && turned_away) {
        refuse_rest(round, notice);  // the only inbox that was known is not there, and no other is
    } else if (notice.attempts >= options_.retry.step_attempts && !may_say_yet) {
        if (const auto to = fediverse::next(notice.state, fediverse::NoticeEventKind::GaveUp)) {
            notice.state = *to;
        }
        notice.next_at.reset();
        notice.reason = text_of({ReasonCode::NotSent, std::string{kNoInboxKnown}});
    }
}

Result<void> Courier::write(Round& round) {
    if (round.has_change()) {
        if (auto written = ports_.notices.apply(round.change); !written) {
            return written;
        }
    }
    figures_.accepted += round.tally.accepted;
    figures_.declined += round.tally.declined;
    figures_.failed += round.tally.failed;
    keep_lines(round);
    for (const auto number : round.settled) {
        const auto flight = flights_.find(number);
        busy_.erase(flight->second.host);
        flights_.erase(flight);
    }
    round.settled.clear();
    changes_.insert(changes_.end(), round.changes.begin(), round.changes.end());
    return {};
}

void Courier::depart(Round& round) {
    for (auto& [notice, flight, inbox] : round.departures) {
        auto& kept = flights_.insert_or_assign(notice.number, std::move(flight)).first->second;
        busy_.insert(kept.host);
        depart_one(round, notice, inbox, kept);
    }
}

void Courier::depart_one(Round& round, const records::Notice& notice, const Uri& inbox, Flight& flight) {
    auto body = document(round, notice);
    auto headers = body
                       ? ports_.signer.sign(notice.subject, flight.scheme, "POST", inbox, *body, kContentType)
                       : Result<HttpHeaders>{fail(body)};
    if (!headers) {
        flight.obstacle = headers.error().kind == ErrorKind::NotFound ? "there is no key to sign with"
                                                                      : "it could not be signed";
        round.again = true;
        return;
    }
    if (const auto made_with = scheme_of(*headers); made_with != SignatureScheme::Unknown) {
        flight.scheme = made_with;
    }
    RemoteRequest request;
    request.method = "POST";
    request.url = inbox;
    request.headers = std::move(*headers);
    request.body = std::move(*body);
    request.timeout = options_.timeout;
    request.max_body = 4'096;
    request.keep = notice.position + 1 < notice.steps.size();
    // The request may be stopped while this waits for its turn, for the connection, or for the handshake.
    request.may_leave = [&book = ports_.requests,
                         of = notice.request,
                         wave = std::max<int>(notice.steps.at(notice.position).wave, 1)] {
        const auto open = book.open_wave(of);
        return open && wave <= *open;
    };
    ++figures_.sent;
    ports_.http.send(std::move(request), [inbox = inbox_, number = notice.number](RemoteResponse response) {
        {
            const std::lock_guard lock{inbox->mutex};
            inbox->arrived.emplace_back(number, std::move(response));
        }
        inbox->wake();
    });
}

Result<std::string> Courier::actor_of(Round& round, const records::Notice& notice) const {
    const auto known = round.actors.find(notice.request);
    if (known != round.actors.end()) {
        return known->second;
    }
    const auto identity = ports_.vault.identity(notice.subject);
    Result<std::string> actor =
        identity ? Result<std::string>{identity->actor.reveal()} : Result<std::string>{fail(identity)};
    return round.actors.emplace(notice.request, std::move(actor)).first->second;
}

Result<std::string> Courier::document(Round& round, const records::Notice& notice) {
    const auto& dialect = dialects_.named(notice.dialect);
    const auto& step = notice.steps.at(notice.position);
    auto actor = actor_of(round, notice);
    if (!actor) {
        return actor;
    }
    const auto message = message_of(
        *actor, notice.request, step, round.objects[notice.request][step.object], dialect, notice.rounds);
    const Round::DocumentKey key{notice.request, message.id, dialect.name};
    const auto known = round.documents.find(key);
    if (known != round.documents.end()) {
        return known->second;
    }
    // What is to go from one server alone must not be passed on (Mastodon does it for who boosted a post).
    const bool for_others =
        dialect.signed_document && round.requests.at(notice.request).scope.recipients.empty();
    // A person without an RSA key cannot sign documents; what they send is signed as a request only.
    auto made = for_others ? ports_.signer.sign_document(notice.subject, message)
                           : Result<std::string>{fediverse::delete_document(message)};
    if (!made && made.error().kind == ErrorKind::NotFound) {
        made = fediverse::delete_document(message);
    }
    return round.documents.emplace(key, std::move(made)).first->second;
}

Result<void> Courier::tell_directory() {
    if (changes_.empty()) {
        return {};
    }
    auto told = update_sound(ports_.directory, changes_);
    const bool written = may_go_on(told);
    if (written && learned_scheme_) {
        software_until_.reset();
        learned_scheme_ = false;
    }
    // Figures about recipients: not worth the memory for ever.
    if (written || changes_.size() > kMostChanges) {
        changes_.clear();
    }
    return told;
}

Result<std::optional<Instant>> Courier::next_call(const Round& round) const {
    if (round.again || (round.more_due && !round.token_at)) {
        return round.now;
    }
    NoticeFilter filter;
    filter.due_at = round.now + std::chrono::years{10};
    filter.limit = waiting_ + 1;
    const auto planned = whole_notices(filter);
    if (!planned) {
        return fail(planned);
    }
    std::optional<Instant> at = round.token_at;
    if (!to_replan_.empty() && replan_at_ && *replan_at_ > round.now) {
        at = at ? std::min(*at, *replan_at_) : *replan_at_;
    }
    for (const auto& notice : *planned) {
        if (*notice.next_at > round.now) {
            at = at ? std::min(*at, *notice.next_at) : *notice.next_at;
            break;
        }
    }
    return at;
}

}  // namespace fedtrail::erasure
