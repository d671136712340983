/// Lines that could not be used and cannot be removed, beside others.

#include <chrono>
#include <filesystem>
#include <fstream>

#include <catch2/catch.hpp>

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

TEST_CASE("Rejected lines that cannot be removed keep no others", "[app][rejected]") {
    StuckFolder stuck;
    SECTION("when somebody is shredded") {
        const auto gone = stuck.files.forget(fedtrail::privacy::SubjectNumber{7});
        REQUIRE_FALSE(gone);
        CHECK(gone.error().kind == fedtrail::ErrorKind::Unavailable);
    }
    SECTION("when their time is over") {
        const auto gone = stuck.files.drop_before(in_an_hour(), false);
        REQUIRE(gone);
        CHECK(gone->dropped == 1);
        REQUIRE(gone->left);
        CHECK(gone->left->kind == fedtrail::ErrorKind::Unavailable);
    }
    CHECK_FALSE(is_there(stuck.other));
}
