/// Several files in one (ZIP, APPNOTE.TXT 6.3).

#pragma once

#include <functional>
#include <iosfwd>
#include <span>
#include <string>

#include "fedtrail/core/result.hpp"
#include "fedtrail/core/time.hpp"

namespace fedtrail {

struct ArchiveMember {
    std::string name;  ///< A relative path with "/", without "..", at most 255 octets.
    bool packed{true};
    std::function<void(std::ostream&)> write;  ///< A stream that fails is the archive's failure.
};

/// Thread-safe.
class Archiver {
public:
    Archiver() = default;
    Archiver(const Archiver&) = delete;
    Archiver& operator=(const Archiver&) = delete;
    Archiver(Archiver&&) = delete;
    Archiver& operator=(Archiver&&) = delete;
    virtual ~Archiver() = default;

    /// Writes `members` in their order (the directory at the end may have another), all of them dated `at`:
    /// the same members give the same octets. `out` need not be seekable; the archive, and one member
    /// besides, are held in memory. Errors: Invalid (a name), Unavailable (a member or `out` cannot be
    /// written).
    [[nodiscard]] virtual Result<void> write(std::span<const ArchiveMember> members,
                                             Instant at,
                                             std::ostream& out) const = 0;
};

}  // namespace fedtrail
