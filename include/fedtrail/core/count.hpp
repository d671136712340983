/// How many of something, in English.

#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace fedtrail {

/// "1 234 567".
[[nodiscard]] std::string grouped(std::uint64_t number);

/// "1 server", "1 234 servers"; `many` where an s does not make it.
[[nodiscard]] std::string counted(std::uint64_t number, std::string_view one, std::string_view many = {});

}  // namespace fedtrail
