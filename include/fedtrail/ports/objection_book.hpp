/// Where objections are kept, and what a delivery is checked against.

#pragma once

#include <vector>

#include "fedtrail/core/result.hpp"
#include "fedtrail/records/erasure.hpp"

namespace fedtrail {

/// Thread-safe; several processes may share it.
class ObjectionBook {
public:
    ObjectionBook() = default;
    ObjectionBook(const ObjectionBook&) = delete;
    ObjectionBook& operator=(const ObjectionBook&) = delete;
    ObjectionBook(ObjectionBook&&) = delete;
    ObjectionBook& operator=(ObjectionBook&&) = delete;
    virtual ~ObjectionBook() = default;

    /// Idempotent. One of no request takes the place of a request's, since when it stands aside. Errors:
    /// Unavailable.
    [[nodiscard]] virtual Result<void> object(const records::Objection& objection) = 0;
    /// Nothing if there is none. Errors: Unavailable.
    [[nodiscard]] virtual Result<void> lift(privacy::SubjectNumber subject, const Host& recipient) = 0;
    /// Oldest first.
    [[nodiscard]] virtual Result<std::vector<records::Objection>> objections() const = 0;
    /// Changes whenever the list does; cheap (below a microsecond unless it changed).
    [[nodiscard]] virtual std::uint64_t generation() const = 0;
};

}  // namespace fedtrail
