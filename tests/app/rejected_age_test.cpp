/// How old lines are that could not be used, and what cannot be removed beside others.

#include <chrono>
#include <filesystem>
#include <fstream>

#include <catch2/catch.hpp>
#include <fcntl.h>
#include <sys/stat.h>

#include "app/files.hpp"
#include "app/rejected_files.hpp"
#include "temp_dir.hpp"

using namespace fedtrail::app;  // NOLINT(google-build-using-namespace): the subject of this file
using namespace std::chrono_literals;
using fedtrail::testing::TempDir;
namespace fs = std::filesystem;

namespace {

fedtrail::Instant in_an_hour() {
    return std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now()) + 1h;
}

/// Some file systems do not keep when a file was made.
bool keeps_beginnings(const fs::path& file) {
    struct statx found {};
    return ::statx(AT_FDCWD, file.c_str(), 0, STATX_BTIME, &found) == 0 &&
           (found.stx_mask & STATX_BTIME) != 0;
}

/// A data folder in which the access log's bad lines cannot be removed, for something else lies there.
struct StuckFolder {
    TempDir dir;
    RejectedFiles files{dir.path()};
    fs::path other{imports_folder(dir.path()) / "a.rejected"};

    StuckFolder() {
        fs::create_directories(ingress_rejected_file(dir.path()) / "inside");
        fs::create_directory(imports_folder(dir.path()));
        std::ofstream{other} << "one\n";
    }
};

}  // namespace

TEST_CASE("A line now and then does not keep the access log's first bad lines for ever",
          "[app][ingress][rejected]") {
    const TempDir dir;
    RejectedFiles files{dir.path()};
    const auto log = ingress_rejected_file(dir.path());
    const auto import = imports_folder(dir.path()) / "a.rejected";
    fs::create_directory(imports_folder(dir.path()));
    for (const auto& file : {log, import}) {
        std::ofstream{file} << "of alice@o.example\n";
        fs::last_write_time(file, fs::file_time_type::clock::now() + 2h);
    }
    if (!keeps_beginnings(log)) {
        return;
    }
    CHECK(files.drop_before(in_an_hour() - 2h, false)->dropped == 0);
    CHECK(files.drop_before(in_an_hour(), true)->dropped == 1);
    CHECK(files.drop_before(in_an_hour(), false)->dropped == 1);
    CHECK_FALSE(is_there(log));
    CHECK(is_there(import));  // somebody may be at it
}

TEST_CASE("Rejected lines that cannot be removed keep no others", "[app][rejected]") {
    StuckFolder stuck;
    SECTION("when somebody is shredded") {
        const auto gone = stuck.files.forget(fedtrail::privacy::SubjectNumber{7});
        REQUIRE_FALSE(gone);
        CHECK(gone.error().kind == fedtrail::ErrorKind::Unavailable);
    }
    SECTION("when their time is over") {
        const auto gone = stuck.files.drop_before(in_an_hour(), false);
        REQUIRE_FALSE(gone);
        CHECK(gone.error().kind == fedtrail::ErrorKind::Unavailable);
    }
    CHECK_FALSE(is_there(stuck.other));
}
