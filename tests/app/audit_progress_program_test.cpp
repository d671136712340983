/// How far an export and a check are, as a person at a terminal sees it.

#include <algorithm>
#include <array>
#include <cstdlib>
#include <string>
#include <vector>

#include <catch2/catch.hpp>
#include <pty.h>
#include <sys/wait.h>
#include <unistd.h>

#include "audit_place.hpp"

using Catch::Contains;
using fedtrail::testing::AuditPlace;
using fedtrail::testing::Program;

namespace {

/// What the program says on a terminal of its own, which must end well.
std::string said_on_terminal(const Program& program, const std::vector<std::string>& words) {
    std::vector<std::string> arguments{FEDTRAIL_PROGRAM};
    arguments.insert(arguments.end(), words.begin(), words.end());
    std::vector<char*> argv;
    for (auto& argument : arguments) {
        argv.push_back(argument.data());
    }
    argv.push_back(nullptr);
    int terminal = -1;
    const auto child = ::forkpty(&terminal, nullptr, nullptr, nullptr);
    REQUIRE(child >= 0);
    if (child == 0) {
        for (const auto& [name, value] : program.variables) {
            ::setenv(name.c_str(), value.c_str(), 1);
        }
        if (::chdir(program.folder().c_str()) == 0) {
            ::execv(argv[0], argv.data());
        }
        ::_exit(127);
    }
    std::string said;
    std::array<char, 4096> piece{};
    for (ssize_t got = 1; got > 0;) {  // ends with an error: nobody has the other side any more
        got = ::read(terminal, piece.data(), piece.size());
        said.append(piece.data(), static_cast<std::size_t>(std::max<ssize_t>(got, 0)));
    }
    ::close(terminal);
    INFO(said);
    REQUIRE(Program::wait(child) == 0);
    return said;
}

}  // namespace

TEST_CASE("What goes into the log before an export is counted on a terminal", "[app][program][audit]") {
    const AuditPlace place;
    CHECK_THAT(said_on_terminal(place.program,
                                {"audit", "export", "--all", "--reason", "an audit", "-o", "all.zip"}),
               Contains("\r\x1b[Kwhat was recorded last goes into the log: 2 records left"));
}

TEST_CASE("An export and a check say on a terminal how far they are, and how long it will take",
          "[app][program][audit]") {
    const AuditPlace place;
    const auto key = place.exported({"--all", "--reason", "an audit"}, "first.zip")["key"].get<std::string>();
    const auto exported = said_on_terminal(
        place.program, {"audit", "export", "--all", "--reason", "an audit", "-o", "all.zip"});
    CHECK_THAT(exported,
               Contains("\x1b[Kwhat was recorded last goes into the log\r") &&
                   Contains("\x1b[K1 of the log's leaves   ") && Contains(" a second   ") &&
                   Contains(" %   ") && Contains(" s left"));
    const auto checked = said_on_terminal(place.program, {"audit", "verify", "all.zip", "--key", key});
    CHECK_THAT(checked, Contains(" octets   ") && Contains(" a second   100 %   0 s left"));
    for (const auto& said : {exported, checked}) {
        CHECK_THAT(said, !Contains(" lines   "));
    }
}
