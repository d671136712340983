#include "intake/proxy/exchange.hpp"

#include "fedtrail/fediverse/activity.hpp"

#include "intake/proxy/delivery_head.hpp"

namespace fedtrail::proxy {

using privacy::OutcomeKind;

namespace {

constexpr std::size_t kMaxTee = 1UL << 20U;
constexpr std::size_t kMaxJoined = 64UL * 1024;  ///< A body up to this goes out in one write with its head.

bool repeats_safely(std::string_view method) {
    return method == "GET" || method == "HEAD" || method == "OPTIONS";
}

}  // namespace

Exchange::Exchange(Client& client, const RequestHead& head, const Target& target, std::string_view path)
    : client_(client),
      busy_(client.loop),
      head_(head),
      target_(target),
      path_(path),
      is_activity_(is_delivery(head, client.shared.options.is_local)),
      request_(head.framing),
      answer_(client.loop) {}

Awaitable<bool> Exchange::run() {
    return is_activity_ ? deliver() : pass_on();
}

Awaitable<bool> Exchange::pass_on() {
    if (is_signed_by_ours(head_, client_.shared.options.is_local)) {
        count(client_.shared.counters.signed_fetches);
    }
    if (take_buffered() == Step::Malformed) {
        co_return co_await fail_with(Step::Malformed);
    }
    peer_ = client_.peers.at_hand(target_);
    if (!peer_.stream) {
        peer_ = co_await client_.peers.connect(target_);
    }
    if (peer_.fault != ConnectFault::None) {
        co_return co_await refuse(problem_of(peer_.fault));
    }
    co_return co_await talk();
}

// Where what is to be waited for is mostly there, it is taken before a coroutine is made to wait for it: each
// costs a tenth of a microsecond, and a delivery had 23.

Awaitable<bool> Exchange::deliver() {
    count(client_.shared.counters.activities);
    const bool asks = head_.expects_continue && client_.in.empty() && !request_.done();
    auto step = asks ? Step::On : take_buffered();
    if (step == Step::On && !has_tee()) {
        step = co_await read_tee(asks);
    }
    if (step != Step::On) {
        co_return co_await fail_with(step);
    }
    const auto pending = intend();
    peer_ = client_.peers.at_hand(target_);
    if (!peer_.stream) {
        peer_ = co_await client_.peers.connect(target_);
    }
    auto done = pending->take();
    if (!done) {
        done = co_await wait_for_record(*pending);
    }
    if (const auto recorded_as = recorded(done); recorded_as != Recorded::Yes) {
        if (peer_.stream) {
            client_.peers.give_back(target_, std::move(peer_.stream));
        }
        if (recorded_as == Recorded::Held) {
            co_return co_await refuse(kHeld);
        }
        auto prevented = kPrevented;
        prevented.detail = why_prevented_;
        co_return co_await refuse(prevented);
    }
    if (peer_.fault != ConnectFault::None) {
        settle(OutcomeKind::Unreachable, 0);
        co_return co_await refuse(problem_of(peer_.fault));
    }
    co_return co_await talk();
}

Exchange::Step Exchange::take_buffered() {
    const auto taken = request_.feed(client_.in.view());
    if (!taken) {
        return Step::Malformed;
    }
    body_.append(client_.in.view().substr(0, *taken));
    client_.in.consume(*taken);
    return Step::On;
}

bool Exchange::has_tee() const {
    return request_.done() || body_.size() > kMaxTee;
}

Awaitable<Exchange::Step> Exchange::read_tee(bool asks) {
    const auto limit = client_.shared.options.limits.body;
    if (asks) {
        continued_ = true;
        if (co_await client_.stream.write("HTTP/1.1 100 Continue\r\n\r\n", in_time(limit)) != Fault::None) {
            co_return Step::ClientFailed;
        }
    }
    if (head_.framing.kind == BodyKind::Length) {
        body_.reserve(std::min<std::size_t>(head_.framing.length, kMaxTee + kBlock));
    }
    while (!has_tee()) {
        auto* room = client_.in.room();
        const auto io = co_await client_.stream.read(room, client_.in.capacity(), in_time(limit));
        if (io.fault != Fault::None) {
            co_return Step::ClientFailed;
        }
        client_.in.added(io.bytes);
        if (take_buffered() == Step::Malformed) {
            co_return Step::Malformed;
        }
    }
    co_return Step::On;
}

fediverse::ActivityDigest Exchange::digest() const {
    if (!request_.done() || body_.size() > kMaxTee) {
        return opaque(head_);
    }
    const auto& is_local = client_.shared.options.is_local;
    auto digest = head_.framing.kind == BodyKind::Chunked
                      ? fediverse::digest_activity(dechunked(body_), is_local)
                      : fediverse::digest_activity(body_, is_local);
    const bool something_else = digest && digest->shares.empty() && !says_activity(head_);
    return digest && !something_else ? std::move(*digest) : opaque(head_);
}

std::shared_ptr<Exchange::PendingIntent> Exchange::intend() {
    auto pending = std::make_shared<PendingIntent>(client_.loop);
    records::Observation observation;
    observation.at = now();
    observation.channel = privacy::Channel::Push;
    observation.recipient = target_.recipient;
    observation.outcome = privacy::Outcome{OutcomeKind::Intended, 0};
    observation.activity = digest();
    if (says_activity(head_) || !observation.activity.type.empty()) {  // others go to no inbox
        observation.inbox = inbox();
    }
    client_.shared.sink.gather(std::move(observation),
                               [pending](Result<IntentId> done) { pending->deliver(std::move(done)); });
    client_.loop.end_round();
    return pending;
}

/// "" where the target inside a connection is absolute: it may name another scheme than that connection has.
Personal<std::string> Exchange::inbox() const {
    if (!path_.starts_with('/')) {
        return {};
    }
    auto uri = std::string{target_.tls ? "https://" : "http://"} + target_.recipient.text();
    return Personal<std::string>{std::move(uri.append(path_))};
}

bool Exchange::passes_unanswered() const {
    const auto& shared = client_.shared;
    return shared.options.on_ledger_failure == OnLedgerFailure::Pass && !shared.sink.may_deny();
}

Awaitable<Exchange::Intent> Exchange::wait_for_record(PendingIntent& pending) {
    auto& shared = client_.shared;
    const auto late = [&shared, passes = passes_unanswered()](Result<IntentId>& intent) {
        if (intent && !passes) {
            shared.sink.settle(*intent,
                               privacy::Outcome{OutcomeKind::Unreachable, 0});  // it was held meanwhile
        }
    };
    return pending.wait(in_time(shared.options.limits.intent), late);
}

/// `done`: nothing if it did not come in time.
Exchange::Recorded Exchange::recorded(const Intent& done) {
    auto& shared = client_.shared;
    if (done && *done) {
        intent_ = **done;
        return Recorded::Yes;
    }
    if (done && done->error().kind == ErrorKind::Denied) {  // no failure: `pass` does not open it
        count(shared.counters.prevented);
        why_prevented_ = done->error().what + " " + done->error().remedy;
        return Recorded::Prevented;
    }
    const bool pass = shared.options.on_ledger_failure == OnLedgerFailure::Pass;
    const bool undecided =
        done ? done->error().kind == ErrorKind::Conflict : !passes_unanswered();  // nor this
    if (!pass || undecided) {
        count(shared.counters.held);
        return Recorded::Held;
    }
    count(shared.counters.passed_unrecorded);
    const auto at = now();
    shared.sink.gap(records::GapObservation{at, at, 1});
    return Recorded::Yes;
}

void Exchange::settle(OutcomeKind kind, std::uint16_t status) {
    if (intent_) {
        client_.shared.sink.settle(*intent_, privacy::Outcome{kind, status});
        intent_.reset();
    }
}

void Exchange::settle_answered() {
    const auto status = final_.status;
    if (!body_left() && status < 300) {
        settle(OutcomeKind::Sent, status);  // it refuses nothing: what it took is not known
    } else if (!body_left()) {
        settle(OutcomeKind::RefusedBeforeBody, status);
    } else if (status < 300) {
        settle(OutcomeKind::Accepted, status);
    } else {
        settle(status < 500 ? OutcomeKind::Rejected : OutcomeKind::Sent, status);
    }
}

bool Exchange::body_left() const {
    return streamed_ || (body_begun_ && peer_.stream && peer_.stream->sent() > body_mark_);
}

/// A kept connection can die just as it is used again. What never left, or changes nothing, is sent once
/// more.
bool Exchange::may_retry(std::uint64_t sent_before) const {
    const bool harmless = peer_.stream->sent() == sent_before ||
                          (repeats_safely(head_.method) && head_.framing.kind == BodyKind::None);
    return peer_.reused && !answer_begun_ && !streamed_ && harmless;
}

Awaitable<bool> Exchange::talk() {
    for (;;) {
        const auto sent_before = peer_.stream->sent();
        auto step = co_await send_request();
        if (step == Step::On) {
            step = co_await read_answer(false);
        }
        if (step == Step::Answered) {
            co_return co_await relay_answer();
        }
        if (step != Step::PeerFailed || !may_retry(sent_before)) {
            co_return co_await fail_with(step);
        }
        peer_ = co_await client_.peers.connect(target_);
        if (peer_.fault != ConnectFault::None) {
            settle(OutcomeKind::Unreachable, 0);
            co_return co_await refuse(problem_of(peer_.fault));
        }
    }
}

Awaitable<Exchange::Step> Exchange::send_request() {
    const bool asks = is_activity_ && head_.expects_continue;
    const bool joined = !asks && body_.size() <= kMaxJoined;
    std::string first;
    first.reserve(head_.size + (joined ? body_.size() : 0));
    append_forwarded(first, head_, path_);
    body_begun_ = false;
    if (joined) {
        first.append(body_);
        body_begun_ = !body_.empty() || head_.framing.kind == BodyKind::None;
        body_mark_ = peer_.stream->sent();
    }
    const auto io = peer_.stream->write_now(first);
    auto step = io.bytes == first.size() ? Step::On : co_await push_rest(first, io);
    if (step == Step::On && asks) {
        step = co_await wait_for_continue();
    }
    if (step == Step::On && !joined) {
        body_begun_ = true;
        body_mark_ = peer_.stream->sent();
        step = co_await push(body_);
    }
    while (step == Step::On && !request_.done()) {
        step = co_await stream_part();
    }
    all_sent_ = step == Step::On;
    co_return step;
}

/// Passes on the next part of a body that is larger than what was read in advance, or that was not read at
/// all.
Awaitable<Exchange::Step> Exchange::stream_part() {
    if (client_.in.empty()) {
        const auto until = in_time(client_.shared.options.limits.body);
        const auto first = co_await first_readable(client_.stream, *peer_.stream, until);
        if (first.fault == Fault::TimedOut) {
            co_return Step::ClientFailed;
        }
        if (first.is_other) {
            co_return co_await early_answer();
        }
        auto* room = client_.in.room();
        const auto io = client_.stream.read_now(room, client_.in.capacity());
        if (io.fault != Fault::None || first.fault != Fault::None) {
            co_return Step::ClientFailed;
        }
        client_.in.added(io.bytes);
    }
    const auto taken = request_.feed(client_.in.view());
    if (!taken) {
        co_return Step::Malformed;
    }
    if (!body_begun_) {
        body_begun_ = true;
        body_mark_ = peer_.stream->sent();
    }
    const auto sent_before = peer_.stream->sent();
    const auto step = co_await push(client_.in.view().substr(0, *taken));
    streamed_ = streamed_ || peer_.stream->sent() > sent_before;
    client_.in.consume(*taken);
    co_return step;
}

/// Sends all of `bytes`, with an eye on the peer, which may answer before it has read them.
Awaitable<Exchange::Step> Exchange::push(std::string_view bytes) {
    return push_rest(bytes, peer_.stream->write_now(bytes));
}

/// `io`: what came of writing them so far.
Awaitable<Exchange::Step> Exchange::push_rest(std::string_view bytes, Io io) {
    for (;;) {
        if (io.fault != Fault::None) {
            const auto step = co_await early_answer();
            co_return step == Step::On ? Step::PeerFailed : step;
        }
        bytes.remove_prefix(io.bytes);
        if (bytes.empty()) {
            co_return Step::On;
        }
        const auto step = io.bytes > 0 ? Step::On : co_await wait_for_room();
        if (step != Step::On) {
            co_return step;
        }
        io = peer_.stream->write_now(bytes);
    }
}

/// Until the peer takes more, or answers.
Awaitable<Exchange::Step> Exchange::wait_for_room() {
    const auto fault = co_await peer_.stream->movable(true, in_time(client_.shared.options.limits.body));
    if (fault != Fault::None) {
        co_return fault == Fault::TimedOut ? Step::PeerSlow : Step::PeerFailed;
    }
    co_return co_await early_answer();
}

/// The peer gets the client's Expect and a moment to refuse; then the body goes, as RFC 9110 10.1.1 allows.
Awaitable<Exchange::Step> Exchange::wait_for_continue() {
    const auto until = in_time(client_.shared.options.limits.expectation);
    while (interims_ == 0) {
        const auto fault = co_await peer_.stream->readable(until);
        if (fault == Fault::TimedOut) {
            break;
        }
        const auto step = fault == Fault::None ? co_await early_answer() : Step::PeerFailed;
        if (step != Step::On) {
            co_return step;
        }
    }
    co_return Step::On;
}

}  // namespace fedtrail::proxy
