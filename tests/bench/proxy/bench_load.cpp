// The origin: posts signed activities of 1.5 kB and measures.
//   proxy_bench_load load|idle direct|PROXY-ADDRESS SINK-PORT CA.pem CONNECTIONS keep|new SECONDS
// load: kept connections are driven by one thread, new ones by a thread each; prints requests, seconds, p50
// and p99 in µs, errors. idle: opens CONNECTIONS tunnels, one request over each, prints "idle" and waits for
// its standard input to end.

#include <algorithm>
#include <atomic>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <iostream>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include <sys/socket.h>
#include <unistd.h>

#include "bench_wire.hpp"

using fedtrail::bench::TlsWire;
using fedtrail::bench::WireSet;
using Clock = std::chrono::steady_clock;

namespace {

struct Plan {
    std::string proxy;  ///< "" for none.
    std::string port;
    std::size_t connections{};
    bool keep{};
    std::chrono::milliseconds time{};
    SSL_CTX* context{};
};

std::atomic<std::uint64_t> activities{0};

std::string host_of(std::size_t connection) {
    return "s" + std::to_string(connection % 64) + ".bench.test";
}

/// A Create of one local person as Mastodon sends it; every one another.
std::string request_to(const std::string& authority) {
    const auto number = std::to_string(116'000'000'000'000'000 + activities.fetch_add(1));
    const std::string actor = "https://origin.example/users/alice";
    std::string body =
        R"({"@context":["https://www.w3.org/ns/activitystreams"],"id":")" + actor + "/statuses/" + number +
        R"(/activity","type":"Create","actor":")" + actor +
        R"(","published":"2026-11-22T10:00:00Z","to":["https://www.w3.org/ns/activitystreams#Public"],)" +
        R"("cc":[")" + actor + R"(/followers"],"object":{"id":")" + actor + "/statuses/" + number +
        R"(","type":"Note","attributedTo":")" + actor +
        R"(","to":["https://www.w3.org/ns/activitystreams#Public"],"content":")";
    body.append(1497 - body.size(), 'x');
    body.append("\"}}");
    std::string head = "POST /inbox HTTP/1.1\r\nHost: " + authority +
                       "\r\nUser-Agent: Mastodon/4.6.0 (http.rb/5.2; +https://origin.example/)\r\n"
                       "Date: Sun, 22 Nov 2026 10:00:00 GMT\r\nContent-Type: application/activity+json\r\n"
                       "Digest: SHA-256=bhLP+j84Wl2fKpUCDpliHH/6Z6QAg+j+2f3nSpikYzw=\r\nSignature: keyId=\"" +
                       actor +
                       "#main-key\",algorithm=\"rsa-sha256\",headers=\"(request-target) host date digest "
                       "content-type\",signature=\"";
    head.append(344, 'A');
    head.append("\"\r\nContent-Length: ").append(std::to_string(body.size())).append("\r\n\r\n");
    return head + body;
}

std::optional<TlsWire> open(const Plan& plan, const std::string& host) {
    const auto authority = host + ":" + plan.port;
    const int socket = fedtrail::bench::connect_to(plan.proxy.empty() ? authority : plan.proxy);
    if (socket < 0) {
        return std::nullopt;
    }
    if (!plan.proxy.empty()) {
        const auto ask = "CONNECT " + authority + " HTTP/1.1\r\nHost: " + authority + "\r\n\r\n";
        std::string answer;
        char octet = 0;
        if (::send(socket, ask.data(), ask.size(), MSG_NOSIGNAL) < 0) {
            return std::nullopt;
        }
        while (answer.find("\r\n\r\n") == std::string::npos && ::recv(socket, &octet, 1, 0) == 1) {
            answer.push_back(octet);
        }
        if (answer.substr(9, 3) != "200") {
            ::close(socket);
            return std::nullopt;
        }
    }
    TlsWire wire{plan.context, socket};
    return wire.connect(host) ? std::optional{std::move(wire)} : std::nullopt;
}

struct Tally {
    std::vector<double> micros;
    std::uint64_t errors{};
    double seconds{};
};

double micros_since(Clock::time_point begin) {
    return std::chrono::duration<double, std::micro>(Clock::now() - begin).count();
}

/// A new connection for each request, in turn.
Tally post_on_new_ones(const Plan& plan, std::size_t connection, Clock::time_point until) {
    Tally tally;
    const auto host = host_of(connection);
    while (Clock::now() < until) {
        const auto begin = Clock::now();
        auto wire = open(plan, host);
        if (!wire || !wire->send(request_to(host + ":" + plan.port)) || !wire->receive_message()) {
            ++tally.errors;
            continue;
        }
        tally.micros.push_back(micros_since(begin));
    }
    return tally;
}

/// A new connection and its first request, which is not counted: its handshake is no part of a kept-alive
/// one.
bool begin_anew(const Plan& plan, std::size_t connection, WireSet& wires) {
    const auto host = host_of(connection);
    auto wire = open(plan, host);
    if (!wire || !wire->send(request_to(host + ":" + plan.port)) || !wire->receive_message() ||
        !wire->send(request_to(host + ":" + plan.port))) {
        return false;
    }
    wires.add(connection, std::move(*wire));
    return true;
}

/// All connections at once, each with one request under way.
Tally post_on_kept_ones(const Plan& plan) {
    Tally tally;
    WireSet wires;
    std::vector<Clock::time_point> begins(plan.connections);
    for (std::size_t i = 0; i < plan.connections; ++i) {
        tally.errors += begin_anew(plan, i, wires) ? 0 : 1;
        begins[i] = Clock::now();
    }
    const auto start = Clock::now();
    const auto until = start + plan.time;
    const auto next = [&](std::size_t connection, TlsWire& wire) {
        if (!wire.receive_message()) {
            ++tally.errors;
            return false;
        }
        if (begins[connection] >= start) {
            tally.micros.push_back(micros_since(begins[connection]));
        }
        begins[connection] = Clock::now();
        return wire.send(request_to(host_of(connection) + ":" + plan.port));
    };
    while (Clock::now() < until) {
        if (wires.step(next) < plan.connections) {
            break;  // an error, which is told
        }
    }
    tally.seconds = std::chrono::duration<double>(Clock::now() - start).count();
    return tally;
}

Tally post_on_many_new_ones(const Plan& plan) {
    std::vector<Tally> tallies(plan.connections);
    std::vector<std::thread> threads;
    const auto begin = Clock::now();
    for (std::size_t i = 0; i < plan.connections; ++i) {
        threads.emplace_back([&, i] { tallies[i] = post_on_new_ones(plan, i, begin + plan.time); });
    }
    for (auto& thread : threads) {
        thread.join();
    }
    Tally all;
    all.seconds = std::chrono::duration<double>(Clock::now() - begin).count();
    for (const auto& tally : tallies) {
        all.micros.insert(all.micros.end(), tally.micros.begin(), tally.micros.end());
        all.errors += tally.errors;
    }
    return all;
}

void load(const Plan& plan) {
    auto all = plan.keep ? post_on_kept_ones(plan) : post_on_many_new_ones(plan);
    std::sort(all.micros.begin(), all.micros.end());
    const auto at = [&](double share) {
        return all.micros.empty()
                   ? 0.0
                   : all.micros[static_cast<std::size_t>(share * static_cast<double>(all.micros.size() - 1))];
    };
    std::printf("%zu %.3f %.1f %.1f %lu\n", all.micros.size(), all.seconds, at(0.5), at(0.99), all.errors);
}

void idle(const Plan& plan) {
    std::vector<TlsWire> wires;
    for (std::size_t i = 0; i < plan.connections; ++i) {
        auto wire = open(plan, host_of(i));
        if (!wire || !wire->send(request_to(host_of(i) + ":" + plan.port)) || !wire->receive_message()) {
            std::cout << "failed at " << i << std::endl;
            return;
        }
        wires.push_back(std::move(*wire));
    }
    std::cout << "idle" << std::endl;
    while (std::cin.get() != EOF) {
    }
}

}  // namespace

int main(int /*argc*/, char** argv) {
    std::signal(SIGPIPE, SIG_IGN);
    const std::string what = argv[1];
    Plan plan;
    plan.proxy = std::string{argv[2]} == "direct" ? "" : argv[2];
    plan.port = argv[3];
    plan.context = SSL_CTX_new(TLS_client_method());
    SSL_CTX_load_verify_file(plan.context, argv[4]);
    SSL_CTX_set_verify(plan.context, SSL_VERIFY_PEER, nullptr);
    plan.connections = std::stoul(argv[5]);
    plan.keep = std::string{argv[6]} == "keep";
    plan.time = std::chrono::milliseconds{static_cast<long>(std::stod(argv[7]) * 1000)};
    what == "idle" ? idle(plan) : load(plan);
    return 0;
}
