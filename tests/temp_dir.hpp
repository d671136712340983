/// A folder of its own for one test, gone afterwards.

#pragma once

#include <cstdlib>
#include <filesystem>
#include <string>
#include <system_error>

namespace fedtrail::testing {

class TempDir {
public:
    TempDir() : TempDir(std::filesystem::temp_directory_path()) {}
    /// In memory where the machine can: for tests that write much and need no disk.
    static TempDir in_memory() {
        return TempDir{std::filesystem::is_directory("/dev/shm") ? "/dev/shm"
                                                                 : std::filesystem::temp_directory_path()};
    }
    explicit TempDir(const std::filesystem::path& parent) {
        std::string name = (parent / "fedtrail.XXXXXX").string();
        if (::mkdtemp(name.data()) == nullptr) {
            std::abort();
        }
        path_ = name;
    }
    TempDir(const TempDir&) = delete;
    TempDir& operator=(const TempDir&) = delete;
    TempDir(TempDir&&) = delete;
    TempDir& operator=(TempDir&&) = delete;
    ~TempDir() {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }

    [[nodiscard]] const std::filesystem::path& path() const { return path_; }
    [[nodiscard]] std::filesystem::path operator/(const std::string& name) const { return path_ / name; }

private:
    std::filesystem::path path_;
};

}  // namespace fedtrail::testing
