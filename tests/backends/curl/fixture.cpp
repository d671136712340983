#include "fixture.hpp"

#include <chrono>
#include <csignal>
#include <fstream>

namespace fedtrail::testing {

namespace {
constexpr std::chrono::seconds kAnswersCome{90};
}

RemoteHttp::Done Answers::taker() {
    return [this](RemoteResponse response) {
        const std::lock_guard lock{mutex_};
        list_.push_back(std::move(response));
        changed_.notify_all();
    };
}

std::vector<RemoteResponse> Answers::get(std::size_t count) const {
    std::unique_lock lock{mutex_};
    changed_.wait_for(lock, kAnswersCome, [&] { return list_.size() >= count; });
    return list_;
}

std::size_t Answers::count() const {
    const std::lock_guard lock{mutex_};
    return list_.size();
}

Outside::Outside() {
    std::signal(SIGPIPE, SIG_IGN);  // the test's own OpenSSL writes to sockets that are gone
    // libcurl looks at the real clock: a certificate of another day ends some time.
    clock.at = std::chrono::time_point_cast<Instant::duration>(std::chrono::system_clock::now());
    authority = *openssl::LocalCertificateAuthority::create_or_open(folder.path(), {}, clock);
    options.user_agent = "Fedtrail/test (+https://origin.example/contact)";
    options.allow_addresses = {"127.0.0.1/32"};
    options.extra_ca = folder / "root.pem";
    std::ofstream{options.extra_ca} << authority->root();
}

Certificate Outside::leaf(const std::string& host) const {
    return *authority->issue(*Host::parse(host));
}

void Outside::name(const std::string& host, const Peer& peer) {
    options.resolve[host.find(':') == std::string::npos ? host + ":443" : host] = peer.address();
}

void Outside::start() {
    http = *curl::CurlHttp::open(options);
}

RemoteResponse Outside::ask(RemoteRequest request) {
    Answers answers;
    http->send(std::move(request), answers.taker());
    return answers.get(1).at(0);
}

RemoteResponse Outside::get(const std::string& url) {
    return ask(get_of(url));
}

RemoteRequest get_of(const std::string& url) {
    RemoteRequest request;
    request.url = *Uri::parse(url);
    return request;
}

RemoteRequest post_of(const std::string& url, std::string body) {
    RemoteRequest request;
    request.method = "POST";
    request.url = *Uri::parse(url);
    request.headers = {{"Content-Type", "application/activity+json"}};
    request.body = std::move(body);
    return request;
}

}  // namespace fedtrail::testing
