#include "backends/postgres/errors.hpp"

#include <array>
#include <string_view>

#include <pqxx/pqxx>

namespace fedtrail::postgres {

namespace {

/// libpq has no code for why a connection failed, only sentences.
struct Known {
    std::string_view fragment;
    ErrorKind kind;
    std::string_view reason;
    std::string_view remedy;
};
constexpr std::array kKnown{
    Known{"password authentication failed",
          ErrorKind::Denied,
          "the password or the role is wrong",
          "correct the connection string in the configuration"},
    Known{"no password supplied",
          ErrorKind::Denied,
          "it asks for a password",
          "give one in the connection string or in ~/.pgpass"},
    Known{"no pg_hba.conf entry",
          ErrorKind::Denied,
          "it does not let this role in from here",
          "add a line for the role to pg_hba.conf"},
    Known{"eer authentication failed",
          ErrorKind::Denied,
          "the role is not that of the service's user",
          "map the user in pg_ident.conf, or use a password"},
    Known{"does not exist",
          ErrorKind::Denied,
          "there is no such database or role",
          "correct the connection string in the configuration"},
    Known{"invalid connection option",
          ErrorKind::Invalid,
          "the connection string has an unknown option",
          "correct the connection string in the configuration"},
    Known{"missing \"=\"",
          ErrorKind::Invalid,
          "the connection string is malformed",
          "write it as libpq wants it: host=… dbname=… user=…, or postgresql://…"},
    Known{"too many connections",
          ErrorKind::Unavailable,
          "it has no connection left",
          "raise max_connections, or try again later"},
};

Error not_connected(const std::exception& failure, const std::string& database) {
    const std::string_view said{failure.what()};
    for (const auto& known : kKnown) {
        if (said.find(known.fragment) != std::string_view::npos) {
            return Error{known.kind,
                         database + " cannot be asked: " + std::string{known.reason},
                         std::string{known.remedy}};
        }
    }
    return Error{ErrorKind::Unavailable,
                 database + " cannot be reached",
                 "check that PostgreSQL runs and that the connection string names its host and port"};
}

}  // namespace

Error too_late(const std::string& database) {
    return Error{ErrorKind::Unavailable, database + " took too long to answer", "try again later"};
}

Error to_error(const std::exception& failure, const std::string& database) {
    if (dynamic_cast<const pqxx::insufficient_privilege*>(&failure) != nullptr) {
        return Error{ErrorKind::Denied,
                     database + " does not let this role read the keys",
                     "GRANT SELECT on the tables named in docs/keys.md to the role"};
    }
    const auto* refused = dynamic_cast<const pqxx::sql_error*>(&failure);
    if (refused == nullptr) {
        return not_connected(failure, database);
    }
    if (refused->sqlstate() == "57014" ||
        refused->sqlstate() == "55P03") {  // query_canceled, lock_not_available
        return too_late(database);
    }
    return Error{ErrorKind::Invalid,
                 database + " refused a question (SQLSTATE " + refused->sqlstate() + ")",
                 "check that it belongs to the software the configuration names"};
}

}  // namespace fedtrail::postgres
