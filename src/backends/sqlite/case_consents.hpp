/// Consents of people to transfers, in the file of the cases (docs/formats/cases.md).

#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "fedtrail/ports/consent_book.hpp"
#include "fedtrail/ports/shredding.hpp"
#include "fedtrail/ports/subject_vault.hpp"

#include "backends/sqlite/case_stamp.hpp"
#include "backends/sqlite/database.hpp"

namespace fedtrail::sqlite {

/// Thread-safe; several processes may share the file.
class SqliteConsents final : public ConsentBook, public Forgetter {
public:
    /// `sealer` must outlive it. Errors: those of open_database().
    [[nodiscard]] static Result<std::unique_ptr<SqliteConsents>> open_file(const std::filesystem::path& file,
                                                                           const SubjectSealer& sealer,
                                                                           OpenMode mode);
    SqliteConsents(const SqliteConsents&) = delete;
    SqliteConsents& operator=(const SqliteConsents&) = delete;
    SqliteConsents(SqliteConsents&&) = delete;
    SqliteConsents& operator=(SqliteConsents&&) = delete;
    ~SqliteConsents() override;

    [[nodiscard]] Result<records::Consent> give(records::Consent consent, Instant at) override;
    [[nodiscard]] Result<records::Consent> withdraw(privacy::SubjectNumber subject,
                                                    const privacy::Country& country,
                                                    const Host& recipient,
                                                    const privacy::Day& day,
                                                    Instant at) override;
    [[nodiscard]] Result<std::vector<records::Consent>> consents(
        privacy::SubjectNumber subject) const override;
    [[nodiscard]] Result<std::vector<records::Consent>> consents() const override;
    [[nodiscard]] Result<void> forget(privacy::SubjectNumber subject) override;

private:
    struct State;
    explicit SqliteConsents(std::unique_ptr<State> state);
    std::unique_ptr<State> state_;
};

/// Sentences about rows that are not as they were written; for the check of all cases.
[[nodiscard]] std::vector<std::string> consent_faults(SQLite::Database& database, const CaseSeals& seals);

}  // namespace fedtrail::sqlite
