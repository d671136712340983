/// Small files that are written once and never replaced (keys, certificates).

#pragma once

#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "fedtrail/core/result.hpp"

namespace fedtrail::openssl {

inline constexpr std::size_t kSmall = std::size_t{64} << 10U;

enum class Readers : unsigned { OwnerOnly = 0600, Everybody = 0644 };

/// Writes `path` whole or not at all, flushed to the disk with its folder. A file that is there stays as it
/// is: false. Errors: Denied, Unavailable (disk full).
[[nodiscard]] Result<bool> write_once(const std::filesystem::path& path,
                                      std::string_view content,
                                      Readers readers);

/// The content, or nothing if there is no such file. Errors: Denied (not readable; an OwnerOnly file that
/// others may read; not a plain file), Invalid (longer than `most` octets).
[[nodiscard]] Result<std::optional<std::string>> read_small(const std::filesystem::path& path,
                                                            Readers readers,
                                                            std::size_t most = kSmall);

}  // namespace fedtrail::openssl
