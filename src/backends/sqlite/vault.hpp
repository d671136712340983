/// The vault in a SQLite file of its own (docs/formats/vault.md).
///
/// Thread-safe; several processes may share the file. Names and keys that are often asked for are kept in
/// memory, in bounded number.

#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "fedtrail/ports/cipher.hpp"
#include "fedtrail/ports/handle_book.hpp"
#include "fedtrail/ports/shredding.hpp"
#include "fedtrail/ports/signer.hpp"
#include "fedtrail/ports/subject_vault.hpp"

#include "backends/sqlite/database.hpp"
#include "backends/sqlite/vault_keys.hpp"

namespace fedtrail::sqlite {

/// A host name that means an origin: handles at either are one person.
struct HostAlias {
    Host alias;
    Host origin;
};

struct VaultOptions {
    OpenMode mode{OpenMode::ReadWrite};
    std::vector<HostAlias> aliases{};
    std::size_t names_kept{65'536};
    std::size_t keys_kept{8'192};
};

struct VaultCheck {
    std::uint64_t subjects{};
    std::uint64_t signing_keys{};
    std::uint64_t shredded{};
    std::uint64_t incomplete{};       ///< Shreddings that still have something to do.
    std::vector<std::string> faults;  ///< Sentences without personal data; at most 100.
};

class SqliteVault final : public SubjectVault,
                          public SubjectSealer,
                          public HandleBook,
                          public KeySafe,
                          public ShreddingBook,
                          public Overwriter {
public:
    /// ReadWrite makes the vault if the file is not there. `master` is not kept. `cipher` must outlive it.
    /// Errors: Invalid (master key shorter than 32 octets), Denied (it is not this vault's), Corrupt, and
    /// those of open_database().
    [[nodiscard]] static Result<std::unique_ptr<SqliteVault>> open(const std::filesystem::path& file,
                                                                   ByteView master,
                                                                   const Cipher& cipher,
                                                                   VaultOptions options);
    SqliteVault(const SqliteVault&) = delete;
    SqliteVault& operator=(const SqliteVault&) = delete;
    SqliteVault(SqliteVault&&) = delete;
    SqliteVault& operator=(SqliteVault&&) = delete;
    ~SqliteVault() override;

    /// Random, made with the file: numbers mean something in this vault only.
    [[nodiscard]] VaultId id() const;

    /// The last number it gave, whoever was shredded since; 0: none yet.
    [[nodiscard]] Result<privacy::SubjectNumber> last_number() const;

    /// Numbers are given from 1 upwards and never twice.
    [[nodiscard]] Result<privacy::SubjectNumber> enrol(const Uri& actor, std::string_view username) override;
    [[nodiscard]] Result<std::vector<privacy::SubjectNumber>> enrol_all(
        std::span<const Enrolment> people) override;
    [[nodiscard]] Result<privacy::SubjectNumber> find(std::string_view subject) const override;
    [[nodiscard]] Result<SubjectIdentity> identity(privacy::SubjectNumber number) const override;
    [[nodiscard]] Result<std::vector<privacy::SubjectNumber>> list(privacy::SubjectNumber after,
                                                                   std::size_t limit) const override;

    [[nodiscard]] Result<HandleFacts> handle_facts(privacy::SubjectNumber subject) const override;
    [[nodiscard]] Result<void> confirm(privacy::SubjectNumber subject, std::string_view handle) override;
    [[nodiscard]] Result<void> tell(privacy::SubjectNumber subject, std::string_view username) override;

    /// Contexts that start with "vault/" are the vault's own: Invalid.
    [[nodiscard]] Result<Bytes> seal(privacy::SubjectNumber subject,
                                     std::string_view context,
                                     ByteView plain) const override;
    [[nodiscard]] Result<Bytes> open(privacy::SubjectNumber subject,
                                     std::string_view context,
                                     ByteView sealed) const override;

    /// The key is on the disk, sealed, when this returns. Errors: also Invalid (key or id empty, id longer
    /// than 2,048 octets, key longer than 16 KiB). Whether it is a key at all is not looked at here.
    [[nodiscard]] Result<void> keep(privacy::SubjectNumber subject, const FoundKey& key) override;
    [[nodiscard]] Result<std::vector<FoundKey>> kept(privacy::SubjectNumber subject) const override;
    [[nodiscard]] Result<std::vector<privacy::SubjectNumber>> holders(privacy::SubjectNumber after,
                                                                      std::size_t limit) const override;
    /// The rows are overwritten and the log is emptied, unless another process is reading at that moment:
    /// then the log is emptied when the last one closes. No keys, or no such subject, is no error.
    [[nodiscard]] Result<void> drop(privacy::SubjectNumber subject) override;

    /// Keys that other processes hold in memory live until these end. The file is written anew as by
    /// overwrite(), if that can be done now.
    [[nodiscard]] Result<void> shred(const records::Shredding& shredding) override;
    /// Writes the file anew, unless that was done since the last shredding, and empties its log.
    [[nodiscard]] Result<void> overwrite() override;
    [[nodiscard]] Result<void> completed(privacy::SubjectNumber subject,
                                         const records::LeafRecord& leaf) override;
    [[nodiscard]] Result<std::vector<records::Shredding>> shreddings() const override;
    [[nodiscard]] Result<bool> key_is_damaged(privacy::SubjectNumber subject) const override;

    /// Looks at everything: SQLite's own structure, every seal, every look-up row. For `fedtrail doctor`;
    /// takes some 30 µs a subject. Errors: as to_error(), if the file cannot be read at all.
    [[nodiscard]] Result<VaultCheck> check() const;

private:
    struct State;
    explicit SqliteVault(std::unique_ptr<State> state);
    [[nodiscard]] Result<std::vector<privacy::SubjectNumber>> enrol_on_disk(
        std::span<const Enrolment> people);
    [[nodiscard]] Result<WipedKey> key_of(privacy::SubjectNumber subject) const;
    std::unique_ptr<State> state_;
};

}  // namespace fedtrail::sqlite
