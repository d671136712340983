#include "backends/sqlite/vault_note.hpp"

#include <algorithm>

#include "fedtrail/ledger/blob.hpp"
#include "fedtrail/ledger/varint.hpp"

#include "backends/sqlite/ledger_tables.hpp"
#include "backends/sqlite/statements.hpp"

namespace fedtrail::sqlite {

namespace {

std::int64_t checksum_of(const VaultNote& note) {
    ledger::ByteWriter row;
    row.varint(note.greatest);
    if (note.vault) {
        row.raw(*note.vault);
    }
    return static_cast<std::int64_t>(ledger::checksum(row.bytes()));
}

tl::unexpected<Error> damaged_vault_note() {
    return fail(ErrorKind::Corrupt,
                "ledger: what it notes of its vault is damaged",
                "run `fedtrail doctor`; restore the ledger from a backup");
}

}  // namespace

Result<VaultNote> read_vault_note(Statements& statements) {
    auto& row = statements.get("SELECT vault_id, greatest, checksum FROM vault WHERE id = 1");
    if (!row.executeStep()) {
        return damaged_vault_note();
    }
    VaultNote note;
    if (!row.getColumn(0).isNull()) {
        const auto octets = blob_of(row.getColumn(0));
        auto& vault = note.vault.emplace();
        if (octets.size() != vault.size()) {
            return damaged_vault_note();
        }
        std::copy(octets.begin(), octets.end(), vault.begin());
    }
    note.greatest = static_cast<std::uint64_t>(row.getColumn(1).getInt64());
    note.has_checksum = !row.getColumn(2).isNull();
    const bool sound = note.has_checksum ? row.getColumn(2).getInt64() == checksum_of(note) : !note.vault;
    row.reset();
    return sound ? Result<VaultNote>{note} : damaged_vault_note();
}

void put_vault_note(Statements& statements, const VaultNote& note) {
    auto& row = statements.get("UPDATE vault SET vault_id = ?, greatest = ?, checksum = ? WHERE id = 1");
    if (note.vault) {
        bind_blob(row, 1, *note.vault);
    }
    row.bind(2, static_cast<std::int64_t>(note.greatest));
    row.bind(3, checksum_of(note));
    row.exec();
}

}  // namespace fedtrail::sqlite
