#include "backends/postgres/key_source.hpp"

#include <algorithm>
#include <atomic>
#include <optional>
#include <set>
#include <utility>

#include <pqxx/pqxx>

#include "backends/postgres/connection_text.hpp"
#include "backends/postgres/errors.hpp"
#include "backends/postgres/key_places.hpp"
#include "backends/postgres/watchdog.hpp"

namespace fedtrail::postgres {

namespace {

constexpr int kStatements = 3;     ///< So many may take all their time.
constexpr int kMaxKey = 16 << 10;  // octets; RSA of 8,192 bits takes 6.4 KiB

using Columns = std::set<std::string, std::less<>>;
using ReadOnly = pqxx::transaction<pqxx::read_committed, pqxx::read_only>;

std::vector<std::string_view> split(std::string_view list) {
    std::vector<std::string_view> parts;
    while (!list.empty()) {
        const auto comma = list.find(',');
        parts.push_back(list.substr(0, comma));
        list.remove_prefix(comma == std::string_view::npos ? list.size() : comma + 1);
    }
    return parts;
}

std::string missing_from(const KeyPlace& place, const Columns& columns) {
    std::string missing;
    for (const auto column : split(place.columns)) {
        if (columns.find(column) == columns.end()) {
            missing += (missing.empty() ? "" : ", ") + std::string{column};
        }
    }
    return missing;
}

/// One connection with one transaction that can only read.
class Session {
public:
    /// Tells in `late` that it was ended for taking too long.
    Session(const PostgresKeysConfig& config, const Software& software, std::atomic<bool>& late)
        : connection_(with_defaults(config.connection.reveal())),
          watchdog_(connection_.sock(), config.patience * kStatements, late),
          quiet_(connection_),
          transaction_(connection_) {
        const auto limit = std::to_string(config.patience.count());
        transaction_.exec_params("SELECT set_config('statement_timeout', $1, true)", limit);
        transaction_.exec_params("SELECT set_config('lock_timeout', $1, true)", limit);
        std::string tables;
        for (const auto& place : software.places) {
            note_tables(place, tables);
        }
        for (const auto& place : software.locked) {
            note_tables(place, tables);
        }
        const auto rows = transaction_.exec_params(
            "SELECT table_name || '.' || column_name FROM information_schema.columns "
            "WHERE table_schema = ANY (current_schemas(false)) AND table_name = ANY (string_to_array($1, "
            "','))",
            tables);
        for (const auto& row : rows) {
            columns_.insert(row[0].as<std::string>());
        }
    }

    [[nodiscard]] bool has(const KeyPlace& place) const { return missing_from(place, columns_).empty(); }
    [[nodiscard]] const Columns& columns() const { return columns_; }

    [[nodiscard]] pqxx::result ask(const KeyPlace& place, const std::string& address) {
        return transaction_.exec_params(std::string{place.question}, address, kMaxKey);
    }
    [[nodiscard]] bool counts_any(const KeyPlace& place, const std::string& address) {
        return transaction_.exec_params(std::string{place.question}, address)[0][0].as<long>() > 0;
    }

private:
    static void note_tables(const KeyPlace& place, std::string& tables) {
        for (const auto column : split(place.columns)) {
            tables += (tables.empty() ? "" : ",") + std::string{column.substr(0, column.find('.'))};
        }
    }

    pqxx::connection connection_;
    Watchdog watchdog_;  ///< statement_timeout is for the server to keep, which may say nothing more.
    pqxx::quiet_errorhandler quiet_;
    ReadOnly transaction_;
    Columns columns_;
};

std::string database_of(const Software& software) {
    return "the " + std::string{software.name} + " database";
}

tl::unexpected<Error> nothing_to_ask(const Software& software, const Columns& columns) {
    std::string missing;
    std::set<std::string> told;
    for (const auto& place : software.places) {
        auto names = missing_from(place, columns);
        if (told.insert(names).second) {
            missing += (missing.empty() ? "" : "; or: ") + names;
        }
    }
    return fail(
        ErrorKind::Invalid,
        database_of(software) +
            " has no column with private keys that this role can see; missing: " + missing,
        "check that it belongs to the software the configuration names, in a version that is known, and "
        "GRANT SELECT on those columns to the role");
}

bool looks_like_key(std::string_view pem) {
    return pem.find("-----BEGIN ") != std::string_view::npos &&
           pem.find("PRIVATE KEY-----") != std::string_view::npos;
}

std::string key_id_in(const pqxx::row& row, const Uri& actor) {
    const std::string given = row[2].is_null() ? "" : row[2].as<std::string>();
    return given.empty() ? actor.text() + "#main-key" : given;
}

Result<FoundKey> key_in(const pqxx::row& row,
                        const Uri& actor,
                        const Software& software,
                        const KeyPlace& place) {
    const bool too_long = row[0].is_null();
    Secret pem{too_long ? std::string{} : row[0].as<std::string>()};
    if (too_long || !looks_like_key(pem.reveal())) {
        return fail(ErrorKind::Invalid,
                    database_of(software) + " has something in " + std::string{place.where} +
                        " that is no private key: " +
                        (too_long ? row[1].as<std::string>() + " octets" : std::string{"not PEM"}),
                    "import the person's key with `fedtrail keys import`");
    }
    return FoundKey{key_id_in(row, actor), std::move(pem)};
}

Result<std::vector<FoundKey>> keys_in(const pqxx::result& rows,
                                      const Uri& actor,
                                      const Software& software,
                                      const KeyPlace& place) {
    std::vector<FoundKey> keys;
    for (const auto& row : rows) {
        auto key = key_in(row, actor, software, place);
        if (!key) {
            return fail(key);
        }
        keys.push_back(std::move(*key));
    }
    return keys;
}

/// Fails if the server has a key of this person that only itself can open.
Result<void> not_locked_away(Session& session, const Uri& actor, const Software& software) {
    for (const auto& place : software.locked) {
        const auto address = address_of(actor, place);
        if (address && session.has(place) && session.counts_any(place, *address)) {
            return fail(ErrorKind::Denied,
                        database_of(software) + " keeps this person's key in " + std::string{place.where} +
                            ", encrypted with a key of the server's own",
                        std::string{software.locked_remedy});
        }
    }
    return {};
}

Result<std::vector<FoundKey>> find_in(Session& session, const Uri& actor, const Software& software) {
    bool can_ask = false;
    for (const auto& place : software.places) {
        if (!session.has(place)) {
            continue;
        }
        can_ask = true;
        const auto address = address_of(actor, place);
        if (!address) {
            continue;
        }
        auto keys = keys_in(session.ask(place, *address), actor, software, place);
        if (!keys || !keys->empty()) {
            return keys;
        }
    }
    if (const auto open = not_locked_away(session, actor, software); !open) {
        return fail(open);
    }
    if (!can_ask) {
        return nothing_to_ask(software, session.columns());
    }
    return std::vector<FoundKey>{};
}

/// Every question is asked for nobody: the rights and the types are those of the real one.
Result<std::string> try_out(Session& session, const Software& software) {
    std::string readable;
    for (const auto& place : software.places) {
        if (!session.has(place)) {
            continue;
        }
        (void)session.ask(place, place.found_by == FoundBy::Number ? "0" : "");
        const std::string name{place.where};
        if (readable.find(name) == std::string::npos) {
            readable += (readable.empty() ? "" : ", ") + name;
        }
    }
    if (readable.empty()) {
        return nothing_to_ask(software, session.columns());
    }
    return "can read " + readable;
}

}  // namespace

PostgresKeySource::PostgresKeySource(PostgresKeysConfig config, const Software& software)
    : config_(std::move(config)), software_(software) {}

Result<std::unique_ptr<PostgresKeySource>> PostgresKeySource::make(PostgresKeysConfig config) {
    const auto* software = software_named(config.software);
    if (software == nullptr) {
        return fail(ErrorKind::Invalid,
                    "keys cannot be read from the database of this software",
                    "name one of " + known_software() + ", or give the keys as PEM files");
    }
    if (config.hosts.empty() || config.connection.reveal().empty()) {
        return fail(ErrorKind::Invalid,
                    "a database of keys needs the origin's host and a connection string",
                    "give both in the configuration");
    }
    return std::unique_ptr<PostgresKeySource>{new PostgresKeySource{std::move(config), *software}};
}

Result<std::vector<FoundKey>> PostgresKeySource::find(const Uri& actor) const {
    if (std::find(config_.hosts.begin(), config_.hosts.end(), actor.host()) == config_.hosts.end()) {
        return std::vector<FoundKey>{};
    }
    std::atomic<bool> late{};
    try {
        Session session{config_, software_, late};
        return find_in(session, actor, software_);
    } catch (const std::exception& failure) {
        return tl::unexpected{late ? too_late(database_of(software_))
                                   : to_error(failure, database_of(software_))};
    }
}

std::string PostgresKeySource::name() const {
    return std::string{software_.name} + " database";
}

Result<std::string> PostgresKeySource::check() const {
    std::atomic<bool> late{};
    try {
        Session session{config_, software_, late};
        return try_out(session, software_);
    } catch (const std::exception& failure) {
        return tl::unexpected{late ? too_late(database_of(software_))
                                   : to_error(failure, database_of(software_))};
    }
}

}  // namespace fedtrail::postgres
