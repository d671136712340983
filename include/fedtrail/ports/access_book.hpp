/// Where looks at people's data are written down.

#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "fedtrail/core/result.hpp"
#include "fedtrail/records/access.hpp"

namespace fedtrail {

/// Thread-safe; several processes may share it. Errors of all: Unavailable, Corrupt.
class AccessBook {
public:
    AccessBook() = default;
    AccessBook(const AccessBook&) = delete;
    AccessBook& operator=(const AccessBook&) = delete;
    AccessBook(AccessBook&&) = delete;
    AccessBook& operator=(AccessBook&&) = delete;
    virtual ~AccessBook() = default;

    /// All of them or none, each with its leaf for the log, without the reason; durable when it returns: to
    /// be called before anything is shown. Errors: also Invalid (a reason that is too long).
    [[nodiscard]] virtual Result<void> record(std::span<const records::Access> accesses) = 0;
    [[nodiscard]] Result<void> record(const records::Access& access) { return record(std::span{&access, 1}); }
    /// The newest first, at most `limit`.
    [[nodiscard]] virtual Result<std::vector<records::Access>> accesses(privacy::SubjectNumber subject,
                                                                        std::size_t limit) const = 0;
    /// The same, reasons that do not open as Access::why_lost.
    [[nodiscard]] virtual Result<std::vector<records::Access>> accesses_past_damage(
        privacy::SubjectNumber subject, std::size_t limit) const = 0;
    [[nodiscard]] virtual Result<std::uint64_t> count(privacy::SubjectNumber subject) const = 0;
};

}  // namespace fedtrail
