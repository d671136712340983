#include "intake/proxy/peers.hpp"

#include <algorithm>
#include <cerrno>

#include <openssl/x509_vfy.h>
#include <sys/socket.h>
#include <unistd.h>

namespace fedtrail::proxy {

namespace {

constexpr std::size_t kMaxTickets = 1'024;
constexpr std::chrono::milliseconds kLeastPerAddress{1'000};

IpAddress plain(const asio::ip::address& address) {
    return address.is_v4() ? IpAddress{address.to_v4().to_bytes()} : IpAddress{address.to_v6().to_bytes()};
}

/// Once a socket was waited for to take something, epoll says that it does each time it is asked to look for
/// an answer: the loop woke for nothing with every delivery. Made known to it anew, it looks for answers
/// alone.
bool watch_for_answers_alone(Socket& socket, const Tcp& protocol) {
    boost::system::error_code ec;
    const int handle = socket.release(ec);
    if (ec) {
        return false;
    }
    socket.assign(protocol, handle, ec);
    if (ec) {
        ::close(handle);
    }
    return !ec;
}

}  // namespace

Peers::Peers(Loop& loop, Shared& shared) : loop_(loop), shared_(shared) {}

Peers::~Peers() = default;

void install_session_callback(SSL_CTX* context) {
    SSL_CTX_sess_set_new_cb(context, Peers::keep_session);
}

int Peers::keep_session(SSL* ssl, SSL_SESSION* session) {
    auto* peers = static_cast<Peers*>(SSL_get_app_data(ssl));
    const auto* name = SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name);
    if (peers == nullptr || name == nullptr || SSL_get_verify_result(ssl) != X509_V_OK) {
        return 0;
    }
    peers->remember(name, Owned<SSL_SESSION>{session});
    return 1;  // it is ours now
}

void Peers::remember(const std::string& key, Owned<SSL_SESSION> session) {
    if (const auto found = ticket_of_.find(key); found != ticket_of_.end()) {
        found->second->session = std::move(session);
        tickets_.splice(tickets_.begin(), tickets_, found->second);
        return;
    }
    tickets_.push_front(Ticket{key, std::move(session)});
    ticket_of_[key] = tickets_.begin();
    if (tickets_.size() > kMaxTickets) {
        ticket_of_.erase(tickets_.back().key);
        tickets_.pop_back();
    }
}

std::unique_ptr<Stream> Peers::kept(const std::string& key) {
    const auto found = kept_.find(key);
    if (found == kept_.end()) {
        return nullptr;
    }
    std::unique_ptr<Stream> stream;
    auto& list = found->second;
    while (!list.empty() && !stream) {
        auto last = std::move(list.back());  // the warmest one
        list.pop_back();
        --kept_count_;
        if (last.stream->fresh()) {
            stream = std::move(last.stream);
        }
    }
    if (list.empty()) {
        kept_.erase(found);
    }
    return stream;
}

void Peers::give_back(const Target& target, std::unique_ptr<Stream> stream) {
    if (loop_.draining() || kept_count_ >= shared_.options.max_idle_peers) {
        stream->shut_down();
        return;
    }
    auto& list = kept_[target.key];
    if (list.size() >= shared_.options.max_idle_per_peer) {
        stream->shut_down();
        return;
    }
    list.push_back(Kept{std::move(stream), SteadyClock::now() + shared_.options.limits.peer_idle});
    ++kept_count_;
}

void Peers::expire(TimePoint now) {
    for (auto entry = kept_.begin(); entry != kept_.end();) {
        auto& list = entry->second;
        const auto good =
            std::partition(list.begin(), list.end(), [&](const Kept& k) { return k.until > now; });
        kept_count_ -= static_cast<std::size_t>(list.end() - good);
        std::for_each(good, list.end(), [](Kept& old) { old.stream->shut_down(); });
        list.erase(good, list.end());
        entry = list.empty() ? kept_.erase(entry) : std::next(entry);
    }
}

void Peers::clear() {
    kept_.clear();
    kept_count_ = 0;
}

bool Peers::permitted(const Tcp::endpoint& endpoint) const {
    const auto address = plain(endpoint.address());
    const bool ours = std::any_of(shared_.own.begin(), shared_.own.end(), [&](const Tcp::endpoint& own) {
        return own.port() == endpoint.port() &&
               (plain(own.address()) == address || (own.address().is_unspecified() && !address.is_public()));
    });
    return !ours && shared_.guard.permits(address);
}

Awaitable<Connection> Peers::try_address(Tcp::endpoint endpoint, TimePoint until) {
    boost::system::error_code ec;
    Socket socket{loop_.executor()};
    socket.open(endpoint.protocol(), ec);
    if (ec) {
        count(shared_.counters.errors);
        co_return Connection{nullptr, ConnectFault::Refused};
    }
    auto stream = std::make_unique<Stream>(loop_, std::move(socket));
    const auto handle = stream->socket().native_handle();
    // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): the socket interface is older than types.
    if (::connect(handle, endpoint.data(), static_cast<socklen_t>(endpoint.size())) != 0) {
        if (errno != EINPROGRESS) {
            co_return Connection{nullptr, ConnectFault::Refused};
        }
        const auto fault = co_await stream->writable(until);
        int error = 0;
        socklen_t size = sizeof error;
        ::getsockopt(handle, SOL_SOCKET, SO_ERROR, &error, &size);
        if (fault != Fault::None || error != 0) {
            co_return Connection{nullptr,
                                 fault == Fault::TimedOut ? ConnectFault::TimedOut : ConnectFault::Refused};
        }
        if (!watch_for_answers_alone(stream->socket(), endpoint.protocol())) {
            count(shared_.counters.errors);
            co_return Connection{nullptr, ConnectFault::Refused};
        }
    }
    count(shared_.counters.peer_connections);
    // NOLINTNEXTLINE(clang-analyzer-cplusplus.Move): clang-tidy 14 loses track in a coroutine
    co_return Connection{std::move(stream), ConnectFault::None};
}

Awaitable<Connection> Peers::dial(const Target& target, TimePoint until) {
    auto endpoints = co_await shared_.names->resolve(loop_, target, until);
    if (endpoints.empty()) {
        co_return Connection{
            nullptr, SteadyClock::now() >= until ? ConnectFault::TimedOut : ConnectFault::UnknownName};
    }
    std::erase_if(endpoints, [&](const Tcp::endpoint& endpoint) { return !permitted(endpoint); });
    if (endpoints.empty()) {
        count(shared_.counters.guard_refused);
        co_return Connection{nullptr, ConnectFault::Forbidden};
    }
    Connection last;
    for (std::size_t i = 0; i < endpoints.size(); ++i) {
        const auto now = SteadyClock::now();
        const auto share = (until - now) / static_cast<long>(endpoints.size() - i);
        const auto its_end = std::min(until, now + std::max<SteadyClock::duration>(share, kLeastPerAddress));
        last = co_await try_address(endpoints[i], its_end);
        if (last.stream || now >= until) {
            break;
        }
    }
    co_return last;
}

Awaitable<ConnectFault> Peers::secure(Stream& stream, const Target& target) {
    auto ssl = make_client_ssl(shared_.client_context.get(), target);
    if (!ssl) {
        count(shared_.counters.errors);
        co_return ConnectFault::NoTls;
    }
    SSL_set_app_data(ssl.get(), this);
    if (const auto found = ticket_of_.find(target.dialled()); found != ticket_of_.end()) {
        SSL_set_session(ssl.get(), found->second->session.get());
    }
    const auto until = SteadyClock::now() + shared_.options.limits.handshake;
    const auto fault = co_await stream.secure(ssl.release(), false, until);
    if (fault == Fault::None) {
        co_return ConnectFault::None;
    }
    if (SSL_get_verify_result(stream.ssl()) != X509_V_OK) {
        co_return ConnectFault::Unverified;
    }
    co_return fault == Fault::TimedOut ? ConnectFault::TimedOut : ConnectFault::NoTls;
}

Connection Peers::at_hand(const Target& target) {
    auto stream = kept(target.key);
    if (stream) {
        count(shared_.counters.peer_reused);
    }
    const bool reused = stream != nullptr;
    return Connection{std::move(stream), ConnectFault::None, reused};
}

Awaitable<Connection> Peers::connect(const Target& target) {
    auto connection = co_await dial(target, SteadyClock::now() + shared_.options.limits.connect);
    if (connection.stream && target.tls) {
        connection.fault = co_await secure(*connection.stream, target);
    }
    if (connection.fault != ConnectFault::None) {
        connection.stream.reset();
        count(shared_.counters.peer_errors);
    }
    co_return connection;
}

}  // namespace fedtrail::proxy
