/// Prepared statements, made at first use and kept.

#pragma once

#include <cstdint>
#include <memory>
#include <set>
#include <string>
#include <unordered_map>
#include <utility>

#include <SQLiteCpp/SQLiteCpp.h>

#include "fedtrail/core/bytes.hpp"

namespace fedtrail::sqlite {

class Statements {
public:
    explicit Statements(SQLite::Database& database) : database_(database) {}

    /// Ready to bind; `sql` is a literal: its address is the key.
    SQLite::Statement& get(const char* sql) {
        auto known = statements_.find(sql);
        if (known == statements_.end()) {
            auto made = std::make_unique<SQLite::Statement>(database_, sql);  // throws on a damaged schema
            known = statements_.emplace(sql, std::move(made)).first;
        }
        known->second->tryReset();
        known->second->clearBindings();
        return *known->second;
    }

    /// The same for text put together at run time, of which there must be few kinds.
    SQLite::Statement& get(const std::string& sql) { return get(texts_.insert(sql).first->c_str()); }

    /// Ends what is still being read: an open read keeps its snapshot of the file, whatever transactions do.
    void finish() noexcept {
        for (auto& entry : statements_) {
            entry.second->tryReset();
        }
    }

    [[nodiscard]] SQLite::Database& database() const noexcept { return database_; }

private:
    SQLite::Database& database_;
    std::set<std::string> texts_;  ///< A node's text stays where it is.
    std::unordered_map<const char*, std::unique_ptr<SQLite::Statement>> statements_;
};

inline void bind_blob(SQLite::Statement& statement, int index, ByteView blob) {
    static constexpr std::byte kSomewhere{};  // a blob that lies nowhere would be bound as NULL
    statement.bind(index, blob.empty() ? &kSomewhere : blob.data(), static_cast<int>(blob.size()));
}

/// The column's bytes; valid until the statement moves on.
inline ByteView blob_of(const SQLite::Column& column) {
    return {static_cast<const std::byte*>(column.getBlob()), static_cast<std::size_t>(column.getBytes())};
}

/// SQLite has no numbers without sign: the same bits.
inline std::int64_t as_stored(std::uint64_t value) {
    return static_cast<std::int64_t>(value);
}
inline std::uint64_t as_read(const SQLite::Column& column) {
    return static_cast<std::uint64_t>(column.getInt64());
}

}  // namespace fedtrail::sqlite
