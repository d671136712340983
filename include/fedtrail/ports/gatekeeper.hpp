/// Who may ask what of the API.

#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "fedtrail/core/result.hpp"
#include "fedtrail/privacy/disclosure.hpp"

namespace fedtrail {

enum class Scope : std::uint8_t {
    SubjectSelf,        ///< "subject:self": one person's own report.
    ObservationsWrite,  ///< "observations:write": hand in observations.
    RequestsWrite,      ///< "requests:write": hand in a person's requests.
    AuditRead,          ///< "audit:read": read reports and lists of everybody.
    Admin,              ///< "admin": everything.
};

struct Grant {
    std::string id;  ///< Public name of the token.
    std::vector<Scope> scopes;
    std::optional<privacy::SubjectNumber> subject;  ///< Whose data SubjectSelf opens.
    bool local{};  ///< Of commands beside the sidecar: they say who runs them.

    /// Admin allows everything.
    [[nodiscard]] bool allows(Scope scope) const {
        return std::find(scopes.begin(), scopes.end(), scope) != scopes.end() ||
               std::find(scopes.begin(), scopes.end(), Scope::Admin) != scopes.end();
    }
};

class Gatekeeper {
public:
    Gatekeeper() = default;
    Gatekeeper(const Gatekeeper&) = delete;
    Gatekeeper& operator=(const Gatekeeper&) = delete;
    Gatekeeper(Gatekeeper&&) = delete;
    Gatekeeper& operator=(Gatekeeper&&) = delete;
    virtual ~Gatekeeper() = default;

    /// What the bearer of `token` may do. Takes the same time for every wrong token of one length.
    /// Thread-safe. Errors: Denied (unknown), Unavailable.
    [[nodiscard]] virtual Result<Grant> admit(std::string_view token) const = 0;
};

}  // namespace fedtrail
