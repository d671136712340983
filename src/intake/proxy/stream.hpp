/// One TCP connection, in clear or under TLS.
///
/// TLS runs on the socket itself: asio::ssl::stream keeps two pairs of 17 KiB buffers for each connection
/// even while nothing moves, which is more than an idle tunnel may cost altogether.

#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <openssl/ssl.h>

#include "intake/proxy/loop.hpp"

namespace fedtrail::proxy {

/// How reading or writing ended when it did not go on.
enum class Fault {
    None,
    Closed,     ///< The other side said it is done.
    Truncated,  ///< It vanished without TLS's goodbye.
    Broken,     ///< Reset, or bytes that are no TLS.
    TimedOut,
};

struct Io {
    std::size_t bytes{};
    Fault fault{Fault::None};

    /// Nothing moved, but it may later.
    [[nodiscard]] bool is_nothing() const { return bytes == 0 && fault == Fault::None; }
};

class Stream {
public:
    Stream(Loop& loop, Socket socket);
    Stream(const Stream&) = delete;
    Stream& operator=(const Stream&) = delete;
    Stream(Stream&&) = delete;
    Stream& operator=(Stream&&) = delete;
    ~Stream();

    /// Bytes that were read before it was known who should read them; they are read again first.
    void put_back(std::string_view bytes);

    /// Puts `ssl` (owned from here on) over the connection and shakes hands.
    Awaitable<Fault> secure(SSL* ssl, bool as_server, TimePoint until);
    [[nodiscard]] SSL* ssl() { return ssl_; }
    /// OpenSSL's code of what ended the handshake; 0 if it was not TLS.
    [[nodiscard]] unsigned long tls_error() const { return tls_error_; }

    /// At least one octet, or a fault.
    Awaitable<Io> read(char* out, std::size_t capacity, TimePoint until);
    /// What is there now: 0 octets and no fault if nothing is.
    Io read_now(char* out, std::size_t capacity);
    /// All of `bytes`, or a fault.
    Awaitable<Fault> write(std::string_view bytes, TimePoint until);
    /// What the connection takes now; may be less than all.
    Io write_now(std::string_view bytes);

    /// Until read() would not wait. Holds no buffer. While writable() waits as well, TimedOut may be the
    /// other's.
    Awaitable<Fault> readable(TimePoint until);
    Awaitable<Fault> writable(TimePoint until);
    /// Until either side moves: this one can be written to or (`or_read`) read from.
    Awaitable<Fault> movable(bool or_read, TimePoint until);

    /// True if a kept connection is as good as new: no end, no error and no unasked bytes on it.
    [[nodiscard]] bool fresh();

    /// Octets that the kernel has taken since the connection was made: what never left cannot have arrived.
    [[nodiscard]] std::uint64_t sent() const { return sent_; }

    /// Says goodbye in TLS and TCP; the other direction stays open.
    void shut_down();
    void close();
    /// Closes so that what was sent does not look whole: in clear with a reset, in TLS as close() does.
    void break_off();
    /// Reads and drops what still comes, so that closing does not take our last answer off the wire.
    Awaitable<void> linger();

    /// While idle, a drain ends the wait.
    void set_idle(bool idle) { idle_ = idle; }
    [[nodiscard]] bool idle() const { return idle_; }
    /// From the begin of a drain on no wait lasts longer than that; nothing: as long as it may.
    void set_patience(std::optional<std::chrono::milliseconds> of_a_drain) { patience_ = of_a_drain; }

    [[nodiscard]] Loop& loop() { return loop_; }
    [[nodiscard]] Socket& socket() { return socket_; }

    void interrupt();
    void expire(TimePoint now);
    /// A drain has begun.
    void hurry(TimePoint now);

private:
    friend class Loop;
    friend int read_from_stream(BIO* bio, char* out, std::size_t capacity, std::size_t* got);
    friend int write_to_stream(BIO* bio, const char* bytes, std::size_t size, std::size_t* taken);

    enum class Want { Read, Write };
    /// Both directions can be waited for at once, each with its own end.
    struct Waiting {
        TimePoint deadline{TimePoint::max()};
        bool expired{};
    };
    /// `there`: it need not wait.
    Awaitable<Fault> wait(Want want, TimePoint until, bool there = false);
    Io receive(char* out, std::size_t capacity);
    Io send(std::string_view bytes);
    Io outcome_of_tls(int answer, std::size_t bytes);

    Loop& loop_;
    Socket socket_;
    SSL* ssl_{};
    std::string put_back_;
    std::size_t put_back_read_{};
    std::uint64_t sent_{};
    Waiting reading_;
    Waiting writing_;
    unsigned long tls_error_{};
    std::optional<std::chrono::milliseconds> patience_;
    std::size_t slot_{};  ///< In the loop's list.
    Want want_{Want::Read};
    bool idle_{};
    bool starved_{};  ///< What TLS has read ahead is no whole record.
    bool broken_{};   ///< OpenSSL must not be called again.
};

/// Which of two connections moved first.
struct FirstReadable {
    bool is_other{};
    Fault fault{Fault::None};  ///< TimedOut is of both, whichever is named.
};

/// Until one of them can be read from, as Stream::readable().
Awaitable<FirstReadable> first_readable(Stream& one, Stream& other, TimePoint until);

}  // namespace fedtrail::proxy
