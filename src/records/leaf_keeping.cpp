/// Bodies of how the data are kept: docs/formats/leaf.md.

#include "records/leaf_bodies.hpp"
#include "records/leaf_pieces.hpp"

namespace fedtrail::records {

void write(ByteWriter& out, const PolicyChangeLeaf& leaf) {
    put(out, leaf.program);
    out.varint(leaf.files.size());
    for (const auto& file : leaf.files) {
        put(out, file.name);
        out.raw(file.digest);
    }
}

PolicyChangeLeaf read_policy_change(ByteReader& in) {
    PolicyChangeLeaf leaf;
    leaf.program = take_text(in);
    leaf.files.resize(in.count(1 + std::tuple_size_v<LeafDigest>));
    for (auto& file : leaf.files) {
        file.name = take_text(in);
        file.digest = take_digest(in);
    }
    return leaf;
}

void write(ByteWriter& out, const ShreddingLeaf& leaf) {
    put_number(out, leaf.subject.get());
    put(out, leaf.why);
    put(out, leaf.by);
    put(out, leaf.removed);
}

ShreddingLeaf read_shredding(ByteReader& in) {
    ShreddingLeaf leaf;
    leaf.subject = take_id<privacy::SubjectNumber>(in);
    leaf.why = take_text(in);
    leaf.by = take_text(in);
    leaf.removed = take_counts(in);
    return leaf;
}

void write(ByteWriter& out, const RetentionRunLeaf& leaf) {
    out.raw(leaf.policy);
    put(out, leaf.removed);
}

RetentionRunLeaf read_retention_run(ByteReader& in) {
    RetentionRunLeaf leaf;
    leaf.policy = take_digest(in);
    leaf.removed = take_counts(in);
    return leaf;
}

void write(ByteWriter& out, const ExportLeaf& leaf) {
    for (const auto* text : {&leaf.what, &leaf.level, &leaf.scope, &leaf.by}) {
        put(out, *text);
    }
    put_number(out, leaf.records);
    put_digest_if(out, leaf.digest);
}

ExportLeaf read_export(ByteReader& in) {
    ExportLeaf leaf;
    for (auto* text : {&leaf.what, &leaf.level, &leaf.scope, &leaf.by}) {
        *text = take_text(in);
    }
    leaf.records = in.varint();
    leaf.digest = take_digest_if(in);
    return leaf;
}

void write(ByteWriter& out, const AccessLeaf& leaf) {
    put_number(out, leaf.subject.get());
    for (const auto* text : {&leaf.what, &leaf.by, &leaf.why}) {
        put(out, *text);
    }
    put_flag(out, leaf.revealed);
}

AccessLeaf read_access(ByteReader& in) {
    AccessLeaf leaf;
    leaf.subject = take_id<privacy::SubjectNumber>(in);
    for (auto* text : {&leaf.what, &leaf.by, &leaf.why}) {
        *text = take_text(in);
    }
    leaf.revealed = take_flag(in);
    return leaf;
}

void write(ByteWriter& out, const GapLeaf& leaf) {
    put_at(out, leaf.from);
    put_at(out, leaf.until);
    out.varint(leaf.deliveries);
}

GapLeaf read_gap(ByteReader& in) {
    GapLeaf leaf;
    leaf.from = take_at(in);
    leaf.until = take_at(in);
    leaf.deliveries = in.varint();
    return leaf;
}

void write(ByteWriter& out, const ConsentLeaf& leaf) {
    put_number(out, leaf.subject.get());
    put_number(out, leaf.number);
    put(out, leaf.country);
    put(out, leaf.recipient);
    put_number(out, leaf.given);
    put_flag(out, leaf.withdrawn.has_value());
    if (leaf.withdrawn) {
        put_number(out, *leaf.withdrawn);
    }
}

ConsentLeaf read_consent(ByteReader& in) {
    ConsentLeaf leaf;
    leaf.subject = take_id<privacy::SubjectNumber>(in);
    leaf.number = in.varint();
    leaf.country = take_text(in);
    leaf.recipient = take_text(in);
    leaf.given = in.varint();
    if (take_flag(in)) {
        leaf.withdrawn = in.varint();
    }
    return leaf;
}

}  // namespace fedtrail::records
