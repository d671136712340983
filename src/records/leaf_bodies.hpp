/// One pair of functions for each kind of record, in the order of LeafKind. A reader refuses what it is given
/// by the ByteReader's own refuse().

#pragma once

#include "fedtrail/ledger/varint.hpp"
#include "fedtrail/records/leaf.hpp"

namespace fedtrail::records {

using ledger::ByteReader;
using ledger::ByteWriter;

void write(ByteWriter& out, const ActivityLeaf& leaf);
[[nodiscard]] ActivityLeaf read_activity(ByteReader& in);
void write(ByteWriter& out, const LateAttemptLeaf& leaf);
[[nodiscard]] LateAttemptLeaf read_late_attempt(ByteReader& in);
void write(ByteWriter& out, const RecipientNameLeaf& leaf);
[[nodiscard]] RecipientNameLeaf read_recipient_name(ByteReader& in);
void write(ByteWriter& out, const WindowLeaf& leaf);
[[nodiscard]] WindowLeaf read_window(ByteReader& in);
void write(ByteWriter& out, const RequestEventLeaf& leaf);
[[nodiscard]] RequestEventLeaf read_request_event(ByteReader& in);
void write(ByteWriter& out, const NoticeStateLeaf& leaf);
[[nodiscard]] NoticeStateLeaf read_notice_state(ByteReader& in);
void write(ByteWriter& out, const NoticeAttemptLeaf& leaf);
[[nodiscard]] NoticeAttemptLeaf read_notice_attempt(ByteReader& in);
void write(ByteWriter& out, const NoticeLookLeaf& leaf);
[[nodiscard]] NoticeLookLeaf read_notice_look(ByteReader& in);
void write(ByteWriter& out, const NoticeLetterLeaf& leaf);
[[nodiscard]] NoticeLetterLeaf read_notice_letter(ByteReader& in);
void write(ByteWriter& out, const ObjectionLeaf& leaf);
[[nodiscard]] ObjectionLeaf read_objection(ByteReader& in);
void write(ByteWriter& out, const PolicyChangeLeaf& leaf);
[[nodiscard]] PolicyChangeLeaf read_policy_change(ByteReader& in);
void write(ByteWriter& out, const ShreddingLeaf& leaf);
[[nodiscard]] ShreddingLeaf read_shredding(ByteReader& in);
void write(ByteWriter& out, const RetentionRunLeaf& leaf);
[[nodiscard]] RetentionRunLeaf read_retention_run(ByteReader& in);
void write(ByteWriter& out, const ExportLeaf& leaf);
[[nodiscard]] ExportLeaf read_export(ByteReader& in);
void write(ByteWriter& out, const AccessLeaf& leaf);
[[nodiscard]] AccessLeaf read_access(ByteReader& in);
void write(ByteWriter& out, const GapLeaf& leaf);
[[nodiscard]] GapLeaf read_gap(ByteReader& in);
void write(ByteWriter& out, const ConsentLeaf& leaf);
[[nodiscard]] ConsentLeaf read_consent(ByteReader& in);

}  // namespace fedtrail::records
