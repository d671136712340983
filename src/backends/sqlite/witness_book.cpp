#include "backends/sqlite/witness_book.hpp"

#include <utility>

#include "backends/sqlite/log_kind.hpp"

namespace fedtrail::sqlite {

namespace {

std::optional<Witnessed> read_witnessed(Statements& statements, const std::string& origin) {
    auto& row = statements.get("SELECT size, at, note FROM witnessed WHERE origin = ?");
    row.bind(1, origin);
    if (!row.executeStep()) {
        return std::nullopt;
    }
    Witnessed known{origin,
                    static_cast<std::uint64_t>(row.getColumn(0).getInt64()),
                    static_cast<std::uint64_t>(row.getColumn(1).getInt64()),
                    row.getColumn(2).getString()};
    row.reset();
    return known;
}

constexpr std::size_t kMostWitnessFaults = 100;

WitnessRows read_rows(Statements& statements) {
    WitnessRows rows;
    rows.faults = layout_faults(statements.database(), witness_kind());
    auto& pages = statements.get("PRAGMA integrity_check(10)");
    while (pages.executeStep()) {
        if (auto said = pages.getColumn(0).getString(); said != "ok") {
            rows.faults.push_back("the file's pages: " + std::move(said));
        }
    }
    if (rows.faults.size() > kMostWitnessFaults) {
        rows.faults.resize(kMostWitnessFaults);
    }
    auto& row = statements.get("SELECT origin, size, at, note FROM witnessed ORDER BY origin");
    while (row.executeStep()) {
        rows.logs.push_back({row.getColumn(0).getString(),
                             static_cast<std::uint64_t>(row.getColumn(1).getInt64()),
                             static_cast<std::uint64_t>(row.getColumn(2).getInt64()),
                             row.getColumn(3).getString()});
    }
    return rows;
}

}  // namespace

Result<std::unique_ptr<SqliteWitnessBook>> SqliteWitnessBook::open(const std::filesystem::path& file,
                                                                   OpenMode mode) {
    auto database = open_database(file, witness_kind(), mode);
    if (!database) {
        return fail(database);
    }
    return std::unique_ptr<SqliteWitnessBook>{new SqliteWitnessBook{std::move(*database)}};
}

Result<Witnessed> SqliteWitnessBook::advance(const std::string& origin, const Step& step) {
    return connection_.write("remembering a witnessed log", [&](Statements& statements) -> Result<Witnessed> {
        auto next = step(read_witnessed(statements, origin));
        if (!next) {
            return next;
        }
        auto& row = statements.get("INSERT OR REPLACE INTO witnessed VALUES (?, ?, ?, ?)");
        row.bind(1, origin);
        row.bind(2, static_cast<std::int64_t>(next->size));
        row.bind(3, static_cast<std::int64_t>(next->unix_seconds));
        row.bind(4, next->note);
        row.exec();
        return next;
    });
}

Result<std::optional<Witnessed>> SqliteWitnessBook::last(const std::string& origin) const {
    return connection_.read("reading a witnessed log",
                            [&](Statements& statements) -> Result<std::optional<Witnessed>> {
                                return read_witnessed(statements, origin);
                            });
}

Result<WitnessRows> SqliteWitnessBook::rows() const {
    return connection_.read("checking what was witnessed", [](Statements& statements) -> Result<WitnessRows> {
        return read_rows(statements);
    });
}

}  // namespace fedtrail::sqlite
