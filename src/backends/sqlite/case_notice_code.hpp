/// Notices, their steps and their evidence as bytes: docs/formats/cases.md.

#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "fedtrail/core/bytes.hpp"
#include "fedtrail/core/result.hpp"
#include "fedtrail/ports/notice_book.hpp"

namespace fedtrail::sqlite {

inline constexpr std::size_t kMaxSteps = 1'000'000;  ///< Of one notice.

/// The wave of the step that is next; 0 if none is.
[[nodiscard]] int next_wave(const records::Notice& notice);
/// What a notice's row says beside its blobs, for their checksums; `what` is "facts", "steps" or "sealed".
[[nodiscard]] std::string place_of(std::string_view what, const records::Notice& notice);

/// The same for "facts" where the steps are not at hand: how many there are, and the wave of the next.
[[nodiscard]] std::string facts_place(const records::Notice& notice, std::int64_t steps, int wave);

/// What has no column of its own; `has_words` says whether encode_words() is sealed beside it.
[[nodiscard]] Bytes encode_facts(const records::Notice& notice, bool has_words);
/// Errors: Corrupt.
[[nodiscard]] Result<void> decode_facts(ByteView bytes, bool has_words, records::Notice& notice);

/// Inbox and reason: both may name somebody.
[[nodiscard]] Bytes encode_words(const records::Notice& notice);
/// Errors: Corrupt.
[[nodiscard]] Result<void> decode_words(ByteView bytes, records::Notice& notice);

/// Runs of steps that differ by the next object alone.
[[nodiscard]] Bytes encode_steps(std::span<const records::NoticeStep> steps);
/// Errors: Corrupt, also if they are not `count`.
[[nodiscard]] Result<std::vector<records::NoticeStep>> decode_steps(ByteView bytes, std::size_t count);

[[nodiscard]] Bytes encode_evidence(const records::NoticeAttempt& attempt);
[[nodiscard]] Bytes encode_evidence(const records::NoticeLook& look);
[[nodiscard]] Bytes encode_evidence(const records::NoticeLetter& letter);
/// Puts one piece where it belongs. Errors: Corrupt.
[[nodiscard]] Result<void> decode_evidence(ByteView bytes, records::NoticeNumber notice, NoticeHistory& into);

}  // namespace fedtrail::sqlite
