/// ZIP files by Poco.

#pragma once

#include "fedtrail/ports/archive.hpp"

namespace fedtrail::poco {

class ZipArchiver final : public Archiver {
public:
    [[nodiscard]] Result<void> write(std::span<const ArchiveMember> members,
                                     Instant at,
                                     std::ostream& out) const override;
};

}  // namespace fedtrail::poco
