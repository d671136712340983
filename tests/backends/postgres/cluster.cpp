#include "backends/postgres/cluster.hpp"

#include <cstdlib>
#include <fstream>
#include <iostream>

#include <pqxx/pqxx>
#include <pwd.h>
#include <unistd.h>

namespace fedtrail::testing {

namespace {

/// PostgreSQL refuses to run as root: its own user runs it then.
int as_server_user(const std::string& command) {
    const std::string program = FEDTRAIL_POSTGRES_BIN "/" + command + " >>log 2>&1";
    const bool root = ::geteuid() == 0;
    // NOLINTNEXTLINE(concurrency-mt-unsafe): no other thread starts programs
    return std::system((root ? "runuser -u postgres -- sh -c '" + program + "'" : program).c_str());
}

void give_up(const std::filesystem::path& folder) {
    std::cerr << "PostgreSQL does not start; the Debian package postgresql is needed\n"
              << std::ifstream{folder / "log"}.rdbuf();
    std::abort();
}

}  // namespace

Cluster::Cluster() {
    if (::geteuid() == 0) {
        // NOLINTNEXTLINE(concurrency-mt-unsafe): no other thread asks for users
        const auto* user = ::getpwnam("postgres");
        if (user == nullptr || ::chown(folder_.path().c_str(), user->pw_uid, user->pw_gid) != 0) {
            give_up(folder_.path());
        }
    }
    const auto before = std::filesystem::current_path();
    std::filesystem::current_path(folder_.path());
    const auto place = folder_.path().string();
    const bool started =
        as_server_user(
            "initdb -D data -U postgres -A trust -E UTF8 --locale=C --no-sync --no-instructions") == 0 &&
        as_server_user("pg_ctl -D data -w -t 60 -o \"-k " + place +
                       " -c listen_addresses= -c fsync=off -c shared_buffers=16MB\" start") == 0;
    std::filesystem::current_path(before);
    if (!started) {
        give_up(folder_.path());
    }
}

Cluster::~Cluster() {
    std::error_code ignored;
    const auto before = std::filesystem::current_path(ignored);
    std::filesystem::current_path(folder_.path(), ignored);
    (void)as_server_user("pg_ctl -D data -m immediate -w stop");
    std::filesystem::current_path(before, ignored);
}

Cluster& Cluster::shared() {
    static Cluster cluster;
    return cluster;
}

std::string Cluster::connection(const std::string& database, const std::string& role) const {
    return "host=" + folder_.path().string() + " dbname=" + database + " user=" + role;
}

std::string Cluster::database(const std::string& name) {
    pqxx::connection maintenance{connection("postgres")};
    pqxx::nontransaction work{maintenance};
    work.exec("DROP DATABASE IF EXISTS " + name);
    work.exec("CREATE DATABASE " + name);
    return connection(name);
}

void Cluster::run(const std::string& connection, const std::string& statements) const {
    pqxx::connection session{connection};
    pqxx::nontransaction work{session};
    work.exec(statements);
}

}  // namespace fedtrail::testing
