/// Small files of ours: private, replaced whole or not at all.

#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>

#include "fedtrail/core/result.hpp"
#include "fedtrail/core/time.hpp"

namespace fedtrail::app {

/// A descriptor with an owner.
class Descriptor {
public:
    explicit Descriptor(int number = -1) : number_(number) {}
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    Descriptor(Descriptor&& other) noexcept : number_(other.number_) { other.number_ = -1; }
    Descriptor& operator=(Descriptor&& other) noexcept;
    ~Descriptor();
    [[nodiscard]] int get() const { return number_; }
    [[nodiscard]] bool open() const { return number_ >= 0; }

private:
    int number_;
};

/// Whatever it is; what cannot be looked at is not there.
[[nodiscard]] bool is_there(const std::filesystem::path& file);

/// Replaces `file` (mode 0600) whole: written beside, flushed, renamed. Errors: Denied, Unavailable.
[[nodiscard]] Result<void> replace_file(const std::filesystem::path& file, std::string_view content);

/// Adds to the end of `file` (mode 0600, made if it is not there); flushed. What a failure left of it is cut
/// off again, but a crash may leave a part. Errors: Denied, Unavailable.
[[nodiscard]] Result<void> append_to_file(const std::filesystem::path& file, std::string_view content);

/// Changes whenever the file is replaced or written to; "none" if it is not there.
[[nodiscard]] std::string file_state(const std::filesystem::path& file);

/// Nothing if there is no such file. Errors: Denied, Invalid (above 16 MiB).
[[nodiscard]] Result<std::optional<std::string>> read_file(const std::filesystem::path& file);

/// Nothing there is no error. Errors: Unavailable.
[[nodiscard]] Result<void> remove_file(const std::filesystem::path& file);

/// Where this process writes what is to take the place of `file`.
[[nodiscard]] std::filesystem::path name_beside(const std::filesystem::path& file);

/// Removes from `folder` what replace_file() left of files whose names begin so, when its process was killed;
/// not while that process lives, nor within a minute after it wrote: on a volume of several containers the
/// number may be another's. What cannot be removed stays.
void remove_unfinished(const std::filesystem::path& folder, std::string_view begins = {});

/// When the file was last written.
[[nodiscard]] Instant written_at(const std::filesystem::path& file, std::error_code& fault);

/// The folder with mode 0700, made if it is not there. Errors: Denied.
[[nodiscard]] Result<void> make_folder(const std::filesystem::path& folder);

/// Gives a file or folder that root made to the owner of `like`: a command may run as root, and the service
/// has to remove later what it left. Does nothing for other users, or for what is not root's alone.
void give_to_owner_of(const std::filesystem::path& like, const std::filesystem::path& made);

/// errno in words.
[[nodiscard]] std::string system_words(int error);

}  // namespace fedtrail::app
