/// The table of facts of people (schemas/sqlite/cases). The caller holds the transaction; SQLite's exceptions
/// pass through.

#pragma once

#include <optional>
#include <vector>

#include "backends/sqlite/case_stamp.hpp"
#include "backends/sqlite/statements.hpp"

namespace fedtrail::sqlite {

/// Nothing takes the row away. Errors: NotFound (the subject has no key).
[[nodiscard]] Result<void> put_minor(Statements& statements,
                                     const CaseSeals& seals,
                                     privacy::SubjectNumber subject,
                                     std::optional<bool> minor);
/// Errors: Corrupt.
[[nodiscard]] Result<std::optional<bool>> read_minor(Statements& statements,
                                                     const CaseSeals& seals,
                                                     privacy::SubjectNumber subject);
/// Those with "yes", ascending. Errors: Corrupt.
[[nodiscard]] Result<std::vector<privacy::SubjectNumber>> read_minors(Statements& statements,
                                                                      const CaseSeals& seals);

}  // namespace fedtrail::sqlite
