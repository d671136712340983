#include "intake/proxy/exchange.hpp"

#include "fedtrail/fediverse/activity.hpp"

#include "intake/proxy/delivery_head.hpp"

namespace fedtrail::proxy {

using privacy::OutcomeKind;

namespace {

constexpr std::size_t kMaxTee = 1UL << 20U;
constexpr std::size_t kMaxJoined = 64UL * 1024;  ///< A body up to this goes out in one write with its head.
constexpr std::size_t kMaxInterims = 64;

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
    if (is_activity_) {
        co_return co_await deliver();
    }
    if (is_signed_by_ours(head_, client_.shared.options.is_local)) {
        count(client_.shared.counters.signed_fetches);
    }
    if (take_buffered() == Step::Malformed) {
        co_return co_await fail_with(Step::Malformed);
    }
    peer_ = co_await client_.peers.acquire(target_, false);
    if (peer_.fault != ConnectFault::None) {
        co_return co_await refuse(problem_of(peer_.fault));
    }
    co_return co_await talk();
}

Awaitable<bool> Exchange::deliver() {
    count(client_.shared.counters.activities);
    if (const auto step = co_await read_tee(); step != Step::On) {
        co_return co_await fail_with(step);
    }
    const auto pending = intend();
    peer_ = co_await client_.peers.acquire(target_, false);
    if (const auto recorded_as = co_await recorded(*pending); recorded_as != Recorded::Yes) {
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

Awaitable<Exchange::Step> Exchange::read_tee() {
    const auto limit = client_.shared.options.limits.body;
    if (head_.expects_continue && client_.in.empty() && !request_.done()) {
        continued_ = true;
        if (co_await client_.stream.write("HTTP/1.1 100 Continue\r\n\r\n", in_time(limit)) != Fault::None) {
            co_return Step::ClientFailed;
        }
    }
    if (head_.framing.kind == BodyKind::Length) {
        body_.reserve(std::min<std::size_t>(head_.framing.length, kMaxTee + kBlock));
    }
    for (;;) {
        if (take_buffered() == Step::Malformed) {
            co_return Step::Malformed;
        }
        if (request_.done() || body_.size() > kMaxTee) {
            co_return Step::On;
        }
        auto* room = client_.in.room();
        const auto io = co_await client_.stream.read(room, client_.in.capacity(), in_time(limit));
        if (io.fault != Fault::None) {
            co_return Step::ClientFailed;
        }
        client_.in.added(io.bytes);
    }
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

Awaitable<Exchange::Recorded> Exchange::recorded(PendingIntent& pending) {
    auto& shared = client_.shared;
    const bool pass = shared.options.on_ledger_failure == OnLedgerFailure::Pass;
    const bool passes_unanswered = pass && !shared.sink.may_deny();
    const auto late = [&shared, passes_unanswered](Result<IntentId>& intent) {
        if (intent && !passes_unanswered) {
            shared.sink.settle(*intent,
                               privacy::Outcome{OutcomeKind::Unreachable, 0});  // it was held meanwhile
        }
    };
    const auto done = co_await pending.wait(in_time(shared.options.limits.intent), late);
    if (done && *done) {
        intent_ = **done;
        co_return Recorded::Yes;
    }
    if (done && done->error().kind == ErrorKind::Denied) {  // no failure: `pass` does not open it
        count(shared.counters.prevented);
        why_prevented_ = done->error().what + " " + done->error().remedy;
        co_return Recorded::Prevented;
    }
    const bool undecided = done ? done->error().kind == ErrorKind::Conflict : !passes_unanswered;  // nor this
    if (!pass || undecided) {
        count(shared.counters.held);
        co_return Recorded::Held;
    }
    count(shared.counters.passed_unrecorded);
    const auto at = now();
    shared.sink.gap(records::GapObservation{at, at, 1});
    co_return Recorded::Yes;
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
        peer_ = co_await client_.peers.acquire(target_, true);
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
    auto step = co_await push(first);
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
    while (!bytes.empty()) {
        const auto io = peer_.stream->write_now(bytes);
        if (io.fault != Fault::None) {
            const auto step = co_await early_answer();
            co_return step == Step::On ? Step::PeerFailed : step;
        }
        bytes.remove_prefix(io.bytes);
        if (io.bytes > 0) {
            continue;
        }
        const auto fault = co_await peer_.stream->movable(true, in_time(client_.shared.options.limits.body));
        if (fault != Fault::None) {
            co_return fault == Fault::TimedOut ? Step::PeerSlow : Step::PeerFailed;
        }
        if (const auto step = co_await early_answer(); step != Step::On) {
            co_return step;
        }
    }
    co_return Step::On;
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

Awaitable<Exchange::Step> Exchange::early_answer() {
    auto* room = answer_.room();
    const auto io = peer_.stream->read_now(room, answer_.capacity());
    answer_.added(io.bytes);
    if (io.bytes == 0) {
        answer_.relax();
        co_return io.fault == Fault::None ? Step::On : Step::PeerFailed;
    }
    answer_begun_ = true;
    co_return co_await read_answer(true);
}

/// Takes the next head off the answer into `final_`, an interim one as well; On if it is not complete yet.
Exchange::Step Exchange::take_head(std::size_t& scanned) {
    const auto found = find_head(answer_.view(), scanned);
    if (std::holds_alternative<Incomplete>(found)) {
        return Step::On;
    }
    const auto* size = std::get_if<std::size_t>(&found);
    if (size == nullptr) {
        return Step::BadAnswer;
    }
    final_bytes_.assign(answer_.view().substr(0, *size));
    answer_.consume(*size);
    scanned = 0;
    auto parsed = parse_response(final_bytes_, head_.method == "HEAD");
    if (std::holds_alternative<Refused>(parsed)) {
        return Step::BadAnswer;
    }
    final_ = std::move(std::get<ResponseHead>(parsed));
    return Step::Answered;
}

Awaitable<Exchange::Step> Exchange::read_more(TimePoint until) {
    // nothing can be there yet: asking the socket first would be a system call for nothing
    auto fault = answer_.empty() ? co_await peer_.stream->readable(until) : Fault::None;
    if (fault == Fault::None) {
        auto* room = answer_.room();
        const auto io = co_await peer_.stream->read(room, answer_.capacity(), until);
        answer_.added(io.bytes);
        answer_begun_ = answer_begun_ || io.bytes > 0;
        fault = io.fault;
    }
    if (fault == Fault::None) {
        co_return Step::On;
    }
    co_return fault == Fault::TimedOut ? Step::PeerSlow : Step::PeerFailed;
}

/// Reads heads until the final one. `early`: comes back after an interim one if nothing follows it yet.
Awaitable<Exchange::Step> Exchange::read_answer(bool early) {
    const auto until = in_time(client_.shared.options.limits.answer);
    std::size_t scanned = 0;
    for (;;) {
        auto step = take_head(scanned);
        const bool interim = step == Step::Answered && final_.status < 200;
        if (interim) {
            step = co_await pass_interim(final_);
        } else if (step == Step::On) {
            step = co_await read_more(until);
        }
        if (step != Step::On || (interim && early && answer_.empty())) {
            co_return step;
        }
    }
}

/// 1xx. Upgrade was not passed on, so that 101 is no answer to what was asked.
Awaitable<Exchange::Step> Exchange::pass_interim(const ResponseHead& head) {
    if (head.status == 101 || ++interims_ > kMaxInterims) {
        co_return Step::BadAnswer;
    }
    if ((head.status == 100 && continued_) || head_.version == "HTTP/1.0") {
        co_return Step::On;
    }
    std::string out;
    append_forwarded(out, head, false);
    const auto fault = co_await client_.stream.write(out, in_time(client_.shared.options.limits.body));
    co_return fault == Fault::None ? Step::On : Step::ClientFailed;
}

Awaitable<bool> Exchange::relay_answer() {
    settle_answered();
    const bool until_close = final_.framing.kind == BodyKind::UntilClose;
    const bool closes = !head_.keep_alive || client_.loop.draining() || !request_.done() || until_close;
    BodyScanner body{final_.framing, Padding::Passed};
    const auto taken = body.feed(answer_.view());
    if (!taken) {
        co_return co_await fail_with(Step::BadAnswer);
    }
    std::string out;
    out.reserve(final_.size + 32 + *taken);
    append_forwarded(out, final_, closes);
    out.append(answer_.view().substr(0, *taken));
    answer_.consume(*taken);
    const auto until = in_time(client_.shared.options.limits.body);
    if (co_await client_.stream.write(out, until) != Fault::None || !co_await relay_body(body, until_close)) {
        // without goodbye: the client must see that something is missing
        until_close ? client_.stream.break_off() : client_.stream.close();
        co_return false;
    }
    // a peer that answered early still takes what comes next for the rest of this request
    if (all_sent_ && final_.keep_alive && answer_.empty() && head_.version == "HTTP/1.1") {
        client_.peers.give_back(target_, std::move(peer_.stream));
    }
    co_return !closes;
}

Awaitable<bool> Exchange::relay_body(BodyScanner& body, bool until_close) {
    const auto limit = client_.shared.options.limits.body;
    while (!body.done()) {
        auto* room = answer_.room();
        const auto io = co_await peer_.stream->read(room, answer_.capacity(), in_time(limit));
        if (io.fault != Fault::None) {
            co_return until_close&& io.fault == Fault::Closed;
        }
        answer_.added(io.bytes);
        const auto taken = body.feed(answer_.view());
        if (!taken) {
            co_return false;
        }
        if (co_await client_.stream.write(answer_.view().substr(0, *taken), in_time(limit)) != Fault::None) {
            co_return false;
        }
        answer_.consume(*taken);
        if (*taken < io.bytes) {
            break;  // more than the body: this connection is not used again
        }
    }
    co_return true;
}

Awaitable<bool> Exchange::fail_with(Step step) {
    settle(body_left() ? OutcomeKind::Sent : OutcomeKind::Unreachable, 0);
    switch (step) {
        case Step::PeerSlow:
            count(client_.shared.counters.peer_errors);
            co_return co_await refuse(kSlowAnswer);
        case Step::BadAnswer:
            count(client_.shared.counters.peer_errors);
            co_return co_await refuse(kBadAnswer);
        case Step::Malformed:
            count(client_.shared.counters.malformed);
            co_return co_await refuse(problem_of(Refused{400, "the chunks of the body are malformed"}));
        case Step::ClientFailed:
            client_.stream.close();
            co_return false;
        case Step::PeerFailed:
        case Step::On:
        case Step::Answered:
            break;
    }
    count(client_.shared.counters.peer_errors);
    co_return co_await refuse(kNoAnswer);
}

Awaitable<bool> Exchange::refuse(Problem problem) {
    const bool closes = !head_.keep_alive || client_.loop.draining() || !request_.done();
    co_await answer(client_, problem, closes, head_.method == "HEAD");
    co_return !closes;
}

}  // namespace fedtrail::proxy
