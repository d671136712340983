/// The program: what the operating system hands over, turned into a Session.

#include <exception>
#include <filesystem>
#include <iostream>
#include <string>
#include <vector>

#include <unistd.h>

#include "app/cli.hpp"

namespace {

fedtrail::app::Environment environment_of(char** variables) {
    fedtrail::app::Environment environment;
    for (; *variables != nullptr; ++variables) {
        const std::string line = *variables;
        const auto equals = line.find('=');
        if (equals != std::string::npos) {
            environment.emplace(line.substr(0, equals), line.substr(equals + 1));
        }
    }
    return environment;
}

}  // namespace

int main(int count, char** words, char** variables) {
    try {
        std::error_code unknown;
        fedtrail::app::Session session{environment_of(variables),
                                       std::filesystem::read_symlink("/proc/self/exe", unknown),
                                       {},
                                       false,
                                       ::isatty(STDOUT_FILENO) == 1,
                                       std::cout,
                                       std::cerr};
        return fedtrail::app::run(session, {words + 1, words + count});
    } catch (const std::exception& error) {
        std::cerr << "fedtrail: this should not have happened: " << error.what() << "\n";
        return 1;
    }
}
