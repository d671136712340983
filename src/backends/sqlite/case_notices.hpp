/// The tables of notices, their objects and their evidence (schemas/sqlite/cases). The caller holds the
/// transaction; SQLite's exceptions pass through.

#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "fedtrail/ports/notice_book.hpp"
#include "fedtrail/ports/notice_outcomes.hpp"

#include "backends/sqlite/case_requests.hpp"

namespace fedtrail::sqlite {

/// Errors: NotFound (the request; its subject's key), Conflict (a second notice to a recipient), Invalid
/// (objects that do not begin with those that are there; a notice that does not fit), Corrupt.
[[nodiscard]] Result<void> plan_notices(CaseTables tables,
                                        records::RequestNumber request,
                                        std::span<const records::ErasedObject> objects,
                                        std::span<const records::Notice> notices);
/// Errors: NotFound, Conflict (a version that is not the stored one), Invalid, Corrupt.
[[nodiscard]] Result<void> apply_change(CaseTables tables, const NoticeChange& change);

/// Errors: Corrupt.
[[nodiscard]] Result<std::vector<records::Notice>> read_notices(CaseTables tables,
                                                                const NoticeFilter& filter);
/// Past what is damaged. Errors: those of the keys, but Corrupt.
[[nodiscard]] Result<WholePage<records::Notice>> read_whole_notices(CaseTables tables,
                                                                    const NoticeFilter& filter);
/// By number. Errors: Corrupt.
[[nodiscard]] Result<std::vector<NoticeOutcome>> read_outcomes(Statements& statements, const Host& recipient);
[[nodiscard]] NoticeTally read_tally(CaseTables tables, records::RequestNumber request);
/// Errors: NotFound, Corrupt.
[[nodiscard]] Result<NoticeHistory> read_history(CaseTables tables, records::NoticeNumber notice);

/// By notice, oldest first. Errors: Corrupt.
[[nodiscard]] Result<std::vector<LetterOfNotice>> read_letters(Statements& statements,
                                                               const LetterFilter& filter);

/// Errors: as plan_notices().
[[nodiscard]] Result<void> put_objects(CaseTables tables,
                                       records::RequestNumber request,
                                       privacy::SubjectNumber subject,
                                       std::span<const records::ErasedObject> objects);
/// Errors: Corrupt, also for an index that is not there.
[[nodiscard]] Result<std::vector<records::ErasedObject>> read_objects(CaseTables tables,
                                                                      records::RequestNumber request,
                                                                      std::span<const std::uint32_t> indexes);

}  // namespace fedtrail::sqlite
