#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

/// What libFuzzer calls; each program defines it.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);  // NOLINT

namespace fedtrail::fuzz {

inline std::string_view text(const std::uint8_t* data, std::size_t size) {
    // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): a char may alias any byte.
    return {reinterpret_cast<const char*>(data), size};
}

/// Something that must hold for every input.
inline void must(bool holds) {
    if (!holds) {
        std::abort();
    }
}

}  // namespace fedtrail::fuzz
