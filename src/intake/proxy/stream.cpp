#include "intake/proxy/stream.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

#include <boost/asio/experimental/awaitable_operators.hpp>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <sys/socket.h>

namespace fedtrail::proxy {

using namespace boost::asio::experimental::awaitable_operators;  // NOLINT(google-build-using-namespace): ||
                                                                 // on waits

namespace {

constexpr std::size_t kMaxLinger = 256UL * 1024;
constexpr std::chrono::milliseconds kLinger{1'000};

/// SSL_get_error() reads what others left. Asking costs less than clearing sixteen places that are empty.
void forget_errors() {
    if (ERR_peek_error() != 0) {
        ERR_clear_error();
    }
}

}  // namespace

// OpenSSL's door to the connection. The functions must not be in the anonymous namespace to be friends.
int read_from_stream(BIO* bio, char* out, std::size_t capacity, std::size_t* got) {
    auto* stream = static_cast<Stream*>(BIO_get_data(bio));
    BIO_clear_retry_flags(bio);
    const auto io = stream->receive(out, capacity);
    *got = io.bytes;
    if (io.bytes > 0) {
        return 1;
    }
    if (io.fault == Fault::None) {
        BIO_set_retry_read(bio);
    }
    return 0;
}

int write_to_stream(BIO* bio, const char* bytes, std::size_t size, std::size_t* taken) {
    auto* stream = static_cast<Stream*>(BIO_get_data(bio));
    BIO_clear_retry_flags(bio);
    const auto io = stream->send({bytes, size});
    *taken = io.bytes;
    if (io.bytes > 0) {
        return 1;
    }
    if (io.fault == Fault::None) {
        BIO_set_retry_write(bio);
    }
    return 0;
}

namespace {

long control(BIO* /*bio*/, int command, long /*number*/, void* /*pointer*/) {
    return command == BIO_CTRL_FLUSH ? 1 : 0;
}

/// Made once and kept: a BIO_METHOD has no state of its own.
const BIO_METHOD* stream_method() {
    static const BIO_METHOD* const method = [] {
        auto* made = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "connection");
        BIO_meth_set_read_ex(made, read_from_stream);
        BIO_meth_set_write_ex(made, write_to_stream);
        BIO_meth_set_ctrl(made, control);
        return made;
    }();
    return method;
}

}  // namespace

Stream::Stream(Loop& loop, Socket socket) : loop_(loop), socket_(std::move(socket)) {
    boost::system::error_code ignored;
    socket_.non_blocking(true, ignored);
    socket_.set_option(Tcp::no_delay(true), ignored);
    loop_.add(*this);
}

Stream::~Stream() {
    loop_.remove(*this);
    if (ssl_ != nullptr && !broken_) {
        SSL_set_shutdown(ssl_, SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN);  // else its session is spoilt
    }
    SSL_free(ssl_);
}

void Stream::put_back(std::string_view bytes) {
    put_back_.erase(0, put_back_read_);
    put_back_read_ = 0;
    put_back_.insert(0, bytes);
}

Io Stream::receive(char* out, std::size_t capacity) {
    if (put_back_read_ < put_back_.size()) {
        const auto take = std::min(capacity, put_back_.size() - put_back_read_);
        std::memcpy(out, put_back_.data() + put_back_read_, take);
        put_back_read_ += take;
        if (put_back_read_ == put_back_.size()) {
            put_back_ = std::string{};
            put_back_read_ = 0;
        }
        return {take, Fault::None};
    }
    for (;;) {
        const auto got = ::recv(socket_.native_handle(), out, capacity, 0);
        if (got > 0) {
            return {static_cast<std::size_t>(got), Fault::None};
        }
        if (got == 0) {
            return {0, Fault::Closed};
        }
        if (errno != EINTR) {
            return {0, errno == EAGAIN || errno == EWOULDBLOCK ? Fault::None : Fault::Broken};
        }
    }
}

Io Stream::send(std::string_view bytes) {
    for (;;) {
        const auto taken = ::send(socket_.native_handle(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (taken >= 0) {
            sent_ += static_cast<std::uint64_t>(taken);
            return {static_cast<std::size_t>(taken), Fault::None};
        }
        if (errno != EINTR) {
            return {0, errno == EAGAIN || errno == EWOULDBLOCK ? Fault::None : Fault::Broken};
        }
    }
}

Io Stream::outcome_of_tls(int answer, std::size_t bytes) {
    if (answer > 0) {
        return {bytes, Fault::None};
    }
    switch (SSL_get_error(ssl_, answer)) {
        case SSL_ERROR_WANT_READ:
            want_ = Want::Read;
            return {};
        case SSL_ERROR_WANT_WRITE:
            want_ = Want::Write;
            return {};
        case SSL_ERROR_ZERO_RETURN:
            return {0, Fault::Closed};
        case SSL_ERROR_SYSCALL:
            broken_ = broken_ || want_ == Want::Read || SSL_is_init_finished(ssl_) != 1;
            ERR_clear_error();
            return {0, Fault::Broken};  // after a failed write, an answer may still be there to read
        default:
            broken_ = true;
            tls_error_ = ERR_peek_error();
            ERR_clear_error();
            return {0,
                    ERR_GET_REASON(tls_error_) == SSL_R_UNEXPECTED_EOF_WHILE_READING ? Fault::Truncated
                                                                                     : Fault::Broken};
    }
}

Io Stream::read_now(char* out, std::size_t capacity) {
    if (ssl_ == nullptr) {
        want_ = Want::Read;
        return receive(out, capacity);
    }
    if (broken_) {
        return {0, Fault::Broken};
    }
    std::size_t got = 0;
    want_ = Want::Read;
    forget_errors();
    const int answer = SSL_read_ex(ssl_, out, capacity, &got);
    const auto io = outcome_of_tls(answer, got);
    starved_ = io.bytes == 0 && io.fault == Fault::None;
    return io;
}

Io Stream::write_now(std::string_view bytes) {
    if (bytes.empty()) {
        return {};
    }
    if (ssl_ == nullptr) {
        want_ = Want::Write;
        return send(bytes);
    }
    if (broken_) {
        return {0, Fault::Broken};
    }
    std::size_t taken = 0;
    want_ = Want::Write;
    forget_errors();
    const int answer = SSL_write_ex(ssl_, bytes.data(), bytes.size(), &taken);
    return outcome_of_tls(answer, taken);
}

Awaitable<Fault> Stream::wait(Want want, TimePoint until, bool there) {
    if (there) {
        co_return Fault::None;
    }
    if (loop_.stopping() || !socket_.is_open()) {
        co_return Fault::Broken;
    }
    if (idle_ && loop_.draining()) {
        co_return Fault::Closed;
    }
    if (patience_ && loop_.draining()) {
        until = std::min(until, SteadyClock::now() + *patience_);
    }
    auto& waiting = want == Want::Read ? reading_ : writing_;
    waiting = {until, false};
    boost::system::error_code ec;
    co_await socket_.async_wait(want == Want::Read ? Socket::wait_read : Socket::wait_write,
                                asio::redirect_error(kAwait, ec));
    waiting.deadline = TimePoint::max();
    if (waiting.expired) {
        co_return Fault::TimedOut;
    }
    co_return ec ? Fault::Broken : Fault::None;
}

Awaitable<Fault> Stream::readable(TimePoint until) {
    const bool read_ahead = ssl_ != nullptr && !starved_ && SSL_has_pending(ssl_) == 1;
    return wait(Want::Read, until, put_back_read_ < put_back_.size() || read_ahead);
}

Awaitable<Fault> Stream::writable(TimePoint until) {
    return wait(Want::Write, until);
}

Awaitable<Fault> Stream::movable(bool or_read, TimePoint until) {
    if (!or_read) {
        co_return co_await wait(Want::Write, until);
    }
    const auto first = co_await (wait(Want::Write, until) || wait(Want::Read, until));
    co_return first.index() == 0 ? std::get<0>(first) : std::get<1>(first);
}

Awaitable<Io> Stream::read(char* out, std::size_t capacity, TimePoint until) {
    for (;;) {
        const auto io = read_now(out, capacity);
        if (!io.is_nothing()) {
            co_return io;
        }
        if (const auto fault = co_await wait(want_, until); fault != Fault::None) {
            co_return Io{0, fault};
        }
    }
}

Awaitable<Fault> Stream::write(std::string_view bytes, TimePoint until) {
    while (!bytes.empty()) {
        const auto io = write_now(bytes);
        if (io.fault != Fault::None) {
            co_return io.fault;
        }
        bytes.remove_prefix(io.bytes);
        if (io.bytes > 0) {
            continue;
        }
        if (const auto fault = co_await wait(want_, until); fault != Fault::None) {
            co_return fault;
        }
    }
    co_return Fault::None;
}

Awaitable<Fault> Stream::secure(SSL* ssl, bool as_server, TimePoint until) {
    auto* bio = BIO_new(stream_method());
    BIO_set_data(bio, this);
    BIO_set_init(bio, 1);
    SSL_set_bio(ssl, bio, bio);
    ssl_ = ssl;
    for (;;) {
        ERR_clear_error();
        const auto io = outcome_of_tls(as_server ? SSL_accept(ssl_) : SSL_connect(ssl_), 1);
        if (io.bytes > 0 || io.fault != Fault::None) {
            co_return io.fault;
        }
        if (const auto fault = co_await wait(want_, until); fault != Fault::None) {
            co_return fault;
        }
    }
}

bool Stream::fresh() {
    if (!socket_.is_open() || broken_) {
        return false;
    }
    char octet = 0;
    const auto waiting = ::recv(socket_.native_handle(), &octet, 1, MSG_PEEK);
    const bool quiet = waiting < 0 && (errno == EAGAIN || errno == EWOULDBLOCK);
    if (ssl_ == nullptr || (waiting <= 0 && !quiet)) {
        return quiet;
    }
    if (quiet && SSL_has_pending(ssl_) == 0) {  // what was read ahead is no longer at the socket
        return true;
    }
    const auto io = read_now(&octet, 1);  // session tickets are taken in, anything else was not asked for
    return io.bytes == 0 && io.fault == Fault::None;
}

void Stream::shut_down() {
    if (ssl_ != nullptr && !broken_ && SSL_is_init_finished(ssl_) == 1) {
        ERR_clear_error();
        SSL_shutdown(ssl_);
        ERR_clear_error();
    }
    boost::system::error_code ignored;
    socket_.shutdown(Socket::shutdown_send, ignored);
}

void Stream::close() {
    boost::system::error_code ignored;
    socket_.close(ignored);
}

void Stream::break_off() {
    if (ssl_ == nullptr) {
        boost::system::error_code ignored;
        socket_.set_option(Socket::linger{true, 0}, ignored);
    }
    close();
}

Awaitable<void> Stream::linger() {
    shut_down();
    std::array<char, 4096> drop;  // NOLINT(cppcoreguidelines-pro-type-member-init): written before it is read
    const auto until = SteadyClock::now() + kLinger;
    std::size_t dropped = 0;
    while (dropped < kMaxLinger) {
        const auto io = receive(drop.data(), drop.size());
        dropped += io.bytes;
        if (io.fault != Fault::None) {
            break;
        }
        if (io.bytes == 0 && co_await wait(Want::Read, until) != Fault::None) {
            break;
        }
    }
    close();
}

void Stream::interrupt() {
    boost::system::error_code ignored;
    socket_.cancel(ignored);
}

void Stream::expire(TimePoint now) {
    if (std::min(reading_.deadline, writing_.deadline) <= now) {
        reading_ = writing_ = {TimePoint::max(), true};  // one cannot be interrupted without the other
        interrupt();
    }
}

void Stream::hurry(TimePoint now) {
    for (auto* waiting : {&reading_, &writing_}) {
        if (patience_ && waiting->deadline != TimePoint::max()) {
            waiting->deadline = std::min(waiting->deadline, now + *patience_);
        }
    }
}

Awaitable<FirstReadable> first_readable(Stream& one, Stream& other, TimePoint until) {
    const auto first = co_await (one.readable(until) || other.readable(until));
    const bool is_other = first.index() == 1;
    co_return FirstReadable{is_other, is_other ? std::get<1>(first) : std::get<0>(first)};
}

}  // namespace fedtrail::proxy
