/// A packed file read as what is in it, with libarchive.

#pragma once

#include <filesystem>
#include <istream>
#include <memory>

#include "fedtrail/core/result.hpp"

namespace fedtrail::zip {

/// Whether the file begins as gzip, zstd, xz or bzip2 does.
[[nodiscard]] bool is_packed(const std::filesystem::path& file);

/// The content of one, unpacked as it is read; it cannot seek. A file that is damaged makes the stream bad().
/// Errors: Denied, Unavailable (it cannot be read), Corrupt (it is damaged where it begins), Invalid (it is
/// not packed in one of these ways).
[[nodiscard]] Result<std::unique_ptr<std::istream>> open_packed(const std::filesystem::path& file);

}  // namespace fedtrail::zip
