/// What the files about notes share.

#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace fedtrail::ledger {

inline constexpr std::size_t kEd25519Seed = 32;
inline constexpr std::size_t kEd25519Signature = 64;

/// The text up to the next line feed, which is taken off `rest` with it; nothing if there is none.
[[nodiscard]] std::optional<std::string_view> take_line(std::string_view& rest);
/// Decimal digits without a leading zero, at most 2^63 - 1.
[[nodiscard]] std::optional<std::uint64_t> plain_number(std::string_view text);

}  // namespace fedtrail::ledger
