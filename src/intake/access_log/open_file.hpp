/// A file that is read while others write, rename and truncate it.

#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string_view>

#include <sys/stat.h>

#include "fedtrail/core/result.hpp"

namespace fedtrail::intake::access_log {

class OpenFile {
public:
    OpenFile() = default;
    OpenFile(const OpenFile&) = delete;
    OpenFile& operator=(const OpenFile&) = delete;
    OpenFile(OpenFile&& other) noexcept : number_(other.number_) { other.number_ = -1; }
    OpenFile& operator=(OpenFile&& other) noexcept;
    ~OpenFile();

    /// For reading. Errors: NotFound, Denied.
    [[nodiscard]] static Result<OpenFile> open(const std::filesystem::path& file);

    [[nodiscard]] bool is_open() const { return number_ >= 0; }
    /// Its own facts, whatever its name is now.
    [[nodiscard]] std::optional<struct stat> facts() const;
    /// What lies at `offset`, as much as fits; less at the end. Errors: Unavailable.
    [[nodiscard]] Result<std::size_t> read_at(std::uint64_t offset, std::span<char> room) const;
    /// A hash of the first `length` octets, to tell files apart; nothing if it is shorter or cannot be read.
    [[nodiscard]] std::optional<std::uint64_t> start_hash(std::uint64_t length) const;

private:
    explicit OpenFile(int number) : number_(number) {}
    int number_{-1};
};

}  // namespace fedtrail::intake::access_log
