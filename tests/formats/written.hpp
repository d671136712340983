/// A ledger and a vault in a folder, and what was written there.

#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "backends/openssl/cipher.hpp"
#include "backends/sqlite/ledger_store.hpp"
#include "backends/sqlite/vault.hpp"

namespace fedtrail::testing {

/// Throws std::runtime_error with the error's sentence.
[[noreturn]] void give_up(const Error& error);

template <typename T>
T must(Result<T> result) {
    if (!result) {
        give_up(result.error());
    }
    return std::move(*result);
}
void must(const Result<void>& result);

struct WrittenPost {
    std::uint64_t subject{};
    std::string type;
    std::string id;
    std::string object;
    std::int64_t at{};
    fediverse::CategorySet categories;
    fediverse::Visibility visibility{fediverse::Visibility::Public};
    ActivityNumber number;
};

struct WrittenAttempt {
    std::uint64_t subject{};
    std::string recipient;
    std::int64_t at{};
    privacy::Channel channel{privacy::Channel::Push};
    privacy::Outcome outcome;
};

class WrittenLedger {
public:
    /// `folder` gets ledger.db, vault.db and master.key.
    explicit WrittenLedger(const std::filesystem::path& folder);

    std::uint64_t enrol(const std::string& actor, const std::string& username);
    void keep_key(std::uint64_t subject, const std::string& key_id, const std::string& pem);
    void confirm(std::uint64_t subject, const std::string& handle);
    /// Fills in the number.
    WrittenPost post(WrittenPost post);
    void attempt(const WrittenPost& post, const WrittenAttempt& attempt, bool settles = false);
    void tunnel(const records::TunnelObservation& tunnel) { writer_->add(tunnel); }
    void gap(const records::GapObservation& gap) { writer_->add(gap); }
    void commit() { must(writer_->commit()); }
    void fold(std::int64_t now) { must(writer_->fold(from_unix_seconds(now))); }

    [[nodiscard]] const std::filesystem::path& folder() const { return folder_; }
    [[nodiscard]] const sqlite::SqliteVault& vault() const { return *vault_; }
    [[nodiscard]] const std::set<std::uint64_t>& subjects() const { return subjects_; }
    [[nodiscard]] const std::set<std::string>& recipients() const { return recipients_; }
    [[nodiscard]] const std::vector<WrittenPost>& posts() const { return posts_; }
    /// Those with activities that have no URI to ask for.
    [[nodiscard]] const std::vector<WrittenAttempt>& nameless() const { return nameless_; }

private:
    std::filesystem::path folder_;
    std::unique_ptr<openssl::OpensslCipher> cipher_;
    std::unique_ptr<sqlite::SqliteVault> vault_;
    std::unique_ptr<sqlite::SqliteLedgerWriter> writer_;
    std::set<std::uint64_t> subjects_;
    std::set<std::string> recipients_;
    std::vector<WrittenPost> posts_;
    std::vector<WrittenAttempt> nameless_;
};

}  // namespace fedtrail::testing
