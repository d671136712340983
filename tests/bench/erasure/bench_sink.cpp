// Recipients: each answers 202.   erasure_bench_sink QUICK-PORT SLOW-PORT SILENT-PORT CHAIN.pem KEY.pem
// Those at SLOW-PORT take two seconds to answer, those at SILENT-PORT never shake hands.

#include <chrono>
#include <csignal>
#include <iostream>
#include <thread>
#include <vector>

#include <sys/socket.h>

#include "bench/erasure/addresses.hpp"
#include "bench/proxy/bench_wire.hpp"

using fedtrail::bench::TlsWire;

namespace {

void serve(SSL_CTX* context, int listener, std::chrono::milliseconds pause) {
    for (;;) {
        const int socket = ::accept4(listener, nullptr, nullptr, SOCK_CLOEXEC);
        if (socket < 0) {
            continue;
        }
        std::thread{[context, socket, pause] {
            TlsWire wire{context, socket};
            if (!wire.accept()) {
                return;
            }
            while (wire.receive_message()) {
                std::this_thread::sleep_for(pause);
                if (!wire.send("HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n")) {
                    return;
                }
            }
        }}.detach();
    }
}

}  // namespace

int main(int /*argc*/, char** argv) {
    std::signal(SIGPIPE, SIG_IGN);
    SSL_CTX* context = SSL_CTX_new(TLS_server_method());
    SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
    SSL_CTX_set_num_tickets(context, 1);
    if (SSL_CTX_use_certificate_chain_file(context, argv[4]) != 1 ||
        SSL_CTX_use_PrivateKey_file(context, argv[5], SSL_FILETYPE_PEM) != 1) {
        return 1;
    }
    std::vector<std::thread> threads;
    for (int last = 1; last <= fedtrail::bench::kAddresses; ++last) {
        const int quick = fedtrail::bench::listen_on(std::stoi(argv[1]), last);
        const int slow = fedtrail::bench::listen_on(std::stoi(argv[2]), last);
        fedtrail::bench::listen_on(std::stoi(argv[3]), last);  // the kernel takes what comes, and that is all
        threads.emplace_back([=] { serve(context, quick, std::chrono::milliseconds{0}); });
        threads.emplace_back([=] { serve(context, slow, std::chrono::seconds{2}); });
    }
    std::cout << "ready" << std::endl;
    for (auto& thread : threads) {
        thread.join();
    }
}
