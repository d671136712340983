/// One event loop on one thread: its connections, their deadlines and its spare buffers. Everything in it is
/// touched by that thread alone.

#pragma once

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/basic_stream_socket.hpp>
#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace fedtrail::proxy {

namespace asio = boost::asio;
using Tcp = asio::ip::tcp;
using SteadyClock = std::chrono::steady_clock;
using TimePoint = SteadyClock::time_point;

// The executor's own type instead of any_io_executor saves an indirection at every suspension.
using Executor = asio::io_context::executor_type;
using Socket = asio::basic_stream_socket<Tcp, Executor>;
using Timer = asio::basic_waitable_timer<SteadyClock, asio::wait_traits<SteadyClock>, Executor>;
template <typename T = void>
using Awaitable = asio::awaitable<T, Executor>;
inline constexpr asio::use_awaitable_t<Executor> kAwait{};

class Stream;

/// Something that another thread puts into a loop's mailbox.
class Parcel {
public:
    Parcel() = default;
    Parcel(const Parcel&) = delete;
    Parcel& operator=(const Parcel&) = delete;
    Parcel(Parcel&&) = delete;
    Parcel& operator=(Parcel&&) = delete;
    virtual ~Parcel() = default;

    /// On the loop's thread.
    virtual void arrive() = 0;

private:
    friend class Loop;
    std::shared_ptr<Parcel> in_the_mail_;  ///< Itself, until it has arrived.
    Parcel* next_{};
};

/// 16 KiB: one TLS record.
inline constexpr std::size_t kBlock = 16UL * 1024;

class Loop : public std::enable_shared_from_this<Loop> {
public:
    Loop() = default;
    Loop(const Loop&) = delete;
    Loop& operator=(const Loop&) = delete;
    Loop(Loop&&) = delete;
    Loop& operator=(Loop&&) = delete;
    ~Loop() = default;

    [[nodiscard]] asio::io_context& context() { return context_; }
    [[nodiscard]] Executor executor() { return context_.get_executor(); }

    /// No new requests: connections that wait for one are ended; those that have not got one whole, and
    /// tunnels, soon.
    void drain();
    /// No further waits: all of them end now.
    void stop();
    [[nodiscard]] bool draining() const { return draining_; }
    [[nodiscard]] bool stopping() const { return stopping_; }

    void add(Stream& stream);
    void remove(Stream& stream);
    /// Ends the waits whose time has passed.
    void expire(TimePoint now);

    /// From any thread. Only the first parcel of a group wakes the loop: a commit that made a hundred intents
    /// durable must not fight a hundred times for the loop's lock with the thread it has just woken.
    void mail(std::shared_ptr<Parcel> parcel);

    /// What ends a round; to be set before the loop runs.
    void end_rounds_with(std::function<void()> end) { round_end_ = std::move(end); }
    /// Ends the round: once, behind all that is ready and asks for it too; at once for who is alone.
    void end_round();

    /// A request under way.
    class Busy {
    public:
        explicit Busy(Loop& loop) : loop_(loop) { ++loop_.busy_; }
        Busy(const Busy&) = delete;
        Busy& operator=(const Busy&) = delete;
        Busy(Busy&&) = delete;
        Busy& operator=(Busy&&) = delete;
        ~Busy() { --loop_.busy_; }

    private:
        Loop& loop_;
    };

    [[nodiscard]] std::unique_ptr<char[]> take_block();
    void give_block(std::unique_ptr<char[]> block);

private:
    void empty_mailbox();
    void end_round_behind(std::size_t seen, unsigned turns);

    asio::io_context context_{1};
    std::atomic<Parcel*> mailbox_{};
    std::vector<Stream*> streams_;
    std::function<void()> round_end_;
    bool round_ends_{};
    std::size_t asked_{};  ///< To end the round.
    std::size_t busy_{};
    std::vector<std::unique_ptr<char[]>> spare_;
    bool draining_{};
    bool stopping_{};
};

/// A value that another thread delivers to this loop, once. Whoever waits may give up before.
template <typename T>
class Later final : public Parcel, public std::enable_shared_from_this<Later<T>> {
public:
    explicit Later(Loop& loop) : loop_(loop.shared_from_this()), work_(loop.executor()) {}

    /// From any thread. The loop stays alive until this has returned, for it is held here.
    void deliver(T value) {
        const auto self = this->shared_from_this();
        delivered_.emplace(std::move(value));
        loop_->mail(self);
    }

    void arrive() override {
        value_ = std::move(delivered_);
        work_.reset();
        if (timer_) {
            timer_->cancel();
        }
        if (late_) {
            late_(*value_);
        }
    }

    /// From the loop: what is here already.
    [[nodiscard]] std::optional<T> take() { return std::exchange(value_, std::nullopt); }

    /// From the loop. Nothing if `until` passed first; then `late` gets the value when it comes after all.
    template <typename Late>
    Awaitable<std::optional<T>> wait(TimePoint until, Late late) {
        auto self = this->shared_from_this();
        if (!value_) {
            boost::system::error_code ignored;
            timer_.emplace(loop_->executor(), until);
            co_await timer_->async_wait(asio::redirect_error(kAwait, ignored));
        }
        if (!value_) {
            late_ = std::move(late);
        }
        co_return std::move(value_);
    }

private:
    std::shared_ptr<Loop> loop_;
    asio::executor_work_guard<Executor> work_;
    std::optional<Timer> timer_;  ///< While somebody waits: mostly the value is there before.
    std::optional<T> delivered_;  ///< Handed over by the mailbox.
    std::optional<T> value_;
    std::function<void(T&)> late_;
};

}  // namespace fedtrail::proxy
