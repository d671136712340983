/// The keys that notes are signed with: `log.key`, and `witness.key` for cosigning others' logs. Each is a
/// file of two lines, the key's name and 64 hexadecimal digits, mode 0600.

#pragma once

#include <filesystem>
#include <string>

#include "fedtrail/core/result.hpp"
#include "fedtrail/ledger/note.hpp"
#include "fedtrail/ports/cipher.hpp"

#include "app/config.hpp"
#include "audit/witness_round.hpp"

namespace fedtrail::app {

[[nodiscard]] std::filesystem::path log_file(const Config& config);
[[nodiscard]] std::filesystem::path log_key_file(const Config& config);
[[nodiscard]] std::filesystem::path witness_key_file(const Config& config);
/// What we remember as a witness.
[[nodiscard]] std::filesystem::path witness_file(const Config& config);

/// The name of a log that is made now; empty if there is nothing to call it by.
[[nodiscard]] std::string log_name(const Config& config);

/// One of log.witnesses, "URL KEY". Errors: Invalid, without the setting's name; no address is quoted.
[[nodiscard]] Result<audit::AskedWitness> asked_witness(const std::string& text);
/// One of witness.logs. Errors: the same.
[[nodiscard]] Result<ledger::VerifierKey> witnessed_log(const std::string& text);

/// True if it was made now. Errors: Invalid (no name), Denied, Unavailable.
[[nodiscard]] Result<bool> make_note_key(const std::filesystem::path& file,
                                         const std::string& name,
                                         const Cipher& cipher);
/// Errors: NotFound, Invalid.
[[nodiscard]] Result<ledger::NoteSigner> read_note_key(const std::filesystem::path& file,
                                                       ledger::NoteKeyKind kind);

}  // namespace fedtrail::app
