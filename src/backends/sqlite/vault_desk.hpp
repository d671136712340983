/// The vault's rows together with its keys: what enrolling, asking and checking mean.

#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "backends/sqlite/vault.hpp"
#include "backends/sqlite/vault_identity.hpp"
#include "backends/sqlite/vault_keys.hpp"
#include "backends/sqlite/vault_rows.hpp"

namespace fedtrail::sqlite {

/// Not thread-safe: SqliteVault holds a lock around it. SQLite's exceptions pass through.
class VaultDesk {
public:
    VaultDesk(std::unique_ptr<SQLite::Database> database,
              const Cipher& cipher,
              ByteView master,
              VaultOptions options);

    /// Proves the master key; a new vault takes it. Errors: Denied, Corrupt.
    [[nodiscard]] Result<void> unlock();

    /// After unlock().
    [[nodiscard]] const VaultId& id() const { return id_; }

    /// The numbers in order; whoever is new, or has another name now, is written in one transaction. Errors:
    /// Corrupt.
    [[nodiscard]] Result<std::vector<privacy::SubjectNumber>> enrol(std::span<const Enrolment> people);

    [[nodiscard]] Result<privacy::SubjectNumber> by_actor(const Uri& actor);
    /// Errors: NotFound, Conflict.
    [[nodiscard]] Result<privacy::SubjectNumber> by_handle(std::string_view name, const Host& host);
    [[nodiscard]] Result<WipedKey> key_of(privacy::SubjectNumber number);
    /// Whether there is such a person; nothing of theirs is opened.
    [[nodiscard]] Result<privacy::SubjectNumber> by_number(privacy::SubjectNumber number);
    [[nodiscard]] Result<StoredIdentity> identity_of(privacy::SubjectNumber number);

    /// As HandleBook says.
    [[nodiscard]] Result<HandleFacts> handle_facts(privacy::SubjectNumber number);
    [[nodiscard]] Result<void> confirm(privacy::SubjectNumber number, std::string_view handle);
    [[nodiscard]] Result<void> tell(privacy::SubjectNumber number, std::string_view username);

    /// Errors: NotFound, Invalid.
    [[nodiscard]] Result<void> keep_key(privacy::SubjectNumber number, const FoundKey& key);
    /// Errors: Corrupt.
    [[nodiscard]] Result<std::vector<FoundKey>> kept_keys(privacy::SubjectNumber number);

    /// As ShreddingBook says.
    [[nodiscard]] Result<void> shred(const records::Shredding& shredding);
    /// Errors: Unavailable.
    [[nodiscard]] Result<void> rewrite();
    [[nodiscard]] Result<void> completed(privacy::SubjectNumber number, const records::LeafRecord& leaf);
    [[nodiscard]] Result<std::vector<records::Shredding>> shreddings();

    [[nodiscard]] VaultCheck check();

    [[nodiscard]] VaultRows& rows() { return rows_; }
    [[nodiscard]] const VaultOptions& options() const { return options_; }

private:
    [[nodiscard]] Result<VaultRows::Subject> row_of(privacy::SubjectNumber number);
    /// The number if nothing has to be written for this person. Errors: Corrupt.
    [[nodiscard]] Result<std::optional<privacy::SubjectNumber>> settled(const Enrolment& person);
    /// Writes what is missing, inside the caller's transaction. Errors: Corrupt.
    [[nodiscard]] Result<privacy::SubjectNumber> settle(const Enrolment& person);
    /// By either scheme: http and https of one host and path are one person.
    [[nodiscard]] std::optional<privacy::SubjectNumber> number_of(const Uri& actor);
    [[nodiscard]] LookupHash actor_hash(std::string_view actor) const;
    [[nodiscard]] LookupHash handle_hash(std::string_view handle) const;
    [[nodiscard]] LookupHash key_hash(privacy::SubjectNumber number, std::string_view key_id) const;
    [[nodiscard]] Host origin_of(const Host& host) const;
    [[nodiscard]] Result<Bytes> sealed(const StoredIdentity& identity,
                                       const WipedKey& key,
                                       privacy::SubjectNumber number) const;
    [[nodiscard]] Result<StoredIdentity> opened(const VaultRows::Subject& row,
                                                privacy::SubjectNumber number) const;
    [[nodiscard]] Result<FoundKey> opened(const VaultRows::SigningKey& row,
                                          const WipedKey& key,
                                          privacy::SubjectNumber number) const;
    [[nodiscard]] LookupHash shredding_hash(const records::Shredding& shredding) const;
    [[nodiscard]] Result<records::Shredding> opened(const VaultRows::Shredding& row) const;
    void put(const records::Shredding& shredding);
    [[nodiscard]] LookupHash handle_host_hash(const Host& actors) const;
    [[nodiscard]] Result<HandleHost> opened(const VaultRows::HandleHost& row) const;
    [[nodiscard]] Result<void> put_handle_host(const Uri& actor, std::string_view handle);
    /// The person is found by this name from now on, unless their own was told or is the same; whether
    /// `identity` is another now. Inside the caller's transaction.
    bool take_name(privacy::SubjectNumber number, StoredIdentity& identity, std::string_view name);
    void check_handle_hosts(VaultCheck& check);
    void check_shreddings(VaultCheck& check);
    void check_leaves(VaultCheck& check);
    [[nodiscard]] Result<privacy::SubjectNumber> add(const Enrolment& person);
    [[nodiscard]] Result<void> rename(privacy::SubjectNumber number, StoredIdentity wanted);
    void check_each(std::span<const privacy::SubjectNumber> numbers,
                    VaultCheck& check,
                    std::uint64_t& handles);
    [[nodiscard]] std::optional<std::string> fault_in_keys(privacy::SubjectNumber number,
                                                           std::uint64_t& signing_keys);
    [[nodiscard]] std::optional<std::string> fault_of(privacy::SubjectNumber number, std::uint64_t& handles);

    VaultOptions options_;
    const Cipher& cipher_;
    VaultKeys keys_;
    VaultRows rows_;
    VaultId id_{};
};

}  // namespace fedtrail::sqlite
