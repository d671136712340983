#include <string>
#include <vector>

#include "fedtrail/core/count.hpp"

#include "app/checks.hpp"
#include "app/files.hpp"
#include "app/log_keys.hpp"
#include "audit/witness.hpp"
#include "backends/sqlite/witness_book.hpp"

namespace fedtrail::app {

namespace {

/// No backup has either: an older one would sign a fork.
constexpr const char* kBeginAnotherWitness =
    "Begin another witness: move witness.db and witness.key away, restart, and give whoever asks this one "
    "the "
    "new key; see docs/backup.md.";

std::vector<std::string> faults_of(const sqlite::WitnessRows& rows,
                                   const ledger::VerifierKey& own,
                                   const std::vector<ledger::VerifierKey>& logs) {
    auto faults = rows.faults;
    std::size_t changed = 0;
    for (const auto& known : rows.logs) {
        changed += audit::is_as_cosigned(known, own, logs) ? 0 : 1;
    }
    if (changed > 0) {  // a name that was changed is no name to show
        faults.push_back(counted(changed, "log is", "logs are") +
                         " remembered otherwise than cosigned with witness.key");
    }
    return faults;
}

}  // namespace

void check_witness(const Config& config, std::vector<Check>& out) {
    const auto file = witness_file(config);
    if (!is_there(file)) {
        return;
    }
    const auto book = sqlite::SqliteWitnessBook::open(file, sqlite::OpenMode::ReadOnly);
    const auto rows = book ? (*book)->rows() : Result<sqlite::WitnessRows>{fail(book)};
    const auto signer = read_note_key(witness_key_file(config), ledger::NoteKeyKind::Witness);
    if (!rows || !signer) {
        auto check = failed("witness", rows ? signer.error() : rows.error());
        const auto kind = rows ? signer.error().kind : rows.error().kind;
        check.remedy = kind == ErrorKind::Corrupt ? kBeginAnotherWitness : check.remedy;
        out.push_back(std::move(check));
        return;
    }
    std::vector<ledger::VerifierKey> logs;
    for (const auto& text : config.log.witnessed) {
        if (auto key = witnessed_log(text)) {
            logs.push_back(std::move(*key));
        }
    }
    const auto faults = faults_of(*rows, signer->verifier(), logs);
    auto check = whole("witness", counted(rows->logs.size(), "witnessed log"), faults);
    check.remedy = faults.empty() ? "" : kBeginAnotherWitness;
    out.push_back(std::move(check));
}

}  // namespace fedtrail::app
