#include <openssl/crypto.h>
#include <openssl/sha.h>

#include "intake/proxy/client.hpp"
#include "intake/proxy/exchange.hpp"
#include "intake/proxy/request_route.hpp"

namespace fedtrail::proxy {

namespace {

enum class Next { Again, End, Connect };

struct ReceivedHead {
    std::string bytes;
    Fault fault{Fault::None};
    bool begun{};  ///< The fault came in the middle of a head.
    std::optional<Refused> refused;
};

/// Empty lines before a request are skipped (RFC 9112 section 2.2), also where one came in two parts.
void skip_empty_lines(Buffer& in, std::size_t& scanned) {
    while (in.view().substr(0, 2) == "\r\n") {
        in.consume(2);
        scanned = 0;
    }
}

Awaitable<ReceivedHead> read_head(Client& client) {
    if (client.in.empty()) {
        client.in.relax();
        client.stream.set_idle(true);
        const auto fault = co_await client.stream.readable(in_time(client.shared.options.limits.client_idle));
        client.stream.set_idle(false);
        if (fault != Fault::None) {
            co_return ReceivedHead{{}, fault, false, std::nullopt};
        }
    }
    const auto until = in_time(client.shared.options.limits.head);
    client.stream.set_patience(client.shared.options.limits.drain_quiet);
    std::size_t scanned = 0;
    for (;;) {
        skip_empty_lines(client.in, scanned);
        const auto found = find_head(client.in.view(), scanned);
        if (const auto* refused = std::get_if<Refused>(&found)) {
            co_return ReceivedHead{{}, Fault::None, true, *refused};
        }
        if (const auto* size = std::get_if<std::size_t>(&found)) {
            ReceivedHead head;
            head.bytes.assign(client.in.view().substr(0, *size));
            client.in.consume(*size);
            client.stream.set_patience(std::nullopt);  // a drain lets it end
            co_return head;
        }
        auto* room = client.in.room();
        auto io = client.stream.read_now(room, client.in.capacity());
        if (io.is_nothing()) {
            io = co_await client.stream.read(room, client.in.capacity(), until);
        }
        if (io.fault != Fault::None) {
            co_return ReceivedHead{{}, io.fault, !client.in.empty(), std::nullopt};
        }
        client.in.added(io.bytes);
    }
}

using Digest = std::array<unsigned char, SHA256_DIGEST_LENGTH>;

Digest digest_of(std::string_view text) {
    Digest digest{};
    // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): OpenSSL spells text as unsigned char.
    SHA256(reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest.data());
    return digest;
}

/// Compared as digests, so that the time taken tells nothing of the token.
bool is_authorised(const RequestHead& head, const std::string& token) {
    if (token.empty()) {
        return true;
    }
    const auto credentials = only_value(head.headers, "proxy-authorization");
    const auto given = digest_of(credentials ? password_of(*credentials) : std::string{});
    return CRYPTO_memcmp(given.data(), digest_of(token).data(), given.size()) == 0;
}

Awaitable<Next> refuse(Client& client, Problem problem, bool to_head) {
    count(client.shared.counters.malformed);
    co_await answer(client, problem, true, to_head);
    co_return Next::End;
}

std::optional<Route> route_of(Addressing addressing, const RequestHead& head, const Target* target) {
    switch (addressing) {
        case Addressing::Proxied:
            return absolute_route(head.target);
        case Addressing::Opened:
            return opened_route(head, *target);
        case Addressing::ByHost:
            return route_by_host(head);
    }
    return std::nullopt;
}

Awaitable<Next> serve_one(Client& client, Addressing addressing, const Target* target, std::string bytes) {
    const auto parsed = parse_request(bytes);
    if (const auto* refused = std::get_if<Refused>(&parsed)) {
        co_return co_await refuse(client, problem_of(*refused), bytes.starts_with("HEAD "));
    }
    const auto& head = std::get<RequestHead>(parsed);
    const bool to_head = head.method == "HEAD";
    count(client.shared.counters.requests);
    if (addressing == Addressing::Proxied && !is_authorised(head, client.shared.options.token)) {
        co_return co_await refuse(client, kAuthenticate, to_head);
    }
    if (head.method == "CONNECT") {
        if (addressing != Addressing::Proxied || head.framing.kind != BodyKind::None) {
            co_return co_await refuse(client, kNoHost, false);
        }
        client.connect_to.assign(head.target);
        co_return Next::Connect;
    }
    const auto route = route_of(addressing, head, target);
    if (!route) {
        co_return co_await refuse(client, kNoHost, to_head);
    }
    if (const auto problem = wrong_host(head, route->target)) {
        co_return co_await refuse(client, *problem, to_head);
    }
    Exchange exchange{client, head, route->target, route->path};
    co_return co_await exchange.run() ? Next::Again : Next::End;
}

}  // namespace

Awaitable<void> answer(Client& client, const Problem& problem, bool closes, bool to_head) {
    const auto text = answer_of(problem, closes, to_head);
    co_await client.stream.write(text, in_time(client.shared.options.limits.body));
}

Awaitable<void> serve_http(Client& client, Addressing addressing, const Target* target) {
    for (;;) {
        auto head = co_await read_head(client);
        if (head.refused) {
            co_await refuse(client, problem_of(*head.refused), false);
            break;
        }
        if (head.fault == Fault::TimedOut && head.begun) {
            co_await answer(client, kSlow, true, false);
            break;
        }
        if (head.fault != Fault::None) {
            client.stream.shut_down();
            co_return;
        }
        const auto next = co_await serve_one(client, addressing, target, std::move(head.bytes));
        if (next == Next::Connect) {
            co_return;
        }
        if (next == Next::End) {
            break;
        }
    }
    co_await client.stream.linger();
}

}  // namespace fedtrail::proxy
