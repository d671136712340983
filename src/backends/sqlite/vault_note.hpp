/// What a ledger notes of the vault whose numbers it uses, so that no other is taken for it.

#pragma once

#include <cstdint>
#include <optional>

#include "fedtrail/core/result.hpp"
#include "fedtrail/privacy/disclosure.hpp"

#include "backends/sqlite/vault_keys.hpp"

namespace fedtrail::sqlite {

class Statements;

struct VaultNote {
    std::optional<VaultId> vault;  ///< Nothing before SqliteLedgerWriter::note_vault().
    std::uint64_t greatest{};      ///< Number of a subject it ever had something of; 0: none.
    bool has_checksum{};           ///< A writer has opened it since it was made.
};

/// SQLite's exceptions pass through. Errors: Corrupt.
[[nodiscard]] Result<VaultNote> read_vault_note(Statements& statements);
/// Inside the caller's transaction; SQLite's exceptions pass through.
void put_vault_note(Statements& statements, const VaultNote& note);

}  // namespace fedtrail::sqlite
