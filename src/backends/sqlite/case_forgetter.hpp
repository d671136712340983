/// What cases keep sealed of somebody goes when they are shredded.

#pragma once

#include <filesystem>
#include <memory>

#include "fedtrail/ports/shredding.hpp"

#include "backends/sqlite/database.hpp"

namespace fedtrail::sqlite {

/// The objects of their requests, the chosen ones, what they wrote, inboxes and reasons: the columns `sealed`
/// become empty, in one transaction. What accounts for what was done stays: how many objects, who was told,
/// when, with which outcome. Thread-safe; several processes may share the file.
class SqliteCaseForgetter final : public Forgetter {
public:
    /// Errors: those of open_database().
    [[nodiscard]] static Result<std::unique_ptr<SqliteCaseForgetter>> open_file(
        const std::filesystem::path& file);
    SqliteCaseForgetter(const SqliteCaseForgetter&) = delete;
    SqliteCaseForgetter& operator=(const SqliteCaseForgetter&) = delete;
    SqliteCaseForgetter(SqliteCaseForgetter&&) = delete;
    SqliteCaseForgetter& operator=(SqliteCaseForgetter&&) = delete;
    ~SqliteCaseForgetter() override;

    [[nodiscard]] Result<void> forget(privacy::SubjectNumber subject) override;

private:
    struct State;
    explicit SqliteCaseForgetter(std::unique_ptr<State> state);
    std::unique_ptr<State> state_;
};

}  // namespace fedtrail::sqlite
