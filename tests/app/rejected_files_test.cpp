/// Lines that could not be used: how long they are kept, for whom, and under which name.

#include "app/rejected_files.hpp"

#include <chrono>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include <catch2/catch.hpp>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "app/files.hpp"
#include "app/import_source.hpp"
#include "temp_dir.hpp"

using namespace fedtrail::app;      // NOLINT(google-build-using-namespace): the subject of this file
using namespace fedtrail::testing;  // NOLINT(google-build-using-namespace): a test
using namespace std::chrono_literals;
namespace fs = std::filesystem;

namespace {

constexpr fedtrail::privacy::SubjectNumber kAnybody{7};

std::set<std::string> names_in(const fs::path& folder) {
    std::set<std::string> names;
    for (const auto& entry : fs::directory_iterator{folder}) {
        names.insert(entry.path().filename().string());
    }
    return names;
}

/// A data folder with something of an import and of the access log.
struct KeptLines {
    TempDir dir;
    RejectedFiles files{dir.path()};

    KeptLines() {
        fs::create_directory(imports_folder(dir.path()));
        for (const auto* name : {"a.rejected", "a.rejected.reasons", "a.fedtrail-import", "somebody's.txt"}) {
            put(imports_folder(dir.path()) / name);
        }
        put(ingress_rejected_file(dir.path()));
        put(dir / "tokens.json");
    }
    static void put(const fs::path& file) { std::ofstream{file} << "of alice@o.example"; }
    [[nodiscard]] std::set<std::string> imports() const { return names_in(imports_folder(dir.path())); }
};

fedtrail::Instant from_now(std::chrono::milliseconds time) {
    return std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now()) + time;
}

}  // namespace

TEST_CASE("All rejected lines go with whoever is shredded", "[app][import][rejected]") {
    KeptLines kept;
    REQUIRE(kept.files.forget(kAnybody));
    CHECK(kept.imports() == std::set<std::string>{"a.fedtrail-import", "somebody's.txt"});
    CHECK(names_in(kept.dir.path()) == std::set<std::string>{"imports", "tokens.json"});
    REQUIRE(kept.files.forget(kAnybody));
    fs::remove_all(imports_folder(kept.dir.path()));
    CHECK(kept.files.forget(kAnybody));
    // Nobody can tell what is there.
    KeptLines::put(imports_folder(kept.dir.path()));
    CHECK(kept.files.forget(kAnybody).error().kind == fedtrail::ErrorKind::Unavailable);
}

TEST_CASE("Rejected lines go when their time is over, and with them a place to go on from",
          "[app][import][rejected]") {
    KeptLines kept;
    const auto dropped = [&](std::chrono::milliseconds horizon, bool only_count) {
        const auto expired = kept.files.drop_before(from_now(horizon), only_count);
        REQUIRE(expired);
        return expired->dropped;
    };
    CHECK(dropped(-1h, false) == 0);
    CHECK(dropped(1h, true) == 4);
    CHECK(kept.imports().size() == 4);
    CHECK(dropped(1h, false) == 4);
    CHECK(kept.imports() == std::set<std::string>{"somebody's.txt"});
    CHECK(names_in(kept.dir.path()) == std::set<std::string>{"imports", "tokens.json"});
}

TEST_CASE("Bad lines of the access log are kept day by day, so that each day's go", "[app][rejected]") {
    const TempDir dir;
    const auto file = ingress_rejected_file(dir.path());
    const auto now = from_now(0h);
    REQUIRE(set_aside_past_day(dir.path(), now));
    CHECK(names_in(dir.path()).empty());
    KeptLines::put(file);
    REQUIRE(set_aside_past_day(dir.path(), now));
    CHECK(fs::exists(file));
    const std::chrono::sys_seconds late = std::chrono::sys_days{2026y / 3 / 1} + 23h;
    fs::last_write_time(file, std::chrono::file_clock::from_sys(late));
    REQUIRE(set_aside_past_day(dir.path(), *fedtrail::parse_rfc3339("2026-03-02T00:00:00Z")));
    CHECK_FALSE(fs::exists(file));
    CHECK(names_in(imports_folder(dir.path())) == std::set<std::string>{"ingress-2026-03-01.rejected"});
    RejectedFiles files{dir.path()};
    const auto gone = files.drop_before(*fedtrail::parse_rfc3339("2026-03-02T00:00:00Z"), false);
    REQUIRE(gone);
    CHECK(gone->dropped == 1);
}

TEST_CASE("An import whose rejected lines were removed under it begins another file",
          "[app][import][rejected]") {
    const TempDir dir;
    std::ofstream{dir / "in"} << "one\ntwo\n";
    {
        auto source = ImportSource::open((dir / "in").string(), dir / "imports");
        REQUIRE(source);
        REQUIRE(source->reject(1, "one", "no JSON"));
        REQUIRE(source->remember({4, 1}, {0, 0, 1}));
        fs::remove(dir / "in.rejected");
        REQUIRE(source->reject(2, "two", "no time"));
    }
    CHECK(read_file(dir / "in.rejected")->value() == "two\n");
    CHECK(read_file(dir / "in.rejected.reasons")->value() == "1\tno JSON\n2\tno time\n");
}

namespace {

/// A folder in which nobody can write, with `files` in it; it takes root to make one.
class ReadOnlyDisk {
public:
    explicit ReadOnlyDisk(const std::vector<fs::path>& files) {
        mounted_ = ::mount("tmpfs", dir_.path().c_str(), "tmpfs", 0, "size=64k") == 0;
        if (mounted_) {
            for (const auto& file : files) {
                fs::create_directories((dir_.path() / file).parent_path());
                std::ofstream{dir_.path() / file} << "one\ntwo\n";
            }
            mounted_ =
                ::mount("tmpfs", dir_.path().c_str(), "tmpfs", MS_REMOUNT | MS_RDONLY, "size=64k") == 0;
        }
    }
    ReadOnlyDisk(const ReadOnlyDisk&) = delete;
    ReadOnlyDisk& operator=(const ReadOnlyDisk&) = delete;
    ReadOnlyDisk(ReadOnlyDisk&&) = delete;
    ReadOnlyDisk& operator=(ReadOnlyDisk&&) = delete;
    ~ReadOnlyDisk() { ::umount2(dir_.path().c_str(), MNT_DETACH); }
    [[nodiscard]] bool mounted() const { return mounted_; }
    [[nodiscard]] const fs::path& path() const { return dir_.path(); }

private:
    TempDir dir_;
    bool mounted_{};
};

}  // namespace

TEST_CASE("What root's import keeps in the data folder has the folder's owner", "[app][import][rejected]") {
    const ReadOnlyDisk disk{{fs::path{"in"}}};
    const TempDir data;
    constexpr uid_t kService = 12'345;
    if (!disk.mounted() || ::chown(data.path().c_str(), kService, kService) != 0) {
        return;  // not root
    }
    fs::path rejected;
    {
        auto source = ImportSource::open((disk.path() / "in").string(), data / "imports");
        REQUIRE(source);
        REQUIRE(source->reject(1, "one", "no JSON"));
        REQUIRE(source->remember({4, 1}, {0, 0, 1}));
        rejected = source->rejected_file();
    }
    REQUIRE(names_in(data / "imports").size() == 3);
    for (const auto& entry : fs::recursive_directory_iterator{data.path()}) {
        struct stat found {};
        REQUIRE(::stat(entry.path().c_str(), &found) == 0);
        CAPTURE(entry.path().string());
        CHECK(found.st_uid == kService);
        CHECK(found.st_gid == kService);
    }
    // A second name may be that of a file which the service must not have.
    std::ofstream{data / "roots"} << "secret";
    fs::remove(rejected);
    fs::create_hard_link(data / "roots", rejected);
    give_to_owner_of(data.path(), rejected);
    struct stat found {};
    REQUIRE(::stat((data / "roots").c_str(), &found) == 0);
    CHECK(found.st_uid == 0);
}

TEST_CASE("Two files whose paths differ in a dash alone keep their rejected lines apart",
          "[app][import][rejected]") {
    const std::string folder(100, 'x');
    const std::string longest(200, 'y');
    const ReadOnlyDisk disk{{fs::path{"a/b-c"}, fs::path{"a-b/c"}, fs::path{folder} / longest}};
    if (!disk.mounted()) {
        return;  // not root
    }
    const TempDir data;
    const auto open = [&](const fs::path& file) {
        const auto source = ImportSource::open(file.string(), data / "imports");
        REQUIRE(source);
        return source->rejected_file();
    };
    const auto one = open(disk.path() / "a/b-c");
    CHECK(one == open(disk.path() / "a/./b-c"));
    CHECK(one.filename().string().size() < 255);
    CHECK(one.filename().string().find("-a-b-c-") != std::string::npos);

    const auto other = open(disk.path() / "a-b/c");
    CHECK(other != one);
    CHECK(other.filename().string().find("-a-b-c-") != std::string::npos);

    const auto name = open(disk.path() / folder / longest).filename().string();
    CHECK(name.size() < 255);
    CHECK(name.find("yyy-") != std::string::npos);
}

TEST_CASE("Half a file goes once the process that wrote it is gone", "[app][files]") {
    const TempDir dir;
    const auto child = ::fork();
    if (child == 0) {
        ::_exit(0);
    }
    REQUIRE(child > 0);
    ::waitpid(child, nullptr, 0);
    const auto gone = "in.fedtrail-import.new." + std::to_string(child);
    for (const std::string& name : {gone,
                                    std::string{"in.fedtrail-import.new.1"},
                                    std::string{"in.new.x"},
                                    std::string{"other.new.1"}}) {
        std::ofstream{dir / name} << "{";
        fs::last_write_time(dir / name, fs::file_time_type::clock::now() - 2min);
    }
    // In another container on this volume the number may be that of somebody who writes.
    const auto young = "in.fedtrail-import.new." + std::to_string(::getpid());
    std::ofstream{dir / young} << "{";
    std::ofstream{dir / "in"} << "one\n";
    auto source = ImportSource::open((dir / "in").string(), dir / "imports");
    REQUIRE(source);
    REQUIRE(source->finish());
    CHECK(names_in(dir.path()) ==
          std::set<std::string>{"in", young, "in.fedtrail-import.new.1", "in.new.x", "other.new.1"});
}

TEST_CASE("A line that a crash cut off is joined with no other", "[app][rejected]") {
    const TempDir dir;
    const auto now = from_now(0ms);
    REQUIRE(keep_rejected(dir.path(), "one\ntwo\n", now));
    std::ofstream{ingress_rejected_file(dir.path()), std::ios::app} << "thr";
    REQUIRE(keep_rejected(dir.path(), "four\n", now));
    std::ifstream in{ingress_rejected_file(dir.path())};
    std::stringstream text;
    text << in.rdbuf();
    CHECK(text.str() == "one\ntwo\nthr\nfour\n");
}

TEST_CASE("Of a day's lines some 1 MiB is kept", "[app][rejected]") {
    const TempDir dir;
    const auto line = std::string(1'000, 'x') + "\n";
    std::string lines;
    while (lines.size() < 3U << 19U) {
        lines += line;
    }
    for (int i = 0; i < 2; ++i) {
        REQUIRE(keep_rejected(dir.path(), lines, from_now(0ms)));
    }
    const auto size = fs::file_size(ingress_rejected_file(dir.path()));
    CHECK(size >= 1U << 20U);
    CHECK(size < (1U << 20U) + line.size());
    CHECK(size % line.size() == 0);
}
