/// Letters that leave by mail.

#pragma once

#include <string>

#include "fedtrail/core/personal.hpp"
#include "fedtrail/core/result.hpp"

namespace fedtrail {

/// Plain text, UTF-8.
struct Letter {
    Personal<std::string> to;  ///< One address, "name@host".
    std::string subject;
    std::string text;
    std::string message_id;  ///< "<…@…>"; the same for every try, so that a double can be recognised.
    std::string language;    ///< BCP 47; the Content-Language header.
};

/// Thread-safe.
class Mailer {
public:
    Mailer() = default;
    Mailer(const Mailer&) = delete;
    Mailer& operator=(const Mailer&) = delete;
    Mailer(Mailer&&) = delete;
    Mailer& operator=(Mailer&&) = delete;
    virtual ~Mailer() = default;

    /// Returns when the mail server has taken it. Errors: Unavailable (try again), Denied (it will not take
    /// it), Invalid (no address; anything in it that would break out of a header).
    [[nodiscard]] virtual Result<void> send(const Letter& letter) = 0;
};

}  // namespace fedtrail
