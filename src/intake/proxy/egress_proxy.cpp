#include "intake/proxy/egress_proxy.hpp"

#include <algorithm>
#include <condition_variable>
#include <thread>

#include <boost/asio/basic_socket_acceptor.hpp>
#include <boost/asio/co_spawn.hpp>

#include "intake/proxy/client.hpp"

namespace fedtrail::proxy {

namespace {

using Acceptor = asio::basic_socket_acceptor<Tcp, Executor>;

constexpr std::chrono::milliseconds kTick{100};
constexpr int kBacklog = 4'096;
constexpr unsigned kMostThreads = 4;

/// A loop with what lives on it.
struct Runner {
    explicit Runner(Shared& shared)
        : loop(std::make_shared<Loop>()), peers(*loop, shared), tick(loop->executor()) {}

    std::shared_ptr<Loop> loop;
    Peers peers;
    Timer tick;
    std::thread thread;
};

struct Listener {
    Acceptor acceptor;
    bool transparent{};
};

Awaitable<void> keep_time(Runner& runner) {
    while (!runner.loop->stopping()) {
        boost::system::error_code ignored;
        runner.tick.expires_after(kTick);
        co_await runner.tick.async_wait(asio::redirect_error(kAwait, ignored));
        const auto now = SteadyClock::now();
        runner.loop->expire(now);
        runner.peers.expire(now);
    }
    runner.peers.clear();
}

std::vector<std::string> lowered(std::vector<std::string> patterns) {
    for (auto& pattern : patterns) {
        const bool any = pattern.substr(0, 2) == "*.";
        if (const auto host =
                Host::parse(any ? std::string_view{pattern}.substr(2) : std::string_view{pattern})) {
            pattern = (any ? "*." : "") + host->text();
        }
    }
    return patterns;
}

}  // namespace

class EgressProxy::Impl {
public:
    Impl(ProxyOptions options, DeliverySink& sink, const CertificateAuthority& authority, ProxyEvents events)
        : shared_(std::move(options), sink, authority, std::move(events)) {}

    Result<void> prepare();
    void start();
    void drain(std::chrono::seconds limit);

    [[nodiscard]] Shared& shared() { return shared_; }
    [[nodiscard]] const std::vector<std::string>& listening() const { return listening_; }

private:
    Result<void> listen(const std::string& text, bool transparent);
    Awaitable<void> accept(Listener& listener);
    Awaitable<void> serve(Runner& runner, Socket socket, bool transparent);
    Awaitable<void> turn_away(Socket socket);
    void take(Runner& runner, Socket socket, bool transparent);
    void ended();

    Shared shared_;
    std::vector<std::string> listening_;
    std::vector<std::unique_ptr<Runner>> runners_;
    std::vector<std::unique_ptr<Listener>> listeners_;
    std::size_t next_{};
    std::mutex mutex_;
    std::condition_variable quiet_;
    bool started_{};
    bool drained_{};
};

Result<void> EgressProxy::Impl::prepare() {
    auto guard = AddressGuard::make(shared_.options.allow_addresses);
    if (!guard) {
        return fail(guard.error().kind, "proxy.allow_addresses: " + guard.error().what, guard.error().remedy);
    }
    auto names = Names::make(shared_.options.resolve);
    auto server = make_server_context();
    auto client = make_client_context(shared_.options.extra_ca);
    for (const auto* failed : {names ? nullptr : &names.error(),
                               server ? nullptr : &server.error(),
                               client ? nullptr : &client.error()}) {
        if (failed != nullptr) {
            return fail(failed->kind, failed->what, failed->remedy);
        }
    }
    shared_.guard = std::move(*guard);
    shared_.names = std::move(*names);
    shared_.server_context = std::move(*server);
    shared_.client_context = std::move(*client);
    shared_.options.bypass = lowered(std::move(shared_.options.bypass));
    install_session_callback(shared_.client_context.get());
    const auto usual = std::clamp(std::thread::hardware_concurrency() / 2, 1U, kMostThreads);
    const auto threads = shared_.options.threads == 0 ? usual : shared_.options.threads;
    for (unsigned i = 0; i < threads; ++i) {
        runners_.push_back(std::make_unique<Runner>(shared_));
        runners_.back()->loop->end_rounds_with([&sink = shared_.sink] { sink.write_gathered(); });
    }
    for (const auto& text : shared_.options.listen) {
        if (auto bound = listen(text, false); !bound) {
            return bound;
        }
    }
    for (const auto& text : shared_.options.transparent) {
        if (auto bound = listen(text, true); !bound) {
            return bound;
        }
    }
    return {};
}

Result<void> EgressProxy::Impl::listen(const std::string& text, bool transparent) {
    const auto endpoint = endpoint_of(text);
    if (!endpoint) {
        return fail(endpoint);
    }
    auto listener =
        std::make_unique<Listener>(Listener{Acceptor{runners_.front()->loop->executor()}, transparent});
    auto& acceptor = listener->acceptor;
    boost::system::error_code ec;
    acceptor.open(endpoint->protocol(), ec);
    if (!ec) {
        acceptor.set_option(Acceptor::reuse_address(true), ec);
        acceptor.bind(*endpoint, ec);
    }
    if (!ec) {
        acceptor.listen(kBacklog, ec);
    }
    if (ec) {
        return fail(ErrorKind::Unavailable,
                    std::string{transparent ? "proxy.transparent_listen: " : "proxy.listen: "} + text + ": " +
                        ec.message(),
                    "end what listens there, or choose another port");
    }
    shared_.own.push_back(acceptor.local_endpoint());
    listening_.push_back(text_of(acceptor.local_endpoint()));
    listeners_.push_back(std::move(listener));
    return {};
}

void EgressProxy::Impl::start() {
    started_ = true;
    const auto log = [this](const std::exception_ptr& failed) {
        if (failed) {
            count(shared_.counters.errors);
        }
    };
    for (auto& listener : listeners_) {
        asio::co_spawn(runners_.front()->loop->context(), accept(*listener), log);
    }
    for (auto& runner : runners_) {
        asio::co_spawn(runner->loop->context(), keep_time(*runner), log);
        runner->thread = std::thread{[&loop = *runner->loop] { loop.context().run(); }};
    }
}

Awaitable<void> EgressProxy::Impl::accept(Listener& listener) {
    auto& home = *runners_.front()->loop;
    while (listener.acceptor.is_open()) {
        auto& runner = *runners_[next_++ % runners_.size()];
        boost::system::error_code ec;
        auto socket =
            co_await listener.acceptor.async_accept(runner.loop->context(), asio::redirect_error(kAwait, ec));
        if (ec && listener.acceptor.is_open()) {  // out of descriptors, most likely
            count(shared_.counters.errors);
            Timer pause{home.executor(), kTick};
            co_await pause.async_wait(asio::redirect_error(kAwait, ec));
            continue;
        }
        if (ec) {
            break;
        }
        take(runner, std::move(socket), listener.transparent);
    }
}

void EgressProxy::Impl::take(Runner& runner, Socket socket, bool transparent) {
    count(shared_.counters.connections);
    const auto done = [this](const std::exception_ptr& failed) {
        if (failed) {
            count(shared_.counters.errors);
        }
        ended();
    };
    const auto open = shared_.counters.open_connections.fetch_add(1, std::memory_order_relaxed);
    const bool busy = open >= shared_.options.max_connections;
    asio::co_spawn(runner.loop->context(),
                   busy ? turn_away(std::move(socket)) : serve(runner, std::move(socket), transparent),
                   done);
}

void EgressProxy::Impl::ended() {
    if (shared_.counters.open_connections.fetch_sub(1, std::memory_order_acq_rel) == 1) {
        const std::lock_guard lock{mutex_};
        quiet_.notify_all();
    }
}

Awaitable<void> EgressProxy::Impl::serve(Runner& runner, Socket socket, bool transparent) {
    Client client{*runner.loop, runner.peers, shared_, std::move(socket)};
    if (transparent) {
        co_await serve_redirected(client);
    } else {
        co_await serve_proxied(client);
    }
    client.stream.shut_down();
}

Awaitable<void> EgressProxy::Impl::turn_away(Socket socket) {
    count(shared_.counters.refused_connections);
    boost::system::error_code ignored;
    socket.non_blocking(true, ignored);
    const auto text = answer_of(kBusy, true, false);
    socket.write_some(asio::buffer(text), ignored);
    socket.shutdown(Socket::shutdown_send, ignored);
    co_return;
}

void EgressProxy::Impl::drain(std::chrono::seconds limit) {
    if (std::exchange(drained_, true) || !started_) {
        return;
    }
    asio::post(runners_.front()->loop->executor(), [this] {
        for (auto& listener : listeners_) {
            boost::system::error_code ignored;
            listener->acceptor.close(ignored);
        }
    });
    for (auto& runner : runners_) {
        asio::post(runner->loop->executor(), [&runner] { runner->loop->drain(); });
    }
    {
        std::unique_lock lock{mutex_};
        quiet_.wait_for(lock, limit, [this] { return shared_.counters.open_connections.load() == 0; });
    }
    for (auto& runner : runners_) {
        asio::post(runner->loop->executor(), [&runner] {
            runner->loop->stop();
            runner->tick.cancel();
        });
    }
    shared_.names->let_go();
    for (auto& runner : runners_) {
        runner->thread.join();
    }
}

Result<std::unique_ptr<EgressProxy>> EgressProxy::open(ProxyOptions options,
                                                       DeliverySink& sink,
                                                       const CertificateAuthority& authority,
                                                       ProxyEvents events) {
    auto impl = std::make_unique<Impl>(std::move(options), sink, authority, std::move(events));
    if (const auto prepared = impl->prepare(); !prepared) {
        return fail(prepared);
    }
    return std::unique_ptr<EgressProxy>{new EgressProxy{std::move(impl)}};
}

EgressProxy::EgressProxy(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

// NOLINTNEXTLINE(bugprone-exception-escape): out of memory here may end the program
EgressProxy::~EgressProxy() {
    impl_->drain(std::chrono::seconds{0});
}

void EgressProxy::start() {
    impl_->start();
}

void EgressProxy::drain(std::chrono::seconds limit) {
    impl_->drain(limit);
}

std::vector<std::string> EgressProxy::listening() const {
    return impl_->listening();
}

UntrustingFigures EgressProxy::untrusting() const {
    return impl_->shared().trust.figures();
}

ProxyFigures EgressProxy::figures() const {
    const auto& c = impl_->shared().counters;
    return ProxyFigures{c.connections,
                        c.open_connections,
                        c.refused_connections,
                        c.requests,
                        c.activities,
                        c.signed_fetches,
                        c.intercepted,
                        c.tunnels,
                        c.tunnels_refused,
                        c.ca_refused,
                        c.guard_refused,
                        c.unnamed,
                        c.held,
                        c.prevented,
                        c.passed_unrecorded,
                        c.malformed,
                        c.peer_errors,
                        c.peer_connections,
                        c.peer_reused,
                        c.errors};
}

}  // namespace fedtrail::proxy
