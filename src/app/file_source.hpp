/// A file whose octets are read in any order.

#pragma once

#include <filesystem>
#include <memory>

#include "fedtrail/audit/verify.hpp"

#include "app/files.hpp"

namespace fedtrail::app {

class FileSource final : public audit::ByteSource {
public:
    /// Errors: NotFound, Denied, Invalid (a folder, a pipe).
    [[nodiscard]] static Result<std::unique_ptr<FileSource>> open(const std::filesystem::path& file);

    [[nodiscard]] std::uint64_t size() const override { return size_; }
    [[nodiscard]] Result<void> read(std::uint64_t offset, std::span<std::byte> out) const override;

private:
    FileSource(Descriptor file, std::uint64_t size) : file_(std::move(file)), size_(size) {}

    Descriptor file_;
    std::uint64_t size_;
};

}  // namespace fedtrail::app
