#include "bench/ledger/open_ledger.hpp"

#include "backends/openssl/cipher.hpp"
#include "backends/sqlite/ledger_store.hpp"
#include "backends/sqlite/vault.hpp"

namespace fedtrail::bench {

namespace {

/// The master key of a vault that holds nobody's secrets.
const Bytes& bench_key() {
    static const Bytes key(32, std::byte{0x42});
    return key;
}

}  // namespace

struct OpenLedger::State {
    std::unique_ptr<openssl::OpensslCipher> cipher;
    std::unique_ptr<sqlite::SqliteVault> vault;
    std::unique_ptr<sqlite::SqliteLedgerWriter> writer;
    std::unique_ptr<sqlite::SqliteLedgerReader> reader;
};

OpenLedger::OpenLedger(std::unique_ptr<State> state) : state_(std::move(state)) {}
OpenLedger::~OpenLedger() = default;

Result<std::unique_ptr<OpenLedger>> OpenLedger::open(const std::filesystem::path& directory,
                                                     For purpose,
                                                     bool seal) {
    auto state = std::make_unique<State>();
    auto cipher = openssl::OpensslCipher::make();
    if (!cipher) {
        return fail(cipher);
    }
    state->cipher = *std::move(cipher);
    auto vault = sqlite::SqliteVault::open(vault_file(directory), bench_key(), *state->cipher, {});
    if (!vault) {
        return fail(vault);
    }
    state->vault = *std::move(vault);
    if (purpose == For::Writing) {
        sqlite::LedgerOptions options;
        options.seal = seal;
        auto writer = sqlite::SqliteLedgerWriter::open(ledger_file(directory), *state->vault, options);
        if (!writer) {
            return fail(writer);
        }
        state->writer = *std::move(writer);
    }
    auto reader = sqlite::SqliteLedgerReader::open(ledger_file(directory), *state->vault);
    if (!reader) {
        return fail(reader);
    }
    state->reader = *std::move(reader);
    return std::unique_ptr<OpenLedger>{new OpenLedger{std::move(state)}};
}

LedgerWriter& OpenLedger::writer() const {
    return *state_->writer;
}
const LedgerReader& OpenLedger::reader() const {
    return *state_->reader;
}
const LedgerEvidence& OpenLedger::evidence() const {
    return *state_->reader;
}
SubjectVault& OpenLedger::vault() const {
    return *state_->vault;
}
Result<void> OpenLedger::compact() {
    return state_->writer->compact();
}

std::filesystem::path OpenLedger::ledger_file(const std::filesystem::path& directory) {
    return directory / "ledger.db";
}
std::filesystem::path OpenLedger::vault_file(const std::filesystem::path& directory) {
    return directory / "vault.db";
}

Result<std::vector<privacy::SubjectNumber>> enrol_all(SubjectVault& vault, const Workload& workload) {
    std::vector<Enrolment> people;
    for (std::uint32_t user = 0; user < workload.persons().size(); ++user) {
        auto actor = Uri::parse(actor_of(user));
        if (!actor) {
            return fail(actor);
        }
        people.push_back(Enrolment{*std::move(actor), {}});
    }
    return vault.enrol_all(people);
}

}  // namespace fedtrail::bench
