/// Who may see whom, and what is written down of it: docs/looks.md.

#pragma once

#include <cstdint>
#include <string>

#include "fedtrail/core/error.hpp"
#include "fedtrail/ports/gatekeeper.hpp"
#include "fedtrail/privacy/disclosure.hpp"

namespace fedtrail::api {

/// How much of a person's data a token opens.
enum class Sight : std::uint8_t {
    Own,        ///< One's own: everything, without a reason.
    Named,      ///< Everything, for a reason that is written down.
    Pseudonym,  ///< Numbers in place of names, whatever reason is given.
};

/// Whether it is the token of this very person.
[[nodiscard]] inline bool is_own(const Grant& grant, privacy::SubjectNumber subject) {
    return grant.subject == subject;
}

/// As records have who did something: never a person's name.
[[nodiscard]] inline std::string by(const Grant& grant) {
    return "api:" + grant.id;
}

/// Whom a transfer report names.
[[nodiscard]] inline Sight sight_of_reports(const Grant& grant, privacy::SubjectNumber subject) {
    if (is_own(grant, subject)) {
        return Sight::Own;
    }
    return grant.allows(Scope::Admin) ? Sight::Named : Sight::Pseudonym;
}

/// Whom a request names: who works on requests has to answer a person.
[[nodiscard]] inline Sight sight_of_requests(const Grant& grant, privacy::SubjectNumber subject) {
    if (is_own(grant, subject)) {
        return Sight::Own;
    }
    return grant.allows(Scope::RequestsWrite) ? Sight::Named : Sight::Pseudonym;
}

/// Of whoever asks for a name without one.
[[nodiscard]] Error no_reason();

}  // namespace fedtrail::api
