#pragma once

#include <string>

namespace fedtrail {

/// What a caller can do about a failure. A new value needs a new reaction, not a new cause.
enum class ErrorKind {
    NotFound,     ///< The thing asked for does not exist.
    Conflict,     ///< Somebody else changed it first; read again and retry.
    Unavailable,  ///< Transient: retry later with back-off.
    Invalid,      ///< The input cannot be right; retrying is useless.
    Denied,       ///< Not permitted by policy, law or credentials.
    Corrupt,      ///< Stored data contradicts itself: stop and call a human.
};

struct Error {
    ErrorKind kind{ErrorKind::Invalid};
    std::string what;    ///< One sentence with the place; contains no personal data.
    std::string remedy;  ///< What to do next; may be empty.
};

}  // namespace fedtrail
