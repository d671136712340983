#include "fuzz/fuzz.hpp"
#include "intake/proxy/body_scanner.hpp"
#include "intake/proxy/client_hello.hpp"
#include "intake/proxy/http_head.hpp"
#include "intake/proxy/request_route.hpp"

using namespace fedtrail::proxy;
using fedtrail::fuzz::must;

namespace {

/// Where a body ends does not depend on how it arrives.
void scan(Framing framing, Padding padding, std::string_view bytes) {
    BodyScanner whole{framing, padding};
    const auto at_once = whole.feed(bytes);
    BodyScanner cut{framing, padding};
    const auto half = bytes.size() / 2;
    auto first = cut.feed(bytes.substr(0, half));
    auto second = first ? cut.feed(bytes.substr(half)) : std::nullopt;
    if (first && *first < half) {
        second = cut.done() ? std::optional<std::size_t>{0} : std::nullopt;
    }
    must(at_once.has_value() == (first && second));
    must(!at_once || (*at_once == *first + *second && whole.done() == cut.done()));
    if (at_once && whole.done() && framing.kind == BodyKind::Chunked) {
        must(dechunked(bytes.substr(0, *at_once)).size() < *at_once);
    }
}

/// What is dialled, written down and told to the peer is one host, whichever way it was named.
void route(const RequestHead& head) {
    for (const auto& found : {absolute_route(head.target), route_by_host(head)}) {
        if (!found) {
            continue;
        }
        const auto& [target, path] = *found;
        must(path.starts_with('/') && path.size() <= head.target.size() + 1);
        must(!target.name.text().empty() && target.port != 0);
        must(target.name.text().find_first_of("@/?# ") == std::string::npos);
        must(target.recipient.text().starts_with(target.name.text()));
        const auto again = target_of(target.recipient.text(), target.tls, target.tls ? 443 : 80);
        must(again && again->name == target.name && again->port == target.port && again->key == target.key);
        if (!wrong_host(head, target) && only_value(head.headers, "host")) {
            const auto named = target_of(*only_value(head.headers, "host"), target.tls, target.port);
            must(named && named->name == target.name && named->port == target.port);
        }
    }
    for (const auto& header : head.headers) {
        must(password_of(header.value).size() <= header.value.size());
    }
}

void read_request(std::string_view bytes, std::string_view rest) {
    const auto parsed = parse_request(bytes);
    const auto* head = std::get_if<RequestHead>(&parsed);
    if (head == nullptr) {
        return;
    }
    must(head->size == bytes.size() && head->headers.size() <= kMaxHeaders);
    route(*head);
    std::string out;
    append_forwarded(out, *head, head->target);
    must(out.size() <= bytes.size());
    std::size_t scanned = 0;
    const auto found = find_head(out, scanned);
    must(std::holds_alternative<std::size_t>(found) && std::get<std::size_t>(found) == out.size());
    const auto again = parse_request(out);  // the next hop sees the same message
    const auto* next = std::get_if<RequestHead>(&again);
    must(next != nullptr && next->framing.kind == head->framing.kind &&
         next->framing.length == head->framing.length && next->method == head->method &&
         next->target == head->target);
    scan(head->framing, Padding::Refused, rest);
}

void read_response(std::string_view bytes, std::string_view rest, bool to_head) {
    const auto parsed = parse_response(bytes, to_head);
    const auto* head = std::get_if<ResponseHead>(&parsed);
    if (head == nullptr) {
        return;
    }
    std::string out;
    append_forwarded(out, *head, true);
    const auto again = parse_response(out, to_head);
    const auto* next = std::get_if<ResponseHead>(&again);
    must(next != nullptr && next->framing.kind == head->framing.kind && next->status == head->status);
    scan(head->framing, Padding::Passed, rest);
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto bytes = fedtrail::fuzz::text(data, size);
    static_cast<void>(read_client_hello(bytes));
    std::size_t scanned = 0;
    const auto found = find_head(bytes, scanned);
    std::size_t in_pieces = 0;
    if (std::holds_alternative<Incomplete>(find_head(bytes.substr(0, size / 2), in_pieces))) {
        must(find_head(bytes, in_pieces).index() == found.index());
    }
    if (const auto* end = std::get_if<std::size_t>(&found)) {
        read_request(bytes.substr(0, *end), bytes.substr(*end));
        read_response(bytes.substr(0, *end), bytes.substr(*end), false);
        read_response(bytes.substr(0, *end), bytes.substr(*end), true);
    }
    return 0;
}
