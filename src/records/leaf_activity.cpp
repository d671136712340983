/// Bodies of what stands in a window, and of the window itself: docs/formats/leaf.md.

#include "records/leaf_bodies.hpp"
#include "records/leaf_pieces.hpp"

namespace fedtrail::records {

void write(ByteWriter& out, const ActivityLeaf& leaf) {
    encode_activity(out, leaf, leaf.attempts);
}

namespace {

std::vector<ledger::Attempt> take_attempts(ByteReader& in) {
    std::vector<ledger::Attempt> attempts(in.count(3));
    std::uint32_t recipient = 0;
    for (auto& attempt : attempts) {
        recipient += take_number<std::uint32_t>(in);
        attempt.recipient = recipient;
    }
    for (auto& attempt : attempts) {
        const auto offset = in.signed_varint();
        attempt.offset = static_cast<std::int32_t>(offset);
        if (attempt.offset != offset) {
            in.refuse();
        }
    }
    for (auto& attempt : attempts) {
        attempt.code = take_number<std::uint32_t>(in);
        if (attempt.code > kCodeMask) {
            in.refuse();
        }
    }
    return attempts;
}

}  // namespace

ActivityLeaf read_activity(ByteReader& in) {
    ActivityLeaf leaf;
    leaf.subject = take_id<privacy::SubjectNumber>(in);
    leaf.number = take_number<std::uint32_t>(in);
    leaf.type = take_text(in);
    leaf.categories = take_number<std::uint16_t>(in);
    leaf.visibility = in.byte();
    leaf.id = Personal<std::string>{take_text(in)};
    if (take_flag(in)) {
        leaf.refers = take_number<std::uint32_t>(in);
    } else {
        leaf.object = Personal<std::string>{take_text(in)};
    }
    leaf.attempts = take_attempts(in);
    return leaf;
}

void write(ByteWriter& out, const LateAttemptLeaf& leaf) {
    put_number(out, leaf.subject.get());
    put_number(out, leaf.activity);
    put_number(out, leaf.recipient);
    put_number(out, leaf.code & kCodeMask);
}

LateAttemptLeaf read_late_attempt(ByteReader& in) {
    LateAttemptLeaf leaf;
    leaf.subject = take_id<privacy::SubjectNumber>(in);
    leaf.activity = take_number<std::uint32_t>(in);
    leaf.recipient = take_number<std::uint32_t>(in);
    leaf.code = take_number<std::uint32_t>(in);
    if (leaf.code > kCodeMask) {
        in.refuse();
    }
    return leaf;
}

void write(ByteWriter& out, const RecipientNameLeaf& leaf) {
    put_number(out, leaf.number);
    put(out, leaf.host);
}

RecipientNameLeaf read_recipient_name(ByteReader& in) {
    RecipientNameLeaf leaf;
    leaf.number = take_number<std::uint32_t>(in);
    leaf.host = take_text(in);
    return leaf;
}

void write(ByteWriter& out, const WindowLeaf& leaf) {
    put_number(out, leaf.number);
    put_number(out, leaf.leaves);
    out.raw(leaf.root);
    out.signed_varint(leaf.first_at);
    out.signed_varint(leaf.last_at);
}

WindowLeaf read_window(ByteReader& in) {
    WindowLeaf leaf;
    leaf.number = in.varint();
    leaf.leaves = in.varint();
    leaf.root = take_digest(in);
    leaf.first_at = in.signed_varint();
    leaf.last_at = in.signed_varint();
    return leaf;
}

void encode_activity(ByteWriter& out,
                     const ActivityLeaf& without_attempts,
                     std::span<const ledger::Attempt> attempts) {
    const auto& leaf = without_attempts;
    put_number(out, leaf.subject.get());
    put_number(out, leaf.number);
    put(out, leaf.type);
    put_number(out, leaf.categories);
    out.byte(leaf.visibility);
    put(out, leaf.id.reveal());
    put_flag(out, leaf.refers.has_value());
    if (leaf.refers) {
        put_number(out, *leaf.refers);
    } else {
        put(out, leaf.object.reveal());
    }
    out.varint(attempts.size());
    out.varints(attempts.size(), [&](std::size_t i) {
        return attempts[i].recipient - (i == 0 ? 0 : attempts[i - 1].recipient);
    });
    out.varints(attempts.size(), [&](std::size_t i) { return ledger::zigzag(attempts[i].offset); });
    out.varints(attempts.size(), [&](std::size_t i) { return attempts[i].code & kCodeMask; });
}

}  // namespace fedtrail::records
