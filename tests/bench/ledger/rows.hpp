/// The usual design, to compare with: one row of integers for each observation and an index for each
/// question.

#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "fedtrail/core/result.hpp"

namespace fedtrail::bench {

struct Row {
    std::int64_t subject{};
    std::int64_t recipient{};
    std::int64_t object{};
    std::int64_t at{};       ///< Unix time.
    std::int64_t outcome{};  ///< Channel, kind and status in one integer.
};

/// SQLite, WAL, synchronous=FULL, 64 MiB of page cache; indexes on (subject, recipient), (recipient, subject)
/// and (object).
class RowStore {
public:
    /// A new database at `path`; there must be none.
    [[nodiscard]] static Result<std::unique_ptr<RowStore>> create(const std::string& path);
    RowStore(const RowStore&) = delete;
    RowStore& operator=(const RowStore&) = delete;
    RowStore(RowStore&&) = delete;
    RowStore& operator=(RowStore&&) = delete;
    ~RowStore();

    /// One transaction; durable when it returns.
    [[nodiscard]] Result<void> append(std::span<const Row> rows);
    /// The database file after the write-ahead log was folded in and cut.
    [[nodiscard]] Result<std::uint64_t> bytes();

    [[nodiscard]] Result<std::vector<std::int64_t>> recipients_of(std::int64_t subject);
    [[nodiscard]] Result<std::vector<std::int64_t>> subjects_at(std::int64_t recipient);
    [[nodiscard]] Result<std::vector<std::int64_t>> recipients_of_object(std::int64_t object);

private:
    struct State;
    explicit RowStore(std::unique_ptr<State> state);
    std::unique_ptr<State> state_;
};

}  // namespace fedtrail::bench
