// The peer: reads every request whole and answers 202.   proxy_bench_sink PORT CHAIN.pem KEY.pem

#include <csignal>
#include <cstdio>
#include <iostream>
#include <thread>

#include <sys/socket.h>

#include "bench_wire.hpp"

using fedtrail::bench::TlsWire;

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
    std::cout << "ready" << std::endl;
    for (;;) {
        const int socket = ::accept4(listener, nullptr, nullptr, SOCK_CLOEXEC);
        if (socket < 0) {
            continue;
        }
        std::thread{[context, socket] {
            TlsWire wire{context, socket};
            if (!wire.accept()) {
                return;
            }
            while (wire.receive_message() &&
                   wire.send("HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n")) {
            }
        }}.detach();
    }
}
