/// The canonical bytes of records: docs/formats/leaf.md.

#include <algorithm>
#include <utility>

#include "records/leaf_bodies.hpp"

namespace fedtrail::records {

namespace {

LeafBody read(LeafKind kind, ByteReader& in) {
    switch (kind) {
        case LeafKind::Activity:
            return read_activity(in);
        case LeafKind::LateAttempt:
            return read_late_attempt(in);
        case LeafKind::RecipientName:
            return read_recipient_name(in);
        case LeafKind::Window:
            return read_window(in);
        case LeafKind::RequestEvent:
            return read_request_event(in);
        case LeafKind::NoticeState:
            return read_notice_state(in);
        case LeafKind::NoticeAttempt:
            return read_notice_attempt(in);
        case LeafKind::NoticeLook:
            return read_notice_look(in);
        case LeafKind::NoticeLetter:
            return read_notice_letter(in);
        case LeafKind::Objection:
            return read_objection(in);
        case LeafKind::PolicyChange:
            return read_policy_change(in);
        case LeafKind::Shredding:
            return read_shredding(in);
        case LeafKind::RetentionRun:
            return read_retention_run(in);
        case LeafKind::Export:
            return read_export(in);
        case LeafKind::Access:
            return read_access(in);
        case LeafKind::Gap:
            return read_gap(in);
        case LeafKind::Consent:
            return read_consent(in);
    }
    in.refuse();
    return GapLeaf{};
}

bool in_order(const LeafBody& body) {
    if (const auto* activity = std::get_if<ActivityLeaf>(&body)) {
        const auto before = [](const ledger::Attempt& a, const ledger::Attempt& b) {
            return std::pair{a.recipient, a.offset} < std::pair{b.recipient, b.offset};
        };
        return std::is_sorted(activity->attempts.begin(), activity->attempts.end(), before);
    }
    if (const auto* policies = std::get_if<PolicyChangeLeaf>(&body)) {
        const auto not_ascending = [](const PolicyFile& a, const PolicyFile& b) { return a.name >= b.name; };
        return std::adjacent_find(policies->files.begin(), policies->files.end(), not_ascending) ==
               policies->files.end();
    }
    return true;
}

tl::unexpected<Error> unreadable(LeafKind kind) {
    return fail(ErrorKind::Corrupt,
                "a record of the log (" +
                    (kind <= kLastLeafKind ? std::string{name_of(kind)}
                                           : "kind " + std::to_string(static_cast<unsigned>(kind))) +
                    ") cannot be read",
                "run `fedtrail doctor`");
}

}  // namespace

Result<Bytes> encode_body(const LeafBody& body) {
    ByteWriter out;
    std::visit([&](const auto& leaf) { write(out, leaf); }, body);
    if (!in_order(body)) {
        return fail(ErrorKind::Invalid, "a record of the log has a list that is out of order");
    }
    ByteReader in{out.bytes()};
    (void)read(kind_of(body), in);
    if (!in.done() || out.size() > kMaxLeafBody) {
        return fail(ErrorKind::Invalid,
                    "a record of the log (" + std::string{name_of(kind_of(body))} +
                        ") has a text over 4,096 octets or an unknown value");
    }
    return std::move(out).take();
}

Result<LeafBody> decode_body(LeafKind kind, ByteView bytes) {
    if (kind > kLastLeafKind || bytes.size() > kMaxLeafBody) {
        return unreadable(kind);
    }
    ByteReader in{bytes};
    auto body = read(kind, in);
    if (!in.done() || !in_order(body)) {
        return unreadable(kind);
    }
    ByteWriter again;  // one record, one form: a varint may not be longer than it must
    std::visit([&](const auto& leaf) { write(again, leaf); }, body);
    if (!std::equal(bytes.begin(), bytes.end(), again.bytes().begin(), again.bytes().end())) {
        return unreadable(kind);
    }
    return body;
}

}  // namespace fedtrail::records
