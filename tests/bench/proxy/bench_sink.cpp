// The peer: reads every request whole and answers 202.   proxy_bench_sink PORT CHAIN.pem KEY.pem

#include <csignal>
#include <cstdio>
#include <iostream>
#include <thread>

#include <sys/socket.h>

#include "bench_wire.hpp"

using fedtrail::bench::TlsWire;
using fedtrail::bench::WireSet;

namespace {

bool answer(TlsWire& wire) {
    return wire.receive_message() && wire.send("HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n");
}

}  // namespace

int main(int /*argc*/, char** argv) {
    std::signal(SIGPIPE, SIG_IGN);
    SSL_CTX* context = SSL_CTX_new(TLS_server_method());
    SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
    SSL_CTX_set_num_tickets(context, 1);
    if (SSL_CTX_use_certificate_chain_file(context, argv[2]) != 1 ||
        SSL_CTX_use_PrivateKey_file(context, argv[3], SSL_FILETYPE_PEM) != 1) {
        return 1;
    }
    const int listener = fedtrail::bench::listen_on(std::stoi(argv[1]));
    WireSet kept;
    std::jthread serving{[&kept](const std::stop_token& stop) {
        while (!stop.stop_requested()) {
            kept.step([](std::size_t, TlsWire& wire) { return answer(wire); });
        }
    }};
    std::cout << "ready" << std::endl;
    for (;;) {
        const int socket = ::accept4(listener, nullptr, nullptr, SOCK_CLOEXEC);
        if (socket < 0) {
            continue;
        }
        // The handshake and the first message on a thread of their own: they may wait for the other side.
        std::thread{[context, socket, &kept] {
            TlsWire wire{context, socket};
            if (wire.accept() && answer(wire)) {
                kept.add(0, std::move(wire));
            }
        }}.detach();
    }
}
