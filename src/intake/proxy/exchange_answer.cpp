/// The second half of an exchange: the peer's answer on its way to the client.

#include "intake/proxy/exchange.hpp"

namespace fedtrail::proxy {

using privacy::OutcomeKind;

namespace {

constexpr std::size_t kMaxInterims = 64;

}  // namespace

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
        auto io = peer_.stream->read_now(room, answer_.capacity());
        if (io.is_nothing()) {
            io = co_await peer_.stream->read(room, answer_.capacity(), until);
        }
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
    const auto io = client_.stream.write_now(out);
    auto fault = io.fault;
    if (fault == Fault::None && io.bytes < out.size()) {
        fault = co_await client_.stream.write(std::string_view{out}.substr(io.bytes), until);
    }
    if (fault != Fault::None || !(body.done() || co_await relay_body(body, until_close))) {
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
