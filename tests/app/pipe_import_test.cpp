/// What is still being written: what is there can be had at once, and a stop ends the waiting.

#include <atomic>
#include <string>

#include <catch2/catch.hpp>
#include <fcntl.h>
#include <unistd.h>

#include "app/import_source.hpp"
#include "app/pipe_stream.hpp"
#include "temp_dir.hpp"

using fedtrail::app::Descriptor;
using fedtrail::app::ImportSource;
using fedtrail::app::PipeStream;
using fedtrail::testing::TempDir;

namespace {

struct Pipe {
    Pipe() {
        int ends[2]{};
        REQUIRE(::pipe2(ends, O_CLOEXEC) == 0);
        out = Descriptor{ends[0]};
        in = Descriptor{ends[1]};
    }
    void write(const std::string& text) const {
        REQUIRE(::write(in.get(), text.data(), text.size()) == static_cast<ssize_t>(text.size()));
    }

    Descriptor out{};
    Descriptor in{};
};

}  // namespace

TEST_CASE("What a pipe has can be had without waiting, and the rest when it comes", "[app][import][pipe]") {
    const Pipe pipe;
    const std::atomic<bool> stop{};
    PipeStream in{Descriptor{::dup(pipe.out.get())}, stop};
    CHECK(in.rdbuf()->in_avail() == 0);
    pipe.write("one\ntwo\n");
    CHECK(in.rdbuf()->in_avail() == 8);
    std::string line;
    CHECK(std::getline(in, line));
    CHECK(line == "one");
    CHECK(in.rdbuf()->in_avail() == 4);
    CHECK(std::getline(in, line));
    CHECK(in.rdbuf()->in_avail() == 0);
}

TEST_CASE("A pipe that nobody writes into ends when it is to stop", "[app][import][pipe]") {
    const Pipe pipe;
    const std::atomic<bool> stop{true};
    PipeStream in{Descriptor{::dup(pipe.out.get())}, stop};
    CHECK(in.get() == std::istream::traits_type::eof());
    CHECK_FALSE(in.bad());
}

TEST_CASE("A pipe that cannot be read on says why", "[app][import][pipe]") {
    const std::atomic<bool> stop{};
    PipeStream in{Descriptor{::open("/", O_RDONLY | O_CLOEXEC)}, stop};
    CHECK(in.get() == std::istream::traits_type::eof());
    CHECK(in.bad());
    CHECK(in.read_fault() == std::errc::is_a_directory);
}

TEST_CASE("Standard input tells what it has, so that lines go in together", "[app][import][pipe]") {
    const TempDir dir;
    const Pipe pipe;
    pipe.write("one\ntwo\n");
    const Descriptor before{::fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3)};
    REQUIRE(::dup2(pipe.out.get(), STDIN_FILENO) == STDIN_FILENO);
    auto source = ImportSource::open("-", dir / "elsewhere");
    if (before.open()) {
        ::dup2(before.get(), STDIN_FILENO);
    } else {
        ::close(STDIN_FILENO);
    }
    REQUIRE(source);
    CHECK(source->stream().get() == 'o');
    CHECK(source->stream().rdbuf()->in_avail() == 7);
    CHECK_FALSE(source->can_resume());
}
