#include "house.hpp"

#include <csignal>
#include <cstdlib>
#include <fstream>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

namespace fedtrail::testing {

RecordingSink::~RecordingSink() {
    {
        const std::lock_guard lock{mutex_};
        stopping_ = true;
        held_ = false;
    }
    changed_.notify_all();
    worker_.join();
}

RecordingSink::Answer RecordingSink::noted(records::Observation observation, IntentDone done) {
    intents_.push_back(std::move(observation));
    const IntentId id{intents_.size()};
    return [id, done = std::move(done)](std::optional<Error> failed) {
        done(failed ? Result<IntentId>{tl::unexpected{std::move(*failed)}} : Result<IntentId>{id});
    };
}

void RecordingSink::intend(records::Observation observation, IntentDone done) {
    const std::lock_guard lock{mutex_};
    waiting_.push_back(noted(std::move(observation), std::move(done)));
    changed_.notify_all();
}

void RecordingSink::gather(records::Observation observation, IntentDone done) {
    const std::lock_guard lock{mutex_};
    gathered_.push_back(noted(std::move(observation), std::move(done)));
    changed_.notify_all();
}

void RecordingSink::write_gathered() {
    const std::lock_guard lock{mutex_};
    std::move(gathered_.begin(), gathered_.end(), std::back_inserter(waiting_));
    gathered_.clear();
    changed_.notify_all();
}

void RecordingSink::work() {
    std::unique_lock lock{mutex_};
    for (;;) {
        changed_.wait(lock, [this] { return stopping_ || (!waiting_.empty() && !held_); });
        if (waiting_.empty() && stopping_) {
            return;
        }
        const auto tell = std::move(waiting_.front());
        waiting_.erase(waiting_.begin());
        lock.unlock();
        const auto kind = fails_.load();
        tell(kind ? std::optional{Error{*kind, what, "free some space"}} : std::nullopt);
        lock.lock();
    }
}

void RecordingSink::release() {
    const std::lock_guard lock{mutex_};
    held_ = false;
    changed_.notify_all();
}

void RecordingSink::settle(IntentId intent, privacy::Outcome outcome) {
    const std::lock_guard lock{mutex_};
    if (!outcomes_.emplace(intent.get(), outcome).second) {
        std::abort();  // settled twice
    }
    changed_.notify_all();
}

Result<Observed> RecordingSink::observe(std::span<const records::Observation> observations) {
    return Observed{observations.size(), 0};
}

void RecordingSink::open_tunnel(const records::TunnelObservation& tunnel, TunnelReason why, TunnelDone done) {
    const std::lock_guard lock{mutex_};
    opened_.push_back({tunnel, why});
    waiting_.emplace_back([done = std::move(done)](std::optional<Error> failed) {
        done(failed ? Result<void>{tl::unexpected{std::move(*failed)}} : Result<void>{});
    });
    changed_.notify_all();
}

std::vector<RecordingSink::Opened> RecordingSink::opened(std::size_t count) const {
    std::unique_lock lock{mutex_};
    changed_.wait_for(lock, kPatience, [&] { return opened_.size() >= count; });
    return opened_;
}

void RecordingSink::tunnel(const records::TunnelObservation& tunnel) {
    const std::lock_guard lock{mutex_};
    tunnels_.push_back(tunnel);
    changed_.notify_all();
}

void RecordingSink::gap(const records::GapObservation& gap) {
    const std::lock_guard lock{mutex_};
    gaps_ += gap.deliveries;
}

std::vector<records::Observation> RecordingSink::intents() const {
    const std::lock_guard lock{mutex_};
    return intents_;
}

std::vector<privacy::Outcome> RecordingSink::settled(std::size_t count) const {
    std::unique_lock lock{mutex_};
    changed_.wait_for(lock, kPatience, [&] { return outcomes_.size() >= count; });
    std::vector<privacy::Outcome> outcomes;
    for (const auto& [id, outcome] : outcomes_) {
        outcomes.push_back(outcome);
    }
    return outcomes;
}

std::size_t RecordingSink::settled_now() const {
    const std::lock_guard lock{mutex_};
    return outcomes_.size();
}

void RecordingSink::wait_for_intents(std::size_t count) const {
    std::unique_lock lock{mutex_};
    changed_.wait_for(lock, kPatience, [&] { return intents_.size() >= count; });
}

std::vector<records::TunnelObservation> RecordingSink::tunnels(std::size_t count) const {
    std::unique_lock lock{mutex_};
    changed_.wait_for(lock, kPatience, [&] { return tunnels_.size() >= count; });
    return tunnels_;
}

std::uint64_t RecordingSink::gaps() const {
    const std::lock_guard lock{mutex_};
    return gaps_;
}

House::House() {
    std::signal(SIGPIPE, SIG_IGN);  // the test's own OpenSSL writes to sockets that are gone
    std::filesystem::create_directory(folder / "ours");
    std::filesystem::create_directory(folder / "theirs");
    ours = *openssl::LocalCertificateAuthority::create_or_open(folder / "ours", {}, clock);
    theirs = *openssl::LocalCertificateAuthority::create_or_open(folder / "theirs", {}, clock);
    const auto bundle = folder / "peers.pem";
    std::ofstream{bundle} << theirs->root();
    options.listen = {"127.0.0.1:0"};
    options.extra_ca = bundle.string();
    options.allow_addresses = {"127.0.0.0/8"};
    options.threads = 1;
    options.limits.expectation = kPatience;  // a peer that answers is not too late because others run
}

Certificate House::leaf(const std::string& host) const {
    return *theirs->issue(*Host::parse(host));
}

void House::name(const std::string& host_and_port, const Peer& peer) {
    const bool has_port = host_and_port.find(':') != std::string::npos;
    options.resolve[has_port ? host_and_port : host_and_port + ":443"] = peer.address();
}

void House::start() {
    auto opened = proxy::EgressProxy::open(options, sink, *ours, events);
    if (!opened) {
        std::abort();
    }
    proxy_ = std::move(*opened);
    proxy_->start();
}

Wire House::connect(std::size_t listener) const {
    return Wire::connect(proxy_->listening().at(listener));
}

Wire House::open(const std::string& host, const std::string& port) const {
    auto wire = connect();
    wire.send("CONNECT " + host + ":" + port + " HTTP/1.1\r\nHost: " + host + ":" + port + "\r\n\r\n");
    if (wire.read_until("\r\n\r\n").substr(0, 12) != "HTTP/1.1 200" ||
        !wire.start_client(ours->root(), host)) {
        std::abort();
    }
    return wire;
}

void House::wait_for(std::uint64_t proxy::ProxyFigures::*figure, std::uint64_t value) const {
    const auto until = std::chrono::steady_clock::now() + kPatience;
    while (proxy_->figures().*figure != value && std::chrono::steady_clock::now() < until) {
        std::this_thread::yield();
    }
}

std::string note(std::size_t size) {
    std::string body =
        R"({"@context":"https://www.w3.org/ns/activitystreams","id":"https://origin.example/notes/1/activity",)"
        R"("type":"Create","actor":"https://origin.example/users/alice",)"
        R"("to":["https://www.w3.org/ns/activitystreams#Public"],"object":{"id":"https://origin.example/notes/1",)"
        R"("type":"Note","attributedTo":"https://origin.example/users/alice","content":")";
    body.append(size > body.size() + 3 ? size - body.size() - 3 : 1, 'x');
    return body + "\"}}";
}

std::string post(const std::string& host, const std::string& body, const std::string& extra) {
    return "POST /inbox HTTP/1.1\r\nHost: " + host + "\r\nContent-Type: application/activity+json\r\n" +
           R"(Signature: keyId="https://origin.example/users/alice#main-key",algorithm="rsa-sha256",)" +
           "headers=\"(request-target) host date digest\",signature=\"AAAA\"\r\n" + extra +
           "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

std::string connect_to(const std::string& authority, const std::string& extra) {
    return "CONNECT " + authority + " HTTP/1.1\r\nHost: " + authority + "\r\n" + extra + "\r\n";
}

std::string chunked(const std::string& body, std::size_t piece) {
    std::string out;
    for (std::size_t at = 0; at < body.size(); at += piece) {
        const auto part = body.substr(at, piece);
        char size[20];
        std::snprintf(size, sizeof size, "%zx", part.size());
        out.append(size).append("\r\n").append(part).append("\r\n");
    }
    return out + "0\r\n\r\n";
}

}  // namespace fedtrail::testing
