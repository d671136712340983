/// The statements of the vault's tables (schemas/sqlite/vault). Not thread-safe; SQLite's exceptions pass
/// through.

#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <SQLiteCpp/SQLiteCpp.h>

#include "fedtrail/core/bytes.hpp"
#include "fedtrail/core/result.hpp"
#include "fedtrail/privacy/disclosure.hpp"

#include "backends/sqlite/vault_keys.hpp"

namespace fedtrail::sqlite {

class VaultRows {
public:
    struct Subject {
        Bytes wrapped_key;
        Bytes identity;
    };
    struct SigningKey {
        LookupHash hash{};
        Bytes sealed;
    };
    struct Shredding {
        privacy::SubjectNumber number;
        std::int64_t at{};  ///< Milliseconds since 1970.
        std::int64_t reason{};
        std::uint64_t request{};
        bool complete{};
        LookupHash hash{};
        std::string why{};  ///< Empty: NULL.
        std::string by{};
        std::uint64_t objections{};
    };
    struct HandleHost {
        LookupHash hash{};
        Bytes sealed;
    };
    struct Seal {
        VaultId vault{};
        Digest256 check_value{};
    };

    explicit VaultRows(std::unique_ptr<SQLite::Database> database) : database_(std::move(database)) {}

    [[nodiscard]] SQLite::Database& database() { return *database_; }

    [[nodiscard]] std::optional<Seal> seal();
    void put_seal(const Seal& seal);

    [[nodiscard]] std::optional<privacy::SubjectNumber> number_of_actor(const LookupHash& hash);
    [[nodiscard]] std::vector<privacy::SubjectNumber> numbers_of_handle(const LookupHash& hash);
    [[nodiscard]] std::optional<Subject> subject(privacy::SubjectNumber number);
    [[nodiscard]] std::vector<privacy::SubjectNumber> numbers(privacy::SubjectNumber after,
                                                              std::size_t limit);

    /// The number the next subject gets; meant for the transaction that adds it.
    [[nodiscard]] privacy::SubjectNumber next_number();
    void add_subject(privacy::SubjectNumber number, const Subject& subject, const LookupHash& actor);
    void replace_actor(privacy::SubjectNumber number, const LookupHash& hash);
    void replace_identity(privacy::SubjectNumber number, const Bytes& identity);
    void add_handle(const LookupHash& hash, privacy::SubjectNumber number);
    void remove_handle(const LookupHash& hash, privacy::SubjectNumber number);

    /// Replaces one with the same hash.
    void put_signing_key(privacy::SubjectNumber number, const SigningKey& key);
    [[nodiscard]] std::vector<SigningKey> signing_keys(privacy::SubjectNumber number);
    [[nodiscard]] std::vector<privacy::SubjectNumber> key_holders(privacy::SubjectNumber after,
                                                                  std::size_t limit);
    /// Whether there were any.
    bool remove_signing_keys(privacy::SubjectNumber number);
    /// As empty_log() of the database.
    [[nodiscard]] Result<void> empty_log();

    /// Everything of a subject but the note of their shredding.
    void remove_subject(privacy::SubjectNumber number);
    /// The number counts as given, also if this file never knew it.
    void never_give(privacy::SubjectNumber number);
    void put_shredding(const Shredding& shredding);
    [[nodiscard]] std::optional<Shredding> shredding(privacy::SubjectNumber number);
    [[nodiscard]] std::vector<Shredding> shreddings();
    /// Replaces one with the same hash.
    void put_handle_host(const HandleHost& host);
    [[nodiscard]] std::optional<HandleHost> handle_host(const LookupHash& hash);
    [[nodiscard]] std::vector<HandleHost> handle_hosts();
    /// Writes the whole file anew, once after subjects were removed: free pages, and free octets in pages, go
    /// with the next empty_log().
    void rewrite();

    [[nodiscard]] std::uint64_t count(const std::string& table);
    /// What SQLite itself finds wrong in the file; empty if nothing.
    [[nodiscard]] std::vector<std::string> structural_faults();

private:
    std::unique_ptr<SQLite::Database> database_;
    bool rewritten_{};  ///< By this object, since it removed somebody.
};

}  // namespace fedtrail::sqlite
