/// Who is meant by a name that somebody gives: the one way from names to subject numbers.

#pragma once

#include <string_view>

#include "fedtrail/core/result.hpp"
#include "fedtrail/privacy/disclosure.hpp"

namespace fedtrail {

/// Thread-safe.
class SubjectFinder {
public:
    SubjectFinder() = default;
    SubjectFinder(const SubjectFinder&) = delete;
    SubjectFinder& operator=(const SubjectFinder&) = delete;
    SubjectFinder(SubjectFinder&&) = delete;
    SubjectFinder& operator=(SubjectFinder&&) = delete;
    virtual ~SubjectFinder() = default;

    /// `subject` is "alice@origin.example" (a leading "@" or "acct:" is fine), an actor URI, or a subject
    /// number, for which nothing of theirs has to open. Errors: NotFound, Invalid, Conflict (several accounts
    /// have this handle).
    [[nodiscard]] virtual Result<privacy::SubjectNumber> find(std::string_view subject) const = 0;
};

}  // namespace fedtrail
