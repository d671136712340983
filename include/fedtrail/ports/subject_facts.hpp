/// What the controller wrote down of a person that rules ask for.

#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "fedtrail/core/result.hpp"
#include "fedtrail/privacy/disclosure.hpp"

namespace fedtrail {

/// Sealed under the person's key: after shredding nothing is known any more. Thread-safe; several processes
/// may share it.
class SubjectFacts {
public:
    SubjectFacts() = default;
    SubjectFacts(const SubjectFacts&) = delete;
    SubjectFacts& operator=(const SubjectFacts&) = delete;
    SubjectFacts(SubjectFacts&&) = delete;
    SubjectFacts& operator=(SubjectFacts&&) = delete;
    virtual ~SubjectFacts() = default;

    /// Whether the person is a child (recital 38); nothing takes back what was written. Errors: NotFound (the
    /// person has no key), Unavailable.
    [[nodiscard]] virtual Result<void> set_minor(privacy::SubjectNumber subject,
                                                 std::optional<bool> minor) = 0;
    /// Nothing: not written down, or shredded. Errors: Unavailable, Corrupt.
    [[nodiscard]] virtual Result<std::optional<bool>> minor(privacy::SubjectNumber subject) const = 0;
    /// Everybody known to be a child, ascending. Errors: Unavailable, Corrupt.
    [[nodiscard]] virtual Result<std::vector<privacy::SubjectNumber>> minors() const = 0;
    /// Changes whenever an answer may; cheap (below a microsecond unless it changed).
    [[nodiscard]] virtual std::uint64_t generation() const = 0;
};

}  // namespace fedtrail
