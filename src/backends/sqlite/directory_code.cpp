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
constexpr std::uint8_t kRefreshed = 1U << 5U;
/// Copies that are not visible any more were counted.
constexpr std::uint8_t kNotVisible = 1U << 6U;
/// The reached part follows: what it asked for, and how it failed last.
constexpr std::uint8_t kReached = 1U << 7U;

// Of the part that refreshing fills.
constexpr std::uint8_t kBridge = 1U << 0U;
constexpr std::uint8_t kSinglePerson = 1U << 1U;
constexpr std::uint8_t kUsers = 1U << 2U;
constexpr std::uint8_t kRegistrations = 1U << 3U;
constexpr std::uint8_t kOpen = 1U << 4U;
/// The operator and the contact are two names. Without it there was one, of which nobody knows whose it is.
constexpr std::uint8_t kNamesApart = 1U << 5U;
constexpr std::uint8_t kAllRefreshed = (1U << 6U) - 1;

// Of the part that says how it was reached last.
constexpr std::uint8_t kRest = 1U << 0U;

constexpr std::uint64_t kMostOfAList = 1'000;

std::string place_of_entry(const Host& host) {
    return "recipient/" + host.text();
}

bool is_refreshed(const RecipientEntry& entry) {
    return entry.users || entry.registrations_open || !entry.operator_name.reveal().empty() ||
           !entry.contact_name.reveal().empty() || !entry.privacy_policy.empty() || !entry.terms.empty() ||
           !entry.imprint.empty() || !entry.declared_country.empty() || !entry.addresses.empty() ||
           entry.bridge || entry.single_person || !entry.main.empty() || !entry.aliases.empty();
}

void put_refreshed(ledger::ByteWriter& out, const RecipientEntry& entry) {
    out.byte(static_cast<std::uint8_t>(
        (entry.bridge ? kBridge : 0U) | (entry.single_person ? kSinglePerson : 0U) |
        (entry.users ? kUsers : 0U) | (entry.registrations_open ? kRegistrations : 0U) |
        (entry.registrations_open.value_or(false) ? kOpen : 0U) | kNamesApart));
    if (entry.users) {
        out.varint(*entry.users);
    }
    put_text(out, entry.operator_name.reveal());
    put_text(out, entry.contact_name.reveal());
    put_text(out, entry.privacy_policy);
    put_text(out, entry.terms);
    put_text(out, entry.imprint);
    put_text(out, entry.declared_country);
    put_text(out, entry.main.text());
    out.varint(entry.addresses.size());
    for (const auto& address : entry.addresses) {
        put_text(out, address);
    }
    out.varint(entry.aliases.size());
    for (const auto& alias : entry.aliases) {
        put_text(out, alias.host.text());
        put_text(out, alias.why);
    }
}

/// Empty is a host as well here.
Host take_host(ledger::ByteReader& in) {
    const auto text = take_text(in);
    const auto host = text.empty() ? Result<Host>{Host{}} : Host::parse(text);
    if (!host) {
        in.refuse();
    }
    return host.value_or(Host{});
}

std::uint64_t take_count(ledger::ByteReader& in) {
    const auto count = in.varint();
    if (count > kMostOfAList) {
        in.refuse();
        return 0;
    }
    return count;
}

void take_refreshed(ledger::ByteReader& in, RecipientEntry& entry) {
    const auto flags = in.byte();
    if (flags > kAllRefreshed || ((flags & kOpen) != 0 && (flags & kRegistrations) == 0)) {
        in.refuse();
    }
    entry.bridge = (flags & kBridge) != 0;
    entry.single_person = (flags & kSinglePerson) != 0;
    if ((flags & kUsers) != 0) {
        entry.users = in.varint();
    }
    if ((flags & kRegistrations) != 0) {
        entry.registrations_open = (flags & kOpen) != 0;
    }
    if ((flags & kNamesApart) != 0) {
        entry.operator_name = Personal{take_text(in)};
    }
    entry.contact_name = Personal{take_text(in)};
    entry.privacy_policy = take_text(in);
    entry.terms = take_text(in);
    entry.imprint = take_text(in);
    entry.declared_country = take_text(in);
    entry.main = take_host(in);
    for (auto left = take_count(in); left > 0; --left) {
        entry.addresses.push_back(take_text(in));
    }
    for (auto left = take_count(in); left > 0; --left) {
        auto host = take_host(in);
        entry.aliases.push_back({std::move(host), take_text(in)});
    }
}

void take_reached(ledger::ByteReader& in, RecipientEntry& entry) {
    const auto flags = in.byte();
    if (flags > kRest) {
        in.refuse();
    }
    entry.rest_until = take_at_if(in, (flags & kRest) != 0);
    entry.failing_how = take_text(in);
}

}  // namespace

Bytes encode_entry(const RecipientEntry& entry) {
    const bool refreshed = is_refreshed(entry);
    const bool reached = entry.rest_until || !entry.failing_how.empty();
    ledger::ByteWriter out;
    out.byte(static_cast<std::uint8_t>((entry.relay ? kRelay : 0U) | (entry.community ? kCommunity : 0U) |
                                       (entry.asked_at ? kAsked : 0U) | (entry.known_at ? kKnown : 0U) |
                                       (entry.failing_since ? kFailing : 0U) | (refreshed ? kRefreshed : 0U) |
                                       (entry.not_visible > 0 ? kNotVisible : 0U) |
                                       (reached ? kReached : 0U)));
    out.byte(static_cast<std::uint8_t>(entry.scheme));
    put_at_if(out, entry.asked_at);
    put_at_if(out, entry.known_at);
    put_at_if(out, entry.failing_since);
    out.varint(entry.told);
    out.varint(entry.gone);
    out.varint(entry.present);
    if (entry.not_visible > 0) {
        out.varint(entry.not_visible);
    }
    put_text(out, entry.software);
    put_text(out, entry.version);
    put_text(out, entry.shared_inbox);
    put_text(out, entry.inbox);
    put_text(out, entry.contact.reveal());
    put_text(out, entry.contact_source);
    put_text(out, entry.language);
    if (refreshed) {
        put_refreshed(out, entry);
    }
    if (reached) {
        out.byte(entry.rest_until ? kRest : 0);
        put_at_if(out, entry.rest_until);
        put_text(out, entry.failing_how);
    }
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
    entry.not_visible = (flags & kNotVisible) != 0 ? in.varint() : 0;
    entry.software = take_text(in);
    entry.version = take_text(in);
    entry.shared_inbox = take_text(in);
    entry.inbox = take_text(in);
    entry.contact = Personal{take_text(in)};
    entry.contact_source = take_text(in);
    entry.language = take_text(in);
    if ((flags & kRefreshed) != 0) {
        take_refreshed(in, entry);
    }
    if ((flags & kReached) != 0) {
        take_reached(in, entry);
    }
    if (!in.done()) {
        return damaged(place_of_entry(host));
    }
    return entry;
}

}  // namespace fedtrail::sqlite
