/// The ballast: room that is kept so that it can be given up. SQLite needs room to recover and to open; on a
/// disk that is full to the last block neither works.

#pragma once

#include <cstdint>
#include <filesystem>

#include "fedtrail/core/result.hpp"

namespace fedtrail::app {

class Ballast {
public:
    /// `size` octets at `data_dir`/ballast; 0 keeps none.
    Ballast(const std::filesystem::path& data_dir, std::uint64_t size);

    /// Reserves the room if it is not reserved (really allocated, not sparse). Leaves at least as much free
    /// again, or takes nothing. False if there is too little room. Errors: Unavailable, Denied.
    [[nodiscard]] Result<bool> keep() const;
    /// Gives the room back. False if there was nothing to give.
    [[nodiscard]] bool release() const;
    /// Octets held now.
    [[nodiscard]] std::uint64_t held() const;
    [[nodiscard]] std::uint64_t wanted() const { return size_; }
    /// Octets that must be free for keep().
    [[nodiscard]] std::uint64_t needed() const { return 2 * size_; }
    [[nodiscard]] const std::filesystem::path& file() const { return file_; }

private:
    std::filesystem::path file_;
    std::uint64_t size_;
};

/// Octets this user may still write at `folder`; 0 if it cannot be told.
[[nodiscard]] std::uint64_t free_octets(const std::filesystem::path& folder);

}  // namespace fedtrail::app
