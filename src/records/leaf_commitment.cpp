/// From a record's bytes to what is hashed.

#include <algorithm>

#include "fedtrail/ledger/varint.hpp"
#include "fedtrail/records/leaf.hpp"

namespace fedtrail::records {

namespace {

constexpr std::uint8_t kEntryForm = 1;
constexpr std::size_t kEntrySize = 1 + std::tuple_size_v<LeafDigest>;

constexpr std::size_t kUsualMessage = 128;  ///< One allocation for most: there are several for each leaf.

ledger::ByteWriter tagged(std::string_view tag) {
    ledger::ByteWriter out;
    out.reserve(kUsualMessage);
    out.raw(bytes_of(tag));
    out.byte('\n');
    return out;
}

void write_head(ledger::ByteWriter& out, const LeafHead& head) {
    out.byte(static_cast<std::uint8_t>(head.kind));
    out.signed_varint(head.at.time_since_epoch().count());
}

}  // namespace

Bytes encode_head(const LeafHead& head) {
    ledger::ByteWriter out;
    write_head(out, head);
    return std::move(out).take();
}

void begin_body_message(ledger::ByteWriter& out, const LeafSalt& salt) {
    out.raw(bytes_of("fedtrail/body/1\n"));
    out.raw(salt);
}

Bytes body_message(const LeafSalt& salt, ByteView body) {
    ledger::ByteWriter out;
    begin_body_message(out, salt);
    out.raw(body);
    return std::move(out).take();
}

Bytes leaf_message(const LeafHead& head, const LeafDigest& digest) {
    auto out = tagged("fedtrail/leaf/1");
    write_head(out, head);
    out.raw(digest);
    return std::move(out).take();
}

Bytes leaf_entry(const LeafDigest& commitment) {
    Bytes entry(kEntrySize, std::byte{kEntryForm});
    std::copy(commitment.begin(), commitment.end(), entry.begin() + 1);
    return entry;
}

Result<LeafDigest> commitment_in(ByteView entry) {
    if (entry.size() != kEntrySize || std::to_integer<std::uint8_t>(entry.front()) != kEntryForm) {
        return fail(ErrorKind::Corrupt,
                    "an entry of the log has a form that this program does not know",
                    "use a newer release of Fedtrail");
    }
    LeafDigest commitment{};
    std::copy(entry.begin() + 1, entry.end(), commitment.begin());
    return commitment;
}

Bytes words_message(ByteView salt, std::string_view words) {
    auto out = tagged("fedtrail/words/1");
    out.sized(salt);
    out.raw(bytes_of(words));
    return std::move(out).take();
}

Bytes salt_message(ByteView seed, LeafKind kind, std::uint64_t number) {
    auto out = tagged("fedtrail/salt/1");
    out.sized(seed);
    out.byte(static_cast<std::uint8_t>(kind));
    out.varint(number);
    return std::move(out).take();
}

}  // namespace fedtrail::records
