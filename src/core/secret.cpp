#include "fedtrail/core/secret.hpp"

#include <string.h>  // NOLINT(modernize-deprecated-headers): explicit_bzero() is not in <cstring>

namespace fedtrail {

void overwrite(std::span<std::byte> memory) noexcept {
    ::explicit_bzero(memory.data(), memory.size());
}

void overwrite(std::string& text) noexcept {
    text.resize(text.capacity());  // never allocates
    ::explicit_bzero(text.data(), text.size());
    text.clear();
}

}  // namespace fedtrail
