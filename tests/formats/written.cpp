#include "formats/written.hpp"

#include <fstream>
#include <stdexcept>

namespace fedtrail::testing {

void give_up(const Error& error) {
    throw std::runtime_error{error.what};
}

void must(const Result<void>& result) {
    if (!result) {
        give_up(result.error());
    }
}

WrittenLedger::WrittenLedger(const std::filesystem::path& folder)
    : folder_(folder), cipher_(must(openssl::OpensslCipher::make())) {
    Bytes master(32);
    cipher_->random(master);
    std::ofstream{folder / "master.key"} << hex(master) << '\n';
    vault_ = must(sqlite::SqliteVault::open(folder / "vault.db", master, *cipher_, {}));
    sqlite::LedgerOptions options;
    options.retry_horizon = std::chrono::hours{6};
    options.fold_patience = std::chrono::hours{12};
    writer_ = must(sqlite::SqliteLedgerWriter::open(folder / "ledger.db", *vault_, options));
    must(writer_->note_vault(vault_->id()));
}

std::uint64_t WrittenLedger::enrol(const std::string& actor, const std::string& username) {
    const auto number = must(vault_->enrol(must(Uri::parse(actor)), username)).get();
    subjects_.insert(number);
    return number;
}

void WrittenLedger::keep_key(std::uint64_t subject, const std::string& key_id, const std::string& pem) {
    must(vault_->keep(privacy::SubjectNumber{subject}, FoundKey{key_id, Secret{pem}}));
}

void WrittenLedger::confirm(std::uint64_t subject, const std::string& handle) {
    must(vault_->confirm(privacy::SubjectNumber{subject}, handle));
}

WrittenPost WrittenLedger::post(WrittenPost post) {
    post.number = must(writer_->activity(ActivityFact{privacy::SubjectNumber{post.subject},
                                                      from_unix_seconds(post.at),
                                                      post.type,
                                                      post.id,
                                                      post.object,
                                                      post.categories,
                                                      post.visibility}));
    posts_.push_back(post);
    return post;
}

void WrittenLedger::attempt(const WrittenPost& post, const WrittenAttempt& attempt, bool settles) {
    PackedObservation observation;
    observation.subject = privacy::SubjectNumber{post.subject};
    observation.at_seconds = attempt.at;
    observation.recipient = must(writer_->recipient(must(Host::parse(attempt.recipient))));
    observation.activity = post.number;
    observation.channel = attempt.channel;
    observation.outcome = attempt.outcome;
    observation.settles = settles;
    recipients_.insert(attempt.recipient);
    if (must(writer_->add(observation)) && post.object.empty()) {
        nameless_.push_back(attempt);
        nameless_.back().subject = post.subject;
    }
}

}  // namespace fedtrail::testing
