/// What the ledger keeps of connections and gaps for a time only.

#pragma once

#include <filesystem>
#include <memory>

#include "fedtrail/ports/expiry.hpp"

#include "backends/sqlite/database.hpp"

namespace fedtrail::sqlite {

/// Days of unread connections, or gaps. Works beside the ledger's one writer. Thread-safe.
class SqliteLedgerExpiry final : public Expiry {
public:
    enum class What { UnreadConnections, Gaps };

    /// Errors: those of open_database().
    [[nodiscard]] static Result<std::unique_ptr<SqliteLedgerExpiry>> open_file(
        const std::filesystem::path& file, What what);
    SqliteLedgerExpiry(const SqliteLedgerExpiry&) = delete;
    SqliteLedgerExpiry& operator=(const SqliteLedgerExpiry&) = delete;
    SqliteLedgerExpiry(SqliteLedgerExpiry&&) = delete;
    SqliteLedgerExpiry& operator=(SqliteLedgerExpiry&&) = delete;
    ~SqliteLedgerExpiry() override;

    /// Rows that ended before it: a day of unread connections of one server, a gap.
    [[nodiscard]] Result<Expired> drop_before(Instant horizon, bool only_count) override;

private:
    struct State;
    explicit SqliteLedgerExpiry(std::unique_ptr<State> state);
    std::unique_ptr<State> state_;
};

}  // namespace fedtrail::sqlite
