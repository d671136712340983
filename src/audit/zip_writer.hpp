/// Writes a bundle's zip, one member after the other.

#pragma once

#include <ostream>
#include <string>
#include <vector>

#include "audit/zip_format.hpp"

namespace fedtrail::audit {

/// `out` must be seekable: a member's header is written anew when its content is known. Whether writing
/// succeeded is asked of the stream at the end.
class ZipWriter {
public:
    explicit ZipWriter(std::ostream& out) : out_(out) {}

    void begin(std::string name);
    void write(std::string_view content);
    /// Its size and CRC.
    ZipMember end();
    /// The directory. Errors: Unavailable (the disk is full, the file is gone).
    [[nodiscard]] Result<void> finish();

    [[nodiscard]] std::uint64_t written() const noexcept { return at_; }

private:
    std::ostream& out_;
    std::vector<ZipMember> members_;
    std::uint64_t at_{};
};

}  // namespace fedtrail::audit
