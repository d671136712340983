/// The policy texts in the directory's file: docs/formats/directory.md.

#pragma once

#include <functional>
#include <span>
#include <string>
#include <vector>

#include "fedtrail/ports/policy_archive.hpp"

#include "backends/sqlite/directory_book.hpp"
#include "backends/sqlite/statements.hpp"

namespace fedtrail::sqlite {

/// Errors of all: Corrupt; SQLite's exceptions pass.
[[nodiscard]] Result<std::vector<records::PolicyVersion>> read_policy_versions(Statements& statements,
                                                                               const Host& host);
/// Every version that replaced another one at `since` or later, the newest first. Reads all versions.
[[nodiscard]] Result<std::vector<records::PolicyReplacement>> read_policy_changes(Statements& statements,
                                                                                  Instant since);
/// Errors: also NotFound.
[[nodiscard]] Result<Personal<std::string>> read_policy_text(Statements& statements,
                                                             const records::PolicyVersion& version);
[[nodiscard]] Result<std::vector<PolicyKept>> keep_policies(Statements& statements,
                                                            std::span<const ReadPolicy> texts);
/// A sentence for each row that is damaged, to `fault`.
void check_policies(Statements& statements, const std::function<void(std::string)>& fault);

}  // namespace fedtrail::sqlite
