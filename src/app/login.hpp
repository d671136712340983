/// Who runs a command: the login behind this process.

#pragma once

#include <functional>
#include <optional>
#include <string>

#include <sys/types.h>

#include "app/config.hpp"

namespace fedtrail::app {

/// What the system tells of it.
struct Login {
    uid_t user{};                   ///< The real user.
    std::optional<uid_t> at_login;  ///< Who logged in (pam_loginuid(8)): sudo and su leave it as it is.
    std::string sudo_user;          ///< SUDO_USER; may be empty.
};

[[nodiscard]] Login login_of_process(const Environment& environment);

/// The name of a user; "" if there is none.
using UserNames = std::function<std::string(uid_t)>;
/// By the system's list of users (getpwuid_r(3)).
[[nodiscard]] std::string user_name(uid_t user);

/// The name of who logged in. Where the system does not know, and the process runs as root or as the system's
/// own user (`sudo -u fedtrail`), whoever called sudo; else the real user. A name that
/// records::parse_operator() does not take, or none, is the user's number.
[[nodiscard]] std::string login_name(const Login& login, const UserNames& names);

}  // namespace fedtrail::app
