#include "backends/sqlite/directory_code.hpp"

#include <utility>

#include "backends/sqlite/case_stamp.hpp"

namespace fedtrail::sqlite {

namespace {

constexpr std::uint8_t kRelay = 1U << 0U;
constexpr std::uint8_t kCommunity = 1U << 1U;
constexpr std::uint8_t kAsked = 1U << 2U;
constexpr std::uint8_t kKnown = 1U << 3U;
constexpr std::uint8_t kFailing = 1U << 4U;
constexpr std::uint8_t kAll = (1U << 5U) - 1;

std::string place_of_entry(const Host& host) {
    return "recipient/" + host.text();
}

}  // namespace

Bytes encode_entry(const RecipientEntry& entry) {
    ledger::ByteWriter out;
    out.byte(static_cast<std::uint8_t>((entry.relay ? kRelay : 0U) | (entry.community ? kCommunity : 0U) |
                                       (entry.asked_at ? kAsked : 0U) | (entry.known_at ? kKnown : 0U) |
                                       (entry.failing_since ? kFailing : 0U)));
    out.byte(static_cast<std::uint8_t>(entry.scheme));
    put_at_if(out, entry.asked_at);
    put_at_if(out, entry.known_at);
    put_at_if(out, entry.failing_since);
    out.varint(entry.told);
    out.varint(entry.gone);
    out.varint(entry.present);
    put_text(out, entry.software);
    put_text(out, entry.version);
    put_text(out, entry.shared_inbox);
    put_text(out, entry.inbox);
    put_text(out, entry.contact.reveal());
    put_text(out, entry.contact_source);
    put_text(out, entry.language);
    return stamped(place_of_entry(entry.host), out.bytes());
}

Result<RecipientEntry> decode_entry(const Host& host, ByteView blob) {
    const auto content = unstamped(place_of_entry(host), blob);
    if (!content) {
        return fail(content);
    }
    ledger::ByteReader in{*content};
    RecipientEntry entry;
    entry.host = host;
    const auto flags = in.byte();
    entry.relay = (flags & kRelay) != 0;
    entry.community = (flags & kCommunity) != 0;
    entry.scheme = take_enum(in, SignatureScheme::Rfc9421);
    entry.asked_at = take_at_if(in, (flags & kAsked) != 0);
    entry.known_at = take_at_if(in, (flags & kKnown) != 0);
    entry.failing_since = take_at_if(in, (flags & kFailing) != 0);
    entry.told = in.varint();
    entry.gone = in.varint();
    entry.present = in.varint();
    entry.software = take_text(in);
    entry.version = take_text(in);
    entry.shared_inbox = take_text(in);
    entry.inbox = take_text(in);
    entry.contact = Personal{take_text(in)};
    entry.contact_source = take_text(in);
    entry.language = take_text(in);
    if (!in.done() || flags > kAll) {
        return damaged(place_of_entry(host));
    }
    return entry;
}

}  // namespace fedtrail::sqlite
