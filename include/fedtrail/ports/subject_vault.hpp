/// The vault: who a subject number is, and the key that everything of theirs is sealed under.

#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "fedtrail/core/bytes.hpp"
#include "fedtrail/core/personal.hpp"
#include "fedtrail/core/result.hpp"
#include "fedtrail/core/uri.hpp"
#include "fedtrail/ports/subject_finder.hpp"
#include "fedtrail/privacy/disclosure.hpp"

namespace fedtrail {

struct SubjectIdentity {
    privacy::SubjectNumber number;
    Host origin;
    Personal<std::string> actor;   ///< Actor URI.
    Personal<std::string> handle;  ///< "alice@origin.example"; empty until it is learned.
};

/// Somebody to be enrolled; the fields as for SubjectVault::enrol().
struct Enrolment {
    Uri actor;
    Personal<std::string> username;
};

/// Identities, sealed at rest; finds whom it has under the name it has. Thread-safe.
class SubjectVault : public SubjectFinder {
public:
    /// The number of the person with this actor URI; makes one, durably, if there is none. `username` (may be
    /// empty) is `preferredUsername`; a later call with one completes or corrects the handle.
    [[nodiscard]] virtual Result<privacy::SubjectNumber> enrol(const Uri& actor,
                                                               std::string_view username) = 0;

    /// enrol() for many at once, in their order; a vault on disk makes all of them durable in one step.
    [[nodiscard]] virtual Result<std::vector<privacy::SubjectNumber>> enrol_all(
        std::span<const Enrolment> people) {
        std::vector<privacy::SubjectNumber> numbers;
        for (const auto& person : people) {
            const auto number = enrol(person.actor, person.username.reveal());
            if (!number) {
                return fail(number);
            }
            numbers.push_back(*number);
        }
        return numbers;
    }

    /// Errors: NotFound (never known or shredded), Corrupt.
    [[nodiscard]] virtual Result<SubjectIdentity> identity(privacy::SubjectNumber number) const = 0;

    /// Numbers above `after`, ascending, at most `limit`.
    [[nodiscard]] virtual Result<std::vector<privacy::SubjectNumber>> list(privacy::SubjectNumber after,
                                                                           std::size_t limit) const = 0;
};

/// Seals bytes under a subject's key, so that destroying the key makes them unreadable. Thread-safe.
class SubjectSealer {
public:
    SubjectSealer() = default;
    SubjectSealer(const SubjectSealer&) = delete;
    SubjectSealer& operator=(const SubjectSealer&) = delete;
    SubjectSealer(SubjectSealer&&) = delete;
    SubjectSealer& operator=(SubjectSealer&&) = delete;
    virtual ~SubjectSealer() = default;

    /// Deterministic (AES-256-SIV, RFC 5297); `context` names the place the bytes belong to ("pairs/0") and
    /// must be the same for open(). Errors: NotFound if the subject has no key (any more).
    [[nodiscard]] virtual Result<Bytes> seal(privacy::SubjectNumber subject,
                                             std::string_view context,
                                             ByteView plain) const = 0;
    /// Errors: NotFound, Corrupt.
    [[nodiscard]] virtual Result<Bytes> open(privacy::SubjectNumber subject,
                                             std::string_view context,
                                             ByteView sealed) const = 0;
};

}  // namespace fedtrail
