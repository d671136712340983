/// The one form a bundle's zip can have: every octet of it follows from the members' names, sizes, contents
/// and their order. docs/formats/bundle.md; why it shares nothing with other zips: docs/decisions/0013.

#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "fedtrail/audit/verify.hpp"
#include "fedtrail/core/bytes.hpp"
#include "fedtrail/core/result.hpp"

namespace fedtrail::audit {

struct ZipMember {
    std::string name;
    std::uint64_t size{};
    std::uint32_t crc{};
    std::uint64_t offset{};  ///< Of its header.
};

inline constexpr std::size_t kMaxMembers = 10'000;
inline constexpr std::size_t kMaxMemberName = 200;

/// Letters, digits, "._-" and "/" between parts that are neither empty nor start with a dot.
[[nodiscard]] bool is_member_name(std::string_view name);

/// What stands before a member's content.
[[nodiscard]] std::string local_header(const ZipMember& member);
/// The directory and the three ends; it stands at `offset`.
[[nodiscard]] std::string directory_of(std::span<const ZipMember> members, std::uint64_t offset);

/// CRC-32 (ISO 3309), continued from `crc`; 0 at the start.
[[nodiscard]] std::uint32_t crc32_of(std::uint32_t crc, ByteView bytes);

/// The members, after every octet of directory and headers was compared with the one form. Errors: Corrupt
/// (which names the place), those of `file`.
[[nodiscard]] Result<std::vector<ZipMember>> read_directory(const ByteSource& file);

/// Where a member's content starts.
[[nodiscard]] std::uint64_t content_of(const ZipMember& member);

}  // namespace fedtrail::audit
