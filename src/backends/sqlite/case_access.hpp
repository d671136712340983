/// Looks at people's data, in the file of the cases (docs/formats/cases.md).

#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "fedtrail/ports/access_book.hpp"
#include "fedtrail/ports/expiry.hpp"
#include "fedtrail/ports/shredding.hpp"
#include "fedtrail/ports/subject_vault.hpp"

#include "backends/sqlite/case_stamp.hpp"
#include "backends/sqlite/database.hpp"

namespace fedtrail::sqlite {

/// Thread-safe; several processes may share the file. Shredding a person removes what was looked at of
/// theirs: the leaves in the log say no more than that somebody looked, and nothing once their time is over.
class SqliteAccess final : public AccessBook, public Expiry, public Forgetter {
public:
    /// `sealer` must outlive it. Errors: those of open_database().
    [[nodiscard]] static Result<std::unique_ptr<SqliteAccess>> open_file(const std::filesystem::path& file,
                                                                         const SubjectSealer& sealer,
                                                                         OpenMode mode);
    SqliteAccess(const SqliteAccess&) = delete;
    SqliteAccess& operator=(const SqliteAccess&) = delete;
    SqliteAccess(SqliteAccess&&) = delete;
    SqliteAccess& operator=(SqliteAccess&&) = delete;
    ~SqliteAccess() override;

    using AccessBook::record;
    [[nodiscard]] Result<void> record(std::span<const records::Access> accesses) override;
    [[nodiscard]] Result<std::vector<records::Access>> accesses(privacy::SubjectNumber subject,
                                                                std::size_t limit) const override;
    [[nodiscard]] Result<std::vector<records::Access>> accesses_past_damage(privacy::SubjectNumber subject,
                                                                            std::size_t limit) const override;
    [[nodiscard]] Result<std::uint64_t> count(privacy::SubjectNumber subject) const override;
    [[nodiscard]] Result<Expired> drop_before(Instant horizon, bool only_count) override;
    [[nodiscard]] Result<void> forget(privacy::SubjectNumber subject) override;

private:
    struct State;
    explicit SqliteAccess(std::unique_ptr<State> state);
    std::unique_ptr<State> state_;
};

/// Sentences about rows that are not as they were written; for the check of all cases.
[[nodiscard]] std::vector<std::string> access_faults(SQLite::Database& database, const CaseSeals& seals);

}  // namespace fedtrail::sqlite
