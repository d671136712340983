#include "intake/proxy/loop.hpp"

#include <utility>

#include "intake/proxy/stream.hpp"

namespace fedtrail::proxy {

namespace {
constexpr std::size_t kSpareBlocks = 64;
constexpr unsigned kMostTurns = 1;
}  // namespace

void Loop::drain() {
    draining_ = true;
    for (auto* stream : streams_) {
        if (stream->idle()) {
            stream->interrupt();
        } else {
            stream->hurry(SteadyClock::now());
        }
    }
}

void Loop::stop() {
    draining_ = true;
    stopping_ = true;
    for (auto* stream : streams_) {
        stream->interrupt();
    }
}

void Loop::add(Stream& stream) {
    stream.slot_ = streams_.size();
    streams_.push_back(&stream);
}

void Loop::remove(Stream& stream) {
    streams_.back()->slot_ = stream.slot_;
    std::swap(streams_[stream.slot_], streams_.back());
    streams_.pop_back();
}

void Loop::expire(TimePoint now) {
    for (auto* stream : streams_) {
        stream->expire(now);
    }
}

void Loop::mail(std::shared_ptr<Parcel> parcel) {
    if (executor().running_in_this_thread()) {
        parcel->arrive();
        return;
    }
    auto* const raw = parcel.get();
    raw->in_the_mail_ = std::move(parcel);
    auto* head = mailbox_.load(std::memory_order_relaxed);
    do {
        raw->next_ = head;
    } while (
        !mailbox_.compare_exchange_weak(head, raw, std::memory_order_release, std::memory_order_relaxed));
    if (head == nullptr) {
        asio::post(executor(), [this] { empty_mailbox(); });
    }
}

void Loop::empty_mailbox() {
    auto* next = mailbox_.exchange(nullptr, std::memory_order_acquire);
    Parcel* first = nullptr;
    while (next != nullptr) {  // the last one lies on top
        auto* const parcel = next;
        next = std::exchange(parcel->next_, first);
        first = parcel;
    }
    while (first != nullptr) {
        const auto parcel = std::move(first->in_the_mail_);
        first = parcel->next_;
        parcel->arrive();
    }
}

void Loop::end_round() {
    ++asked_;
    if (round_ends_) {
        return;
    }
    if (busy_ == 1) {
        round_end_();
        return;
    }
    round_ends_ = true;
    end_round_behind(asked_, kMostTurns);
}

/// While others still come: the more intents share a commit, the less it costs each.
void Loop::end_round_behind(std::size_t seen, unsigned turns) {
    asio::post(executor(), [this, seen, turns] {
        if (asked_ != seen && turns > 0) {
            end_round_behind(asked_, turns - 1);
            return;
        }
        round_ends_ = false;
        round_end_();
    });
}

std::unique_ptr<char[]> Loop::take_block() {
    if (spare_.empty()) {
        return std::unique_ptr<char[]>{new char[kBlock]};
    }
    auto block = std::move(spare_.back());
    spare_.pop_back();
    return block;
}

void Loop::give_block(std::unique_ptr<char[]> block) {
    if (block && spare_.size() < kSpareBlocks) {
        spare_.push_back(std::move(block));
    }
}

}  // namespace fedtrail::proxy
