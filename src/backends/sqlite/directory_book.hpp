/// What is known of recipients, in a SQLite file of its own (docs/formats/directory.md).

#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "fedtrail/ports/policy_archive.hpp"
#include "fedtrail/ports/recipient_directory.hpp"
#include "fedtrail/ports/refresh_book.hpp"

#include "backends/sqlite/database.hpp"

namespace fedtrail::sqlite {

struct DirectoryCheck {
    std::uint64_t recipients{};
    std::vector<std::string> faults;  ///< At most 100.
};

/// Thread-safe; several processes may share the file.
class SqliteDirectory final : public RecipientDirectory, public PolicyArchive, public RefreshBook {
public:
    /// ReadWrite makes the file if it is not there. Errors: those of open_database().
    [[nodiscard]] static Result<std::unique_ptr<SqliteDirectory>> open_file(const std::filesystem::path& file,
                                                                            OpenMode mode);
    SqliteDirectory(const SqliteDirectory&) = delete;
    SqliteDirectory& operator=(const SqliteDirectory&) = delete;
    SqliteDirectory(SqliteDirectory&&) = delete;
    SqliteDirectory& operator=(SqliteDirectory&&) = delete;
    ~SqliteDirectory() override;

    [[nodiscard]] Result<RecipientEntry> entry(const Host& host) const override;
    [[nodiscard]] Result<std::vector<RecipientEntry>> entries(std::span<const Host> hosts) const override;
    [[nodiscard]] Result<std::map<std::string, SoftwareRecord>> by_software() const override;
    [[nodiscard]] Result<std::shared_ptr<const privacy::JoinedHosts>> joined() const override;
    [[nodiscard]] std::uint64_t damaged_entries() const override;
    /// Nothing is written if nothing changes.
    [[nodiscard]] Result<void> update(const Host& host,
                                      const std::function<void(RecipientEntry&)>& change) override;
    [[nodiscard]] Result<void> update_all(std::span<const RecipientChange> changes) override;

    [[nodiscard]] Result<std::vector<records::PolicyVersion>> versions(const Host& host) const override;
    [[nodiscard]] Result<Personal<std::string>> text(const records::PolicyVersion& version) const override;
    [[nodiscard]] Result<std::vector<PolicyKept>> keep(std::span<const ReadPolicy> texts) override;
    /// Of all hosts, the newest first. Reads every version's facts. Errors: Unavailable, Corrupt.
    [[nodiscard]] Result<std::vector<records::PolicyReplacement>> policy_changes(Instant since) const;

    [[nodiscard]] Result<void> add(std::span<const Host> hosts, Instant due) override;
    [[nodiscard]] Result<void> call_for(std::span<const Host> hosts, Instant due) override;
    [[nodiscard]] Result<std::vector<RefreshState>> claim(Instant now,
                                                          Instant lease,
                                                          std::size_t limit) override;
    [[nodiscard]] Result<void> put(std::span<const RefreshState> states) override;
    [[nodiscard]] Result<std::optional<Instant>> next_due() const override;
    [[nodiscard]] Result<RefreshTotals> totals(Instant now) const override;

    /// Reads everything. For `fedtrail doctor`. Errors: as to_error(), if the file cannot be read at all.
    [[nodiscard]] Result<DirectoryCheck> check() const;

private:
    struct State;
    explicit SqliteDirectory(std::unique_ptr<State> state);
    std::unique_ptr<State> state_;
};

}  // namespace fedtrail::sqlite
