#include "backends/sqlite/migrations.hpp"

#include <cstdint>
#include <map>
#include <string>
#include <utility>

#include <SQLiteCpp/SQLiteCpp.h>

#include "fedtrail/core/count.hpp"

#include "backends/sqlite/database.hpp"

namespace fedtrail::sqlite {

namespace {

int newest(const DatabaseKind& kind) {
    return kind.migrations.empty() ? 0 : kind.migrations.back().number;
}

struct Layout {
    int version{};
    std::int32_t application{};
    bool empty{};
};

/// In one statement, so that another connection's migration is seen whole or not at all.
Layout layout_of(SQLite::Database& database) {
    SQLite::Statement question{database,
                               "SELECT (SELECT user_version FROM pragma_user_version),"
                               " (SELECT application_id FROM pragma_application_id),"
                               " (SELECT count(*) FROM sqlite_master)"};
    question.executeStep();
    return {question.getColumn(0).getInt(),
            question.getColumn(1).getInt(),
            question.getColumn(2).getInt64() == 0};
}

std::string name_of(const DatabaseKind& kind) {
    return "the " + std::string{kind.name} + " database";
}

std::string place_of(const SQLite::Database& database, const DatabaseKind& kind) {
    return name_of(kind) + " " + database.getFilename();
}

Result<void> recognise_layout(const Layout& layout, const DatabaseKind& kind) {
    const bool fresh = layout.empty && layout.version == 0 && layout.application == 0;
    if (!fresh && layout.application != kind.application_id) {
        return fail(ErrorKind::Invalid,
                    name_of(kind) + " is a database of another program or store",
                    "point the configuration at the right file, or move this one away");
    }
    if (layout.version > newest(kind)) {
        return fail(ErrorKind::Invalid,
                    name_of(kind) + " has layout " + std::to_string(layout.version) +
                        ", this program knows up to " + std::to_string(newest(kind)),
                    "run the newer Fedtrail that wrote it, or restore a backup made before the upgrade");
    }
    return {};
}

/// The statements of the missing migrations; the caller holds the transaction.
void run_missing(SQLite::Database& database, const DatabaseKind& kind, int version) {
    for (const auto& migration : kind.migrations) {
        if (migration.number > version) {
            database.exec(std::string{migration.sql});
        }
    }
    database.exec("PRAGMA application_id = " + std::to_string(kind.application_id));
    database.exec("PRAGMA user_version = " + std::to_string(newest(kind)));
}

}  // namespace

Result<void> recognise(SQLite::Database& database, const DatabaseKind& kind) {
    try {
        return recognise_layout(layout_of(database), kind);
    } catch (const SQLite::Exception& failure) {
        return tl::unexpected{to_error(failure, "reading the layout of " + place_of(database, kind))};
    }
}

Result<void> migrate(SQLite::Database& database, const DatabaseKind& kind) {
    try {
        const auto seen = layout_of(database);
        if (const auto known = recognise_layout(seen, kind); !known) {
            return fail(known);
        }
        if (seen.version == newest(kind) && seen.application == kind.application_id) {
            return {};
        }
        SQLite::Transaction transaction{database, SQLite::TransactionBehavior::IMMEDIATE};
        const auto held = layout_of(database);  // somebody may have been faster
        if (const auto known = recognise_layout(held, kind); !known) {
            return fail(known);
        }
        run_missing(database, kind, held.version);
        transaction.commit();
        return {};
    } catch (const SQLite::Exception& failure) {
        return tl::unexpected{to_error(failure, "bringing " + name_of(kind) + " to the present layout")};
    }
}

Result<void> check_layout(SQLite::Database& database, const DatabaseKind& kind, bool may_be_older) {
    try {
        const auto seen = layout_of(database);
        if (const auto known = recognise_layout(seen, kind); !known) {
            return fail(known);
        }
        if (seen.version == 0) {
            return fail(ErrorKind::Corrupt,
                        place_of(database, kind) + " has nothing in it",
                        "Restore the last backup (`fedtrail restore`); if `fedtrail init` was interrupted, "
                        "give it again.");
        }
        if (seen.version < newest(kind) && !may_be_older) {
            return fail(ErrorKind::Invalid,
                        name_of(kind) + " has layout " + std::to_string(seen.version) +
                            ", this program reads " + std::to_string(newest(kind)),
                        "start `fedtrail serve` once: it upgrades the database");
        }
        return {};
    } catch (const SQLite::Exception& failure) {
        return tl::unexpected{to_error(failure, "reading the layout of " + place_of(database, kind))};
    }
}

namespace {

/// By kind and name: the table it belongs to and its text.
using Schema = std::map<std::pair<std::string, std::string>, std::pair<std::string, std::string>>;

Schema schema_of(SQLite::Database& database) {
    // Statistics of ANALYZE are nobody's layout.
    SQLite::Statement row{database,
                          "SELECT type, name, tbl_name, coalesce(sql, '') FROM sqlite_master "
                          "WHERE name NOT GLOB 'sqlite_stat*'"};
    Schema schema;
    while (row.executeStep()) {
        schema[{row.getColumn(0).getString(), row.getColumn(1).getString()}] = {row.getColumn(2).getString(),
                                                                                row.getColumn(3).getString()};
    }
    return schema;
}

}  // namespace

std::vector<std::string> layout_faults(SQLite::Database& database, const DatabaseKind& kind) {
    SQLite::Database made{":memory:", SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE};
    run_missing(made, kind, 0);
    auto stored = schema_of(database);
    std::vector<std::string> faults;
    for (const auto& [entry, content] : schema_of(made)) {
        const auto found = stored.find(entry);
        if (found == stored.end() || found->second != content) {
            faults.push_back(name_of(kind) + "'s layout: " + entry.first + " " + entry.second +
                             " is not what the migrations make");
        }
        stored.erase(entry);
    }
    if (!stored.empty()) {  // their names are not told: damage may have made anything of them
        faults.push_back(name_of(kind) + "'s layout: " +
                         counted(stored.size(), "table or index is", "tables or indexes are") +
                         " none of this program's");
    }
    return faults;
}

}  // namespace fedtrail::sqlite
