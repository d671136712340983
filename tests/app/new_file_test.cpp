/// Files that commands write take the place of files alone.

#include "app/new_file.hpp"

#include <csignal>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>
#include <string>

#include <catch2/catch.hpp>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "app/files.hpp"
#include "app/output.hpp"
#include "temp_dir.hpp"

namespace fs = std::filesystem;
using fedtrail::ErrorKind;
using fedtrail::app::behind_link;
using fedtrail::app::NewFile;
using fedtrail::app::Session;
using fedtrail::app::write_document;
using fedtrail::testing::TempDir;

namespace {

std::string text_in(const fs::path& file) {
    std::ifstream in{file};
    return {std::istreambuf_iterator<char>{in}, {}};
}

fedtrail::Result<void> write_new(std::ostream& out) {
    out << "new";
    return {};
}

}  // namespace

TEST_CASE("A new file goes where a link leads, and the link stays", "[app][output]") {
    const TempDir dir;
    fs::create_directory(dir / "far");
    std::ofstream{dir / "far" / "file"} << "old";
    fs::create_symlink("far/file", dir / "link");
    SECTION("a bundle") {
        const NewFile file{dir / "link"};
        auto out = file.open();
        REQUIRE(out);
        *out << "new";
        out->close();
        REQUIRE(file.finish());
    }
    SECTION("a document") {
        std::ostringstream out;
        std::ostringstream err;
        Session session{{}, {}, {}, false, false, out, err};
        REQUIRE(write_document(session, (dir / "link").string(), write_new));
    }
    CHECK(fs::is_symlink(dir / "link"));
    CHECK(text_in(dir / "far" / "file") == "new");
}

TEST_CASE("A new file takes the place of no folder, pipe or device", "[app][output]") {
    const TempDir dir;
    fs::create_directory(dir / "folder");
    REQUIRE(::mkfifo((dir / "pipe").c_str(), 0600) == 0);
    fs::create_symlink("/dev/null", dir / "device");
    for (const std::string name : {"folder", "pipe", "device"}) {
        CAPTURE(name);
        const NewFile file{dir / name};
        const auto out = file.open();
        REQUIRE_FALSE(out);
        CHECK(out.error().kind == ErrorKind::Invalid);
        CHECK_FALSE(fs::exists(file.part()));
    }
    CHECK(fs::is_fifo(dir / "pipe"));
}

TEST_CASE("A signal that ends the process leaves no half file, and the old one", "[app][output]") {
    const TempDir dir;
    std::ofstream{dir / "file"} << "old";
    const int signal = GENERATE(SIGHUP, SIGINT, SIGTERM);
    CAPTURE(signal);
    const auto child = ::fork();
    REQUIRE(child >= 0);
    if (child == 0) {
        std::signal(signal, SIG_DFL);  // Catch has its own
        const NewFile file{dir / "file"};
        const bool opened = file.open().has_value() && fs::exists(file.part());
        ::raise(opened ? signal : SIGKILL);
        ::_exit(0);
    }
    int status = 0;
    REQUIRE(::waitpid(child, &status, 0) == child);
    REQUIRE(WIFSIGNALED(status));
    CHECK(WTERMSIG(status) == signal);
    CHECK(text_in(dir / "file") == "old");
    CHECK(std::distance(fs::directory_iterator{dir.path()}, fs::directory_iterator{}) == 1);
}

TEST_CASE("A document that a signal interrupts leaves nothing of it", "[app][output]") {
    const TempDir dir;
    std::ofstream{dir / "file"} << "old";
    const int signal = GENERATE(SIGHUP, SIGINT, SIGTERM);
    CAPTURE(signal);
    const auto child = ::fork();
    REQUIRE(child >= 0);
    if (child == 0) {
        std::signal(signal, SIG_DFL);  // Catch has its own
        std::ostringstream out;
        std::ostringstream err;
        Session session{{}, {}, {}, false, false, out, err};
        const auto done = write_document(
            session, (dir / "file").string(), [signal](std::ostream& to) -> fedtrail::Result<void> {
                to << std::string(100'000, 'x') << std::flush;
                ::raise(signal);
                return {};
            });
        ::_exit(done ? 0 : 1);
    }
    int status = 0;
    REQUIRE(::waitpid(child, &status, 0) == child);
    REQUIRE(WIFSIGNALED(status));
    CHECK(WTERMSIG(status) == signal);
    CHECK(text_in(dir / "file") == "old");
    CHECK(std::distance(fs::directory_iterator{dir.path()}, fs::directory_iterator{}) == 1);
}

TEST_CASE("What lies where a new file is written is not written into", "[app][output]") {
    const TempDir dir;
    std::ofstream{dir / "precious"} << "mine";
    const NewFile file{dir / "file"};
    SECTION("a link") {
        fs::create_symlink("precious", file.part());
    }
    SECTION("a file that all may read") {
        fs::create_hard_link(dir / "precious", file.part());
        fs::permissions(file.part(), fs::perms{0644});
    }
    {
        auto out = file.open();
        REQUIRE(out);
        *out << "new";
    }
    REQUIRE(file.finish());
    CHECK(text_in(dir / "file") == "new");
    CHECK(text_in(dir / "precious") == "mine");
    CHECK(fs::status(dir / "file").permissions() == fs::perms{0600});
}

TEST_CASE("A link that somebody else made where everybody may is not followed", "[app][output]") {
    const TempDir dir;
    const auto link = dir / "shared" / "link";
    fs::create_directory(dir / "shared");
    fs::permissions(dir / "shared", fs::perms::all | fs::perms::sticky_bit);
    std::ofstream{dir / "file"} << "old";
    fs::create_symlink(dir / "file", link);
    CHECK(behind_link(link) == fs::canonical(dir / "file"));
    if (::lchown(link.c_str(), 65534, 65534) != 0) {
        return;  // only root can make it somebody else's
    }
    CHECK(behind_link(link) == link);
    std::ostringstream out;
    std::ostringstream err;
    Session session{{}, {}, {}, false, false, out, err};
    REQUIRE(write_document(session, link.string(), write_new));
    CHECK_FALSE(fs::is_symlink(link));
    CHECK(text_in(dir / "file") == "old");
}

TEST_CASE("A link that leads nowhere is replaced", "[app][output]") {
    const TempDir dir;
    fs::create_symlink("nowhere", dir / "link");
    std::ostringstream out;
    std::ostringstream err;
    Session session{{}, {}, {}, false, false, out, err};
    REQUIRE(write_document(session, (dir / "link").string(), write_new));
    CHECK_FALSE(fs::is_symlink(dir / "link"));
    CHECK(text_in(dir / "link") == "new");
}

TEST_CASE("What is written to /dev/stdout goes where the command writes", "[app][output]") {
    std::ostringstream out;
    std::ostringstream err;
    Session session{{}, {}, {}, false, false, out, err};
    REQUIRE(write_document(session, "/dev/stdout", write_new));
    CHECK(out.str() == "new");
}

TEST_CASE("What somebody has open is written on, not replaced", "[app][output]") {
    const TempDir dir;
    std::ostringstream out;
    std::ostringstream err;
    Session session{{}, {}, {}, false, false, out, err};
    std::ofstream{dir / "log"} << "earlier\n";
    const fedtrail::app::Descriptor log{
        ::open((dir / "log").c_str(), O_WRONLY | O_APPEND)};  // NOLINT(*-vararg): as a shell hands it on
    REQUIRE(log.open());
    const auto number = std::to_string(log.get());
    fs::create_symlink("/dev/fd/" + number, dir / "link");
    for (const auto& name : {"/dev/fd/" + number, "/proc/self/fd/" + number, (dir / "link").string()}) {
        CAPTURE(name);
        REQUIRE(write_document(session, name, write_new));
        CHECK_FALSE(NewFile{name}.open());
    }
    CHECK(text_in(dir / "log") == "earlier\nnewnewnew");
    REQUIRE(::fcntl(log.get(), F_SETFD, FD_CLOEXEC) == 0);  // as the program's own stores: nobody meant these
    CHECK_FALSE(write_document(session, "/dev/fd/" + number, write_new));
    CHECK(text_in(dir / "log") == "earlier\nnewnewnew");
    CHECK(fs::hard_link_count(dir / "log") == 1);
    REQUIRE(write_document(session, "/dev/stderr", write_new));
    CHECK(err.str() == "new");
    REQUIRE(write_document(session, "/proc/self/fd/1", write_new));
    CHECK(out.str() == "new");
    CHECK_FALSE(write_document(session, "/dev/fd/9999", write_new));
}

TEST_CASE("Pipes and devices are written as they are", "[app][output]") {
    const TempDir dir;
    std::ostringstream out;
    std::ostringstream err;
    Session session{{}, {}, {}, false, false, out, err};
    const auto pipe = (dir / "pipe").string();
    REQUIRE(::mkfifo(pipe.c_str(), 0600) == 0);
    const fedtrail::app::Descriptor reader{
        ::open(pipe.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC)};  // NOLINT(*-vararg)
    REQUIRE(write_document(session, pipe, write_new));
    std::string got(8, '\0');
    CHECK(::read(reader.get(), got.data(), got.size()) == 3);
    CHECK(fs::is_fifo(pipe));
    const auto full = write_document(session, "/dev/full", write_new);
    REQUIRE_FALSE(full);
    CHECK(full.error().what == "/dev/full cannot be written: No space left on device");
    CHECK(std::distance(fs::directory_iterator{dir.path()}, {}) == 1);
}
