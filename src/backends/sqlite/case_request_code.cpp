#include "backends/sqlite/case_request_code.hpp"

#include <utility>

#include "fedtrail/ledger/blob.hpp"

#include "backends/sqlite/case_stamp.hpp"

namespace fedtrail::sqlite {

namespace {

// What is there, one bit each.
constexpr std::uint8_t kIdentityVerified = 1U << 0U;
constexpr std::uint8_t kExtended = 1U << 1U;
constexpr std::uint8_t kStopped = 1U << 2U;
constexpr std::uint8_t kScopeBefore = 1U << 3U;
constexpr std::uint8_t kOriginGone = 1U << 4U;
constexpr std::uint8_t kDuplicate = 1U << 5U;
constexpr std::uint8_t kClosed = 1U << 6U;
constexpr std::uint8_t kMaxRate = 1U << 7U;

constexpr std::uint8_t kHeldForLaw = 1;

// Of an event, one bit each.
constexpr std::uint8_t kReasoned = 1U << 0U;
constexpr std::uint8_t kBeginsKeeping = 1U << 1U;

std::uint8_t flag(bool set, std::uint8_t bit) {
    return set ? bit : std::uint8_t{0};
}

std::uint8_t flags_of(const records::ErasureRequest& request) {
    return static_cast<std::uint8_t>(
        flag(request.identity_verified, kIdentityVerified) | flag(request.extended, kExtended) |
        flag(request.stopped, kStopped) | flag(request.scope.before.has_value(), kScopeBefore) |
        flag(request.origin_gone_at.has_value(), kOriginGone) |
        flag(request.duplicate_of.has_value(), kDuplicate) | flag(request.closed_at.has_value(), kClosed) |
        flag(request.max_rate > 0, kMaxRate));
}

tl::unexpected<Error> unreadable(const char* what) {
    return fail(
        ErrorKind::Corrupt, std::string{"cases: "} + what + " cannot be read", "run `fedtrail doctor`");
}

void take_recipients(ledger::ByteReader& in, std::vector<Host>& recipients) {
    const auto count = in.count(2);
    recipients.reserve(count);
    for (std::size_t i = 0; i < count && in.ok(); ++i) {
        auto host = Host::parse(text_of(in.sized()));
        if (!host) {
            in.refuse();
            return;
        }
        recipients.push_back(std::move(*host));
    }
}

}  // namespace

int open_wave(const records::ErasureRequest& request) {
    if (request.stopped || !privacy::may_send(request.state)) {
        return 0;
    }
    return request.origin_gone_at ? 2 : 1;
}

Bytes encode_facts(const records::ErasureRequest& request) {
    ledger::ByteWriter out;
    out.byte(static_cast<std::uint8_t>(request.source));
    out.byte(static_cast<std::uint8_t>(request.scope.kind));
    out.byte(flags_of(request));
    put_at(out, request.received_at);
    put_at_if(out, request.scope.before);
    put_at_if(out, request.origin_gone_at);
    if (request.duplicate_of) {
        out.varint(request.duplicate_of->get());
    }
    put_at_if(out, request.closed_at);
    out.varint(request.scope.categories.bits());
    out.varint(request.scope.recipients.size());
    for (const auto& host : request.scope.recipients) {
        put_text(out, host.text());
    }
    out.varint(request.scope.objects.size());
    if (request.max_rate > 0) {
        out.varint(request.max_rate);
    }
    return std::move(out).take();
}

Result<void> decode_facts(ByteView bytes, records::ErasureRequest& request) {
    ledger::ByteReader in{bytes};
    request.source = take_enum(in, records::RequestSource::Observed);
    request.scope.kind = take_enum(in, records::ScopeKind::Matching);
    const auto flags = in.byte();
    const auto has = [flags](std::uint8_t bit) { return (flags & bit) != 0; };
    request.identity_verified = has(kIdentityVerified);
    request.extended = has(kExtended);
    request.stopped = has(kStopped);
    request.received_at = take_at(in);
    request.scope.before = take_at_if(in, has(kScopeBefore));
    request.origin_gone_at = take_at_if(in, has(kOriginGone));
    request.duplicate_of.reset();
    if (has(kDuplicate)) {
        request.duplicate_of = records::RequestNumber{in.varint()};
    }
    request.closed_at = take_at_if(in, has(kClosed));
    request.scope.categories = fediverse::CategorySet{take_number<std::uint16_t>(in)};
    request.scope.recipients.clear();
    take_recipients(in, request.scope.recipients);
    const auto objects = in.varint();
    request.max_rate = has(kMaxRate) ? take_number<std::uint32_t>(in) : 0;
    if (!in.done() || has(kMaxRate) != (request.max_rate > 0) || objects > kMaxScopeObjects) {
        return unreadable("a request");
    }
    request.scope.objects.assign(static_cast<std::size_t>(objects), Personal<std::string>{});
    return {};
}

Bytes encode_scope(std::span<const Personal<std::string>> objects) {
    ledger::ByteWriter out;
    out.varint(objects.size());
    for (const auto& object : objects) {
        put_text(out, object.reveal());
    }
    return ledger::pack(out.bytes());
}

Result<std::vector<Personal<std::string>>> decode_scope(ByteView bytes) {
    const auto content = ledger::unpack(bytes);
    if (!content) {
        return fail(content);
    }
    ledger::ByteReader in{*content};
    const auto count = in.count();
    std::vector<Personal<std::string>> objects;
    objects.reserve(count);
    for (std::size_t i = 0; i < count && in.ok(); ++i) {
        objects.emplace_back(take_text(in));
    }
    if (!in.done()) {
        return unreadable("the scope of a request");
    }
    return objects;
}

Bytes encode_event(const records::RequestEvent& event, bool is_reasoned) {
    ledger::ByteWriter out;
    put_at(out, event.at);
    out.byte(static_cast<std::uint8_t>(event.kind));
    out.byte(static_cast<std::uint8_t>(event.state));
    out.byte(event.ground ? static_cast<std::uint8_t>(static_cast<unsigned>(*event.ground) + 1)
                          : std::uint8_t{0});
    out.byte(
        static_cast<std::uint8_t>(flag(is_reasoned, kReasoned) | flag(event.begins_keeping, kBeginsKeeping)));
    put_text(out, event.by);
    return std::move(out).take();
}

Result<records::RequestEvent> decode_event(ByteView bytes, bool is_reasoned) {
    ledger::ByteReader in{bytes};
    records::RequestEvent event;
    event.at = take_at(in);
    event.kind = take_enum(in, privacy::RequestEventKind::OriginUnsure);
    event.state = take_enum(in, privacy::RequestState::Duplicate);
    const auto ground = in.byte();
    const auto flags = in.byte();
    event.by = take_text(in);
    event.begins_keeping = (flags & kBeginsKeeping) != 0;
    if (!in.done() || ((flags & kReasoned) != 0) != is_reasoned || flags > (kReasoned | kBeginsKeeping) ||
        ground > static_cast<unsigned>(privacy::RefusalGround::NoGround) + 1) {
        return unreadable("an event of a request");
    }
    if (ground > 0) {
        event.ground = static_cast<privacy::RefusalGround>(ground - 1);
    }
    return event;
}

Bytes encode_objects(std::span<const records::ErasedObject> objects) {
    ledger::ByteWriter out;
    out.varint(objects.size());
    for (const auto& object : objects) {
        put_text(out, object.uri.reveal());
        out.varint(object.categories.bits());
        out.byte(flag(object.held_for_law, kHeldForLaw));
    }
    return ledger::pack(out.bytes());
}

Result<std::vector<records::ErasedObject>> decode_objects(ByteView bytes) {
    const auto content = ledger::unpack(bytes);
    if (!content) {
        return fail(content);
    }
    ledger::ByteReader in{*content};
    const auto count = in.count(3);
    std::vector<records::ErasedObject> objects(count);
    for (auto& object : objects) {
        object.uri = Personal{take_text(in)};
        object.categories = fediverse::CategorySet{take_number<std::uint16_t>(in)};
        const auto held = in.byte();
        object.held_for_law = held == kHeldForLaw;
        if (held > kHeldForLaw) {
            in.refuse();
        }
    }
    if (!in.done()) {
        return unreadable("the objects of a request");
    }
    return objects;
}

}  // namespace fedtrail::sqlite
