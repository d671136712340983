#include "app/login.hpp"

#include <cstdint>
#include <fstream>
#include <limits>
#include <vector>

#include <pwd.h>
#include <unistd.h>

#include "fedtrail/records/by.hpp"

namespace fedtrail::app {

namespace {

/// Nobody logs in as those below (Debian Policy section 9.2.2).
constexpr uid_t kFirstPerson = 1000;

std::optional<uid_t> logged_in() {
    std::ifstream in{"/proc/self/loginuid"};
    std::uint64_t user{};
    const bool read = static_cast<bool>(in >> user);
    return read && user < std::numeric_limits<uid_t>::max() ? std::optional{static_cast<uid_t>(user)}
                                                            : std::nullopt;
}

}  // namespace

Login login_of_process(const Environment& environment) {
    const auto sudo = environment.find("SUDO_USER");
    return {::getuid(), logged_in(), sudo == environment.end() ? "" : sudo->second};
}

std::string user_name(uid_t user) {
    constexpr std::size_t kRoom = std::size_t{64} * 1024;  // of one line of the list
    std::vector<char> room(kRoom);
    passwd entry{};
    passwd* found = nullptr;
    return ::getpwuid_r(user, &entry, room.data(), room.size(), &found) == 0 && found != nullptr
               ? entry.pw_name
               : "";
}

std::string login_name(const Login& login, const UserNames& names) {
    if (!login.at_login && login.user < kFirstPerson) {
        if (auto caller = records::parse_operator(login.sudo_user)) {
            return *std::move(caller);
        }
    }
    const auto user = login.at_login.value_or(login.user);
    return records::parse_operator(names(user)).value_or(std::to_string(user));
}

}  // namespace fedtrail::app
