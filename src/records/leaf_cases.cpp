/// Bodies of what happens to requests: docs/formats/leaf.md.

#include "records/leaf_bodies.hpp"
#include "records/leaf_pieces.hpp"

namespace fedtrail::records {

void write(ByteWriter& out, const RequestEventLeaf& leaf) {
    put_number(out, leaf.request.get());
    put_number(out, leaf.place);
    put_number(out, leaf.subject.get());
    put_enum(out, leaf.source);
    put_enum(out, leaf.scope);
    put_enum(out, leaf.kind);
    put_enum(out, leaf.state);
    out.byte(leaf.ground ? static_cast<std::uint8_t>(static_cast<unsigned>(*leaf.ground) + 1) : 0);
    put(out, leaf.by);
    put_digest_if(out, leaf.words);
}

RequestEventLeaf read_request_event(ByteReader& in) {
    RequestEventLeaf leaf;
    leaf.request = take_id<RequestNumber>(in);
    leaf.place = in.varint();
    leaf.subject = take_id<privacy::SubjectNumber>(in);
    leaf.source = take_enum(in, RequestSource::Observed);
    leaf.scope = take_enum(in, ScopeKind::Matching);
    leaf.kind = take_enum(in, privacy::RequestEventKind::OriginUnsure);
    leaf.state = take_enum(in, privacy::RequestState::Duplicate);
    const auto ground = in.byte();
    if (ground > static_cast<unsigned>(privacy::RefusalGround::NoGround) + 1) {
        in.refuse();
    } else if (ground > 0) {
        leaf.ground = static_cast<privacy::RefusalGround>(ground - 1);
    }
    leaf.by = take_text(in);
    leaf.words = take_digest_if(in);
    return leaf;
}

namespace {

/// What every record of a notice begins with.
template <typename Leaf>
void write_notice(ByteWriter& out, const Leaf& leaf) {
    put_number(out, leaf.request.get());
    put_number(out, leaf.notice.get());
    put(out, leaf.recipient);
}

template <typename Leaf>
Leaf read_notice(ByteReader& in) {
    Leaf leaf;
    leaf.request = take_id<RequestNumber>(in);
    leaf.notice = take_id<NoticeNumber>(in);
    leaf.recipient = take_host(in);
    return leaf;
}

}  // namespace

void write(ByteWriter& out, const NoticeStateLeaf& leaf) {
    write_notice(out, leaf);
    put_enum(out, leaf.state);
}

NoticeStateLeaf read_notice_state(ByteReader& in) {
    auto leaf = read_notice<NoticeStateLeaf>(in);
    leaf.state = take_enum(in, fediverse::NoticeState::Disproportionate);
    return leaf;
}

void write(ByteWriter& out, const NoticeAttemptLeaf& leaf) {
    write_notice(out, leaf);
    put_number(out, leaf.step);
    put_enum(out, leaf.result);
    put_number(out, leaf.status);
    put(out, leaf.scheme);
    put(out, leaf.note);
}

NoticeAttemptLeaf read_notice_attempt(ByteReader& in) {
    auto leaf = read_notice<NoticeAttemptLeaf>(in);
    leaf.step = take_number<std::uint32_t>(in);
    leaf.result = take_enum(in, AttemptResult::Blocked);
    leaf.status = take_number<std::uint16_t>(in);
    leaf.scheme = take_text(in);
    leaf.note = take_text(in);
    return leaf;
}

void write(ByteWriter& out, const NoticeLookLeaf& leaf) {
    write_notice(out, leaf);
    put(out, leaf.probe);
    put_enum(out, leaf.presence);
    put_number(out, leaf.status);
}

NoticeLookLeaf read_notice_look(ByteReader& in) {
    auto leaf = read_notice<NoticeLookLeaf>(in);
    leaf.probe = take_text(in);
    leaf.presence = take_enum(in, fediverse::Presence::Unprobeable);
    leaf.status = take_number<std::uint16_t>(in);
    return leaf;
}

void write(ByteWriter& out, const NoticeLetterLeaf& leaf) {
    write_notice(out, leaf);
    for (const auto* text : {&leaf.rung, &leaf.language, &leaf.channel, &leaf.message_id}) {
        put(out, *text);
    }
    put_flag(out, leaf.handed_over);
    put(out, leaf.note);
}

NoticeLetterLeaf read_notice_letter(ByteReader& in) {
    auto leaf = read_notice<NoticeLetterLeaf>(in);
    for (auto* text : {&leaf.rung, &leaf.language, &leaf.channel, &leaf.message_id}) {
        *text = take_text(in);
    }
    leaf.handed_over = take_flag(in);
    leaf.note = take_text(in);
    return leaf;
}

void write(ByteWriter& out, const ObjectionLeaf& leaf) {
    put_number(out, leaf.subject.get());
    put(out, leaf.recipient);
    put_flag(out, leaf.lifted);
    put_number(out, leaf.request.get());
}

ObjectionLeaf read_objection(ByteReader& in) {
    ObjectionLeaf leaf;
    leaf.subject = take_id<privacy::SubjectNumber>(in);
    leaf.recipient = take_host(in);
    leaf.lifted = take_flag(in);
    leaf.request = take_id<RequestNumber>(in);
    return leaf;
}

}  // namespace fedtrail::records
