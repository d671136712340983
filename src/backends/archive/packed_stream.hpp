/// A packed file read as what is in it, with libarchive.

#pragma once

#include <filesystem>
#include <istream>
#include <memory>
#include <string_view>
#include <system_error>

#include "fedtrail/core/result.hpp"

namespace fedtrail::zip {

/// Whether it begins as gzip, zstd, xz or bzip2 does.
[[nodiscard]] bool begins_packed(std::string_view content);
/// The same of a file.
[[nodiscard]] bool is_packed(const std::filesystem::path& file);

/// The content of a packed file; it cannot seek.
class PackedStream : public std::istream {
public:
    /// Why the file could not be read on, once the stream is bad(); none if what is in it is damaged.
    [[nodiscard]] virtual std::error_code read_fault() const = 0;

protected:
    PackedStream() : std::istream(nullptr) {}
};

/// Unpacked as it is read. A file that is damaged or cannot be read on makes the stream bad().
/// Errors: Denied, Unavailable (it cannot be read), Corrupt (it is damaged where it begins), Invalid (it is
/// not packed in one of these ways).
[[nodiscard]] Result<std::unique_ptr<PackedStream>> open_packed(const std::filesystem::path& file);

}  // namespace fedtrail::zip
