/// Closed cases go when their time is over.

#pragma once

#include <filesystem>
#include <memory>

#include "fedtrail/ports/expiry.hpp"
#include "fedtrail/ports/subject_vault.hpp"

#include "backends/sqlite/database.hpp"

namespace fedtrail::sqlite {

/// Requests that were closed before the horizon, with their notices and all evidence of them, unless an
/// object of theirs is held for law. Their numbers are not given again. Thread-safe; several processes may
/// share the file.
class SqliteCaseExpiry final : public Expiry {
public:
    /// `sealer` must outlive it. Errors: those of open_database().
    [[nodiscard]] static Result<std::unique_ptr<SqliteCaseExpiry>> open_file(
        const std::filesystem::path& file, const SubjectSealer& sealer);
    SqliteCaseExpiry(const SqliteCaseExpiry&) = delete;
    SqliteCaseExpiry& operator=(const SqliteCaseExpiry&) = delete;
    SqliteCaseExpiry(SqliteCaseExpiry&&) = delete;
    SqliteCaseExpiry& operator=(SqliteCaseExpiry&&) = delete;
    ~SqliteCaseExpiry() override;

    [[nodiscard]] Result<Expired> drop_before(Instant horizon, bool only_count) override;

private:
    struct State;
    explicit SqliteCaseExpiry(std::unique_ptr<State> state);
    std::unique_ptr<State> state_;
};

}  // namespace fedtrail::sqlite
