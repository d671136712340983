#include "backends/postgres/cluster.hpp"

#include <cstdlib>
#include <fstream>
#include <iostream>

#include <pqxx/pqxx>
#include <pwd.h>
#include <unistd.h>

namespace fedtrail::testing {

namespace {

/// PostgreSQL refuses to run as root: its own user runs it then. `commands` hold no single quotes.
std::string as_server_user(const std::string& commands) {
    const auto shell = "sh -c 'PATH=" FEDTRAIL_POSTGRES_BIN ":$PATH; " + commands + "' >>log 2>&1";
    return ::geteuid() == 0 ? "runuser -u postgres -- " + shell : shell;
}

int run_as_server_user(const std::string& commands) {
    // NOLINTNEXTLINE(concurrency-mt-unsafe): no other thread starts programs
    return std::system(as_server_user(commands).c_str());
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
        run_as_server_user(
            "initdb -D data -U postgres -A trust -E UTF8 --locale=C --no-sync --no-instructions") == 0 &&
        run_as_server_user("pg_ctl -D data -w -t 60 -o \"-k " + place +
                           " -c listen_addresses= -c fsync=off -c shared_buffers=16MB\" start") == 0;
    keeper_ = ::popen(
        as_server_user("trap : INT TERM; cat; pg_ctl -D data -m immediate -w stop; rm -rf data").c_str(),
        "we");
    std::filesystem::current_path(before);
    if (!started || keeper_ == nullptr) {
        give_up(folder_.path());
    }
}

Cluster::~Cluster() {
    ::pclose(keeper_);
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
