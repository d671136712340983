/// Who may see whom, and what is written down of it: docs/looks.md.

#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "fedtrail/core/error.hpp"
#include "fedtrail/core/http_headers.hpp"
#include "fedtrail/ports/gatekeeper.hpp"
#include "fedtrail/privacy/disclosure.hpp"
#include "fedtrail/records/access.hpp"
#include "fedtrail/records/by.hpp"

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

/// In which a command beside the sidecar says who runs it (records::by_operator). Of every other token it is
/// passed over: the token says who it is.
inline constexpr std::string_view kByHeader = "Fedtrail-By";

/// Who did something, as the books have it.
[[nodiscard]] inline std::string by(const Grant& grant, const HttpHeaders& headers) {
    const auto said = header_of(headers, kByHeader);
    return grant.local && records::is_by_operator(said) ? std::string{said}
                                                        : std::string{records::looker::kProgram} + grant.id;
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
