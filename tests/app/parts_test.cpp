/// The smaller parts of the program, without a process.

#include <algorithm>
#include <chrono>
#include <fstream>
#include <optional>
#include <sstream>
#include <thread>

#include <catch2/catch.hpp>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/mount.h>
#include <unistd.h>

#include "app/ballast.hpp"
#include "app/checks.hpp"
#include "app/descriptors.hpp"
#include "app/files.hpp"
#include "app/flow.hpp"
#include "app/import_run.hpp"
#include "app/import_source.hpp"
#include "app/instance.hpp"
#include "app/login.hpp"
#include "app/progress.hpp"
#include "app/remote_import.hpp"
#include "app/session.hpp"
#include "app/store_watch.hpp"
#include "app/table.hpp"
#include "app/tokens.hpp"
#include "app/unnamed_origins.hpp"
#include "backends/openssl/cipher.hpp"
#include "temp_dir.hpp"

using Catch::Contains;
using fedtrail::testing::TempDir;
using namespace fedtrail::app;  // NOLINT(google-build-using-namespace): the subject of this file

namespace {

void write(const std::filesystem::path& file, const std::string& text) {
    std::ofstream{file, std::ios::binary | std::ios::trunc} << text;
}

/// A file system of its own, so small that it can be filled.
class SmallDisk {
public:
    explicit SmallDisk(const std::string& options) {
        mounted_ = ::mount("tmpfs", dir_.path().c_str(), "tmpfs", 0, options.c_str()) == 0;
    }
    SmallDisk(const SmallDisk&) = delete;
    SmallDisk& operator=(const SmallDisk&) = delete;
    SmallDisk(SmallDisk&&) = delete;
    SmallDisk& operator=(SmallDisk&&) = delete;
    ~SmallDisk() {
        if (mounted_) {
            ::umount2(dir_.path().c_str(), MNT_DETACH);
        }
    }
    [[nodiscard]] bool mounted() const { return mounted_; }
    [[nodiscard]] const std::filesystem::path& path() const { return dir_.path(); }
    void fill() const {
        std::ofstream out{path() / "filler", std::ios::binary | std::ios::app};
        const std::string block(4096, 'x');
        while (out << block << std::flush) {
        }
    }

private:
    TempDir dir_;
    bool mounted_{};
};

}  // namespace

TEST_CASE("A complaint is two sentences, in which names stay as they are written", "[app][session]") {
    const auto said = [](const std::string& remedy) {
        std::ostringstream out;
        std::ostringstream err;
        Session session{{}, {}, {}, false, false, out, err};
        complain(session, {fedtrail::ErrorKind::Invalid, "it is wrong", remedy});
        return err.str();
    };
    CHECK(said("") == "fedtrail: it is wrong.\n");
    CHECK(said("write it anew") == "fedtrail: it is wrong. Write it anew.\n");
    CHECK(said("again.") == "fedtrail: it is wrong. Again.\n");
    CHECK(said("Did you mean \"x\"?") == "fedtrail: it is wrong. Did you mean \"x\"?\n");
    for (const auto* name : {"docs/keys.md says more", "fedtrail doctor says more", "log.guard is needed"}) {
        CHECK(said(name) == "fedtrail: it is wrong. " + std::string{name} + ".\n");
    }
}

TEST_CASE("A complaint hands no control character of what it quotes to the terminal", "[app][session]") {
    std::ostringstream out;
    std::ostringstream err;
    Session session{{}, {}, {}, false, false, out, err};
    complain(session,
             {fedtrail::ErrorKind::Invalid,
              "\x1b]0;owned\x07 \xe2\x80\xae is no file\nnor is \x7f",
              "name one\r"});
    CHECK(err.str() == "fedtrail: ?]0;owned?  is no file\nnor is ?. Name one?.\n");
}

TEST_CASE("The remedy of a damaged store is a backup in doctor, whatever the words of the error",
          "[app][doctor]") {
    using fedtrail::Error;
    using fedtrail::ErrorKind;
    const Error damage{ErrorKind::Corrupt, "a row is damaged", "let `fedtrail doctor` look at it"};
    CHECK_THAT(failed_store("cases", damage).remedy, Contains("`fedtrail restore`"));
    CHECK_THAT(failed_store("cases", {ErrorKind::Corrupt, "a row is damaged", ""}).remedy,
               Contains("`fedtrail restore`"));
    CHECK(failed_store("cases", {ErrorKind::Denied, "it is closed", "Open it."}).remedy == "Open it.");
    CHECK(failed("authority", {ErrorKind::Corrupt, "ca.key is gone", "Make another."}).remedy ==
          "Make another.");
}

TEST_CASE("Who runs a command is who logged in, else who called sudo, else the user", "[app][session]") {
    const auto name = [](uid_t user, std::optional<uid_t> at_login, const char* sudo_user) {
        return login_name({user, at_login, sudo_user}, [](uid_t number) {
            return std::string{number == 0      ? "root"
                               : number == 999  ? "fedtrail"
                               : number == 1000 ? "anna"
                               : number == 1001 ? "anna muster"
                                                : ""};
        });
    };
    CHECK(name(1000, {}, "") == "anna");
    CHECK(name(0, {}, "") == "root");
    CHECK(name(0, {}, "anna") == "anna");
    CHECK(name(999, {}, "anna") == "anna");   // sudo -u fedtrail
    CHECK(name(1000, {}, "ben") == "anna");   // left over, or made up
    CHECK(name(999, 1000, "ben") == "anna");  // the system knows better
    CHECK(name(999, 0, "") == "root");
    CHECK(name(0, {}, "anna\nben") == "root");  // no name that goes into the books
    CHECK(name(1001, {}, "") == "1001");
    CHECK(name(4711, {}, "") == "4711");
    CHECK(user_name(0) == "root");
    CHECK(user_name(4'294'967'294) == "");
    std::ostringstream out;
    const Session session{{{"SUDO_USER", "anna"}, {"FEDTRAIL_BY", "a/b"}}, {}, {}, false, false, out, out};
    CHECK_FALSE(session.said_name());
    CHECK(session.by().starts_with("cli:"));
}

TEST_CASE("A table is aligned on a terminal and tabbed in a pipe", "[app][table]") {
    Table table{{{"HOST"}, {"N", true}}};
    table.row({"bücher", "7"});
    table.row({"a\x1b[31m\n\u202E", "12"});
    std::ostringstream piped;
    table.write(piped, false);
    CHECK(piped.str() == "HOST\tN\nbücher\t7\na?[31m?\t12\n");
    std::ostringstream shown;
    table.write(shown, true);
    CHECK_THAT(shown.str(), Contains("bücher    7\n") && Contains("a?[31m?  12\n"));
}

TEST_CASE("Sizes are written for people", "[app][table]") {
    CHECK(octets(512) == "512 B");
    CHECK(octets(64U << 20U) == "64.0 MiB");
}

TEST_CASE("Progress says rate and remaining time", "[app][import]") {
    using std::chrono::duration;
    CHECK(progress_text(1000, duration<double>{2}, 500, 0, 2000) ==
          "1 000 lines   500 a second   25 %   6 s left");
    CHECK(progress_text(10, duration<double>{1}, 0, 0, 0) == "10 lines   10 a second");
    // What an earlier run did counts for the share, not for the rate.
    CHECK_THAT(progress_text(10, duration<double>{1}, 1500, 1000, 2000), Contains("75 %   1 s left"));
}

TEST_CASE("The last hour and the last day are counted to a minute", "[app][flow]") {
    Flow flow;
    const Flow::SteadyInstant start{std::chrono::hours{1000}};
    for (int minute = 0; minute <= 180; ++minute) {
        flow.sample(start + std::chrono::minutes{minute}, static_cast<std::uint64_t>(minute) * 10);
    }
    const auto now = start + std::chrono::minutes{180};
    CHECK(flow.during(std::chrono::minutes{60}, now, 1800) == 600);
    CHECK(flow.during(std::chrono::minutes{24 * 60}, now, 1800) == 1800);
}

TEST_CASE("A file is replaced whole, for its owner alone", "[app][files]") {
    const TempDir dir;
    const auto file = dir / "f";
    REQUIRE(replace_file(file, "one").has_value());
    REQUIRE(replace_file(file, "two").has_value());
    CHECK(read_file(file)->value() == "two");
    CHECK((std::filesystem::status(file).permissions() & std::filesystem::perms::others_read) ==
          std::filesystem::perms::none);
    CHECK_FALSE(read_file(dir / "gone")->has_value());
    CHECK_FALSE(replace_file(dir / "no/such/f", "x").has_value());
}

TEST_CASE("One instance holds a folder, and others can see who", "[app][instance]") {
    const TempDir dir;
    CHECK_FALSE(running_instance(dir.path()).has_value());
    {
        const auto lock = InstanceLock::take(dir.path());
        REQUIRE(lock.has_value());
        REQUIRE(lock->announce({4711, "127.0.0.1:1", "127.0.0.1:2", "now"}).has_value());
        const auto second = InstanceLock::take(dir.path());
        REQUIRE_FALSE(second.has_value());
        CHECK(second.error().kind == fedtrail::ErrorKind::Conflict);
        CHECK_THAT(second.error().what, Contains("process 4711"));
        CHECK(running_instance(dir.path())->api == "127.0.0.1:1");
    }
    CHECK_FALSE(running_instance(dir.path()).has_value());
    const auto next = InstanceLock::take(dir.path());
    REQUIRE(next.has_value());
    CHECK(running_instance(dir.path())->api.empty());  // the last one's address leads nowhere now
    CHECK(running_instance(dir.path())->process == ::getpid());
}

TEST_CASE("Who asks whether a sidecar runs keeps none from starting", "[app][instance]") {
    const TempDir dir;
    REQUIRE(InstanceLock::take(dir.path()).has_value());
    const auto file = dir / "fedtrail.lock";
    std::optional asking{Descriptor{::open(file.c_str(), O_RDONLY | O_CLOEXEC)}};
    REQUIRE(::flock(asking->get(), LOCK_SH | LOCK_NB) == 0);  // as running_instance() does
    const std::jthread knows{[&asking] {
        std::this_thread::sleep_for(std::chrono::milliseconds{20});
        asking.reset();
    }};
    CHECK(InstanceLock::take(dir.path()).has_value());
}

TEST_CASE("Tokens are known by their hash alone", "[app][tokens]") {
    const TempDir dir;
    const auto cipher = fedtrail::openssl::OpensslCipher::make();
    REQUIRE(cipher.has_value());
    TokenBook book{dir.path(), **cipher};
    const auto made =
        book.create({fedtrail::Scope::SubjectSelf}, fedtrail::privacy::SubjectNumber{7}, "note", {});
    REQUIRE(made.has_value());
    const auto grant = book.admit(made->token);
    REQUIRE(grant.has_value());
    CHECK(grant->id == made->id);
    CHECK(grant->subject == fedtrail::privacy::SubjectNumber{7});
    CHECK(grant->allows(fedtrail::Scope::SubjectSelf));
    CHECK_FALSE(grant->allows(fedtrail::Scope::AuditRead));
    CHECK_THAT(read_file(dir / "tokens.json")->value(), !Contains(made->token.substr(12)));

    auto wrong = made->token;
    wrong.back() = wrong.back() == '0' ? '1' : '0';
    CHECK(book.admit(wrong).error().kind == fedtrail::ErrorKind::Denied);
    CHECK(book.admit("").error().kind == fedtrail::ErrorKind::Denied);
    CHECK(book.admit(made->token + std::string(1000, 'x')).error().kind == fedtrail::ErrorKind::Denied);

    TokenBook other{dir.path(), **cipher};  // as another process has it
    CHECK(other.admit(made->token).has_value());
    const auto now = fedtrail::from_unix_seconds(1'800'000'000);
    REQUIRE(other.revoke(made->id, now).has_value());
    CHECK_FALSE(book.admit(made->token).has_value());
    CHECK(book.admit("").error().kind == fedtrail::ErrorKind::Denied);
    CHECK(book.revoke(made->id, now).error().kind == fedtrail::ErrorKind::NotFound);
    const auto kept = book.list();  // records name its id
    REQUIRE(kept.has_value());
    REQUIRE(kept->size() == 1);
    CHECK(kept->front().grant.id == made->id);
    CHECK(kept->front().note == "note");
    CHECK(kept->front().hash.empty());
    CHECK(kept->front().revoked_at == now);
    REQUIRE(book.forget(fedtrail::privacy::SubjectNumber{7}).has_value());
    CHECK(book.list()->empty());
}

TEST_CASE("A damaged book of tokens admits nobody", "[app][tokens]") {
    const TempDir dir;
    const auto cipher = fedtrail::openssl::OpensslCipher::make();
    write(dir / "tokens.json", "{\"format\":\"fedtrail/tokens/1\",\"tokens\":[{}]}");
    const TokenBook book{dir.path(), **cipher};
    CHECK(book.admit("x").error().kind == fedtrail::ErrorKind::Corrupt);
}

TEST_CASE("The local token is an admin's until the process ends", "[app][tokens]") {
    const TempDir dir;
    const auto cipher = fedtrail::openssl::OpensslCipher::make();
    TokenBook book{dir.path(), **cipher};
    CHECK(local_token(dir.path()).error().kind == fedtrail::ErrorKind::NotFound);
    REQUIRE(book.issue_local().has_value());
    const auto token = local_token(dir.path());
    REQUIRE(token.has_value());
    CHECK(book.admit(*token)->allows(fedtrail::Scope::Admin));
    const TokenBook next{dir.path(), **cipher};
    CHECK_FALSE(next.admit(*token).has_value());
}

TEST_CASE("An interrupted import goes on where it stopped, another file of the name does not",
          "[app][import]") {
    const TempDir dir;
    const auto file = (dir / "in").string();
    write(file, "one\ntwo\nthree\n");
    {
        auto source = ImportSource::open(file, dir / "imports");
        REQUIRE(source.has_value());
        REQUIRE(source->reject(1, "one", "no JSON").has_value());
        REQUIRE(source->remember({4, 1}, {0, 0, 1}).has_value());
        REQUIRE(source->reject(2, "two", "no time").has_value());  // and then the process dies
    }
    {
        auto source = ImportSource::open(file, dir / "imports");
        REQUIRE(source.has_value());
        CHECK(source->resume() == fedtrail::intake::events::Position{4, 1});
        CHECK(source->earlier().rejected == 1);
        std::string line;
        REQUIRE(fedtrail::intake::events::go_behind(source->stream(), source->resume().offset));
        std::getline(source->stream(), line);
        CHECK(line == "two");
        REQUIRE(source->reject(2, "two", "no time").has_value());
        fedtrail::intake::events::ImportSummary summary;
        summary.position = {14, 3};
        summary.lines = 2;
        summary.rejected = 1;
        CHECK(import_exit(*source, summary).value() == fedtrail::app::Exit::Done);
        summary.rejected = 2;  // with the one of the first run, all of them
        CHECK(import_exit(*source, summary).error().what == "none of the lines could be taken");
    }
    CHECK(read_file(dir / "in.rejected")->value() == "one\ntwo\n");
    CHECK(read_file(dir / "in.rejected.reasons")->value() == "1\tno JSON\n2\tno time\n");
    write(file, "other\ntwo\nthree\n");
    CHECK(ImportSource::open(file, dir / "imports")->resume() == fedtrail::intake::events::Position{});
    CHECK(ImportSource::open(file, dir / "imports")->has_changed());
}

TEST_CASE("What an import keeps lies elsewhere where nothing can be written beside its file",
          "[app][import]") {
    const TempDir dir;
    const auto elsewhere = dir / "imports";
    const std::string file = "/sys/kernel/fscaps";  // nobody can make a file there, root neither
    {
        auto source = ImportSource::open(file, elsewhere);
        REQUIRE(source.has_value());
        CHECK(source->rejected_file() == elsewhere / "sys-kernel-fscaps-5d862a7a2dcf4e26.rejected");
        REQUIRE(source->reject(1, "1", "no JSON").has_value());
        REQUIRE(source->remember({1, 0}, {0, 0, 1}).has_value());
    }
    CHECK(std::filesystem::status(elsewhere).permissions() == std::filesystem::perms::owner_all);
    CHECK(ImportSource::open(file, elsewhere)->resume() == fedtrail::intake::events::Position{1, 0});
    CHECK(read_file(elsewhere / "sys-kernel-fscaps-5d862a7a2dcf4e26.rejected")->value() == "1\n");

    write(dir / "in", "one\n");
    CHECK(ImportSource::open(dir / "in", dir / "no")->rejected_file() == dir / "in.rejected");
    CHECK_FALSE(std::filesystem::exists(dir / "no"));
    CHECK_FALSE(std::filesystem::exists(dir / "in.fedtrail-probe"));
}

TEST_CASE("An import of a file that was changed since begins at its beginning", "[app][import]") {
    const TempDir dir;
    const auto file = dir / "in.ndjson";
    const fedtrail::intake::events::Position second{8, 2};
    write(file, "one\ntwo\nthree\n");
    REQUIRE(ImportSource::open(file, dir / "imports")->remember(second, {2, 0, 0, 0}));
    const auto resumes_at = [&](const std::string& text) {
        write(file, text);
        const auto source = ImportSource::open(file, dir / "imports");
        REQUIRE(source);
        CHECK(source->has_changed() == (source->resume() != second));
        CHECK(source->earlier().fresh == (source->has_changed() ? 0 : 2));
        return source->resume();
    };
    CHECK(resumes_at("one\ntwo\nthree\nfour\n") == second);
    CHECK(resumes_at("one\ntwo\nanother\n") == second);
    CHECK(resumes_at("one\n2\nthree\n") == fedtrail::intake::events::Position{});
    CHECK(resumes_at("one\nold\nthree\n") == fedtrail::intake::events::Position{});
    CHECK(resumes_at("one\n") == fedtrail::intake::events::Position{});
}

TEST_CASE("A host that an origin forgot is told from people elsewhere", "[app]") {
    using fedtrail::app::unnamed_origins;
    const std::vector<fedtrail::app::OriginConfig> origins{
        {*fedtrail::Host::parse("example.org"), "", {*fedtrail::Host::parse("media.cdn.example")}, ""}};
    fedtrail::capture::RecorderFigures figures;
    figures.recorded = 100;
    figures.without_subject = 40;
    figures.senders = {{"social.example.org", 5},
                       {"notexample.org", 6},
                       {"org", 1},
                       {"cdn.example", 2},
                       {"far.example", 26}};
    CHECK(unnamed_origins(figures, origins) ==
          std::map<std::string, std::uint64_t>{{"cdn.example", 2}, {"social.example.org", 5}});
    figures.recorded = 0;
    CHECK(unnamed_origins(figures, origins).contains("far.example"));
    CHECK_FALSE(unnamed_origins(figures, origins).contains("notexample.org"));
}

TEST_CASE("An import through a sidecar keeps line numbers over batches and stops when asked",
          "[app][import]") {
    struct FakeClient final : fedtrail::HttpClient {
        int calls{};
        fedtrail::Result<fedtrail::HttpResponse> send(const fedtrail::HttpRequest& request) override {
            ++calls;
            CHECK(fedtrail::header_of(request.headers, "Authorization") == "Bearer t");
            const auto lines = std::count(request.body.begin(), request.body.end(), '\n');
            const std::string bad = lines > 1 ? R"([{"line":2,"reason":"bad"}])" : "[]";
            return fedtrail::HttpResponse{200,
                                          {},
                                          R"({"new":)" + std::to_string(lines - (lines > 1 ? 1 : 0)) +
                                              R"(,"duplicate":0,"without_subject":0,"rejected":)" + bad +
                                              "}"};
        }
    } client;
    std::string text;
    for (int i = 1; i <= 4001; ++i) {
        text += "line " + std::to_string(i) + "\n";
    }
    std::istringstream stream{text};
    std::vector<std::string> rejected;
    fedtrail::intake::events::ImportOptions options;
    options.rejected = [&](const fedtrail::intake::events::RejectedLine& line) {
        rejected.push_back(std::to_string(line.line) + "=" + std::string{line.text});
    };
    const auto summary = import_through({client, "t"}, stream, options);
    REQUIRE(summary.has_value());
    CHECK(client.calls == 3);
    CHECK(rejected == std::vector<std::string>{"2=line 2", "2002=line 2002"});
    CHECK(summary->position == fedtrail::intake::events::Position{text.size(), 4001});

    const std::atomic<bool> stop{true};
    options.stop = &stop;
    std::istringstream again{text};
    CHECK(import_through({client, "t"}, again, options)->stopped);
}

TEST_CASE("The ballast really takes the room it gives back", "[app][ballast]") {
    const SmallDisk disk{"size=16m"};
    if (!disk.mounted()) {
        WARN("skipped: needs root to mount a small file system");
        return;
    }
    const Ballast ballast{disk.path(), 4U << 20U};
    const auto before = free_octets(disk.path());
    REQUIRE(ballast.keep().value());
    CHECK(ballast.held() >= 4U << 20U);
    CHECK(before - free_octets(disk.path()) >= 4U << 20U);
    disk.fill();
    CHECK(free_octets(disk.path()) == 0);
    CHECK(ballast.release());
    CHECK(free_octets(disk.path()) >= 4U << 20U);
    CHECK_FALSE(ballast.keep().value());  // it would leave too little
    CHECK_FALSE(ballast.release());
}

TEST_CASE("A store counts as in its place only as the file that was opened", "[app]") {
    const TempDir dir;
    const auto file = dir / "ledger.db";
    write(file, "first");
    const StoreWatch watch{{file, dir / "never.db"}};
    CHECK(watch.in_place());
    write(file, "second");  // the same file
    CHECK(watch.in_place());
    std::filesystem::rename(file, dir / "away.db");
    const auto gone = watch.in_place();
    REQUIRE_FALSE(gone);
    CHECK(gone.error().kind == fedtrail::ErrorKind::Unavailable);
    CHECK(gone.error().what == file.string() + " was deleted or moved away while it was in use");
    write(file, "another");
    CHECK_FALSE(watch.in_place());
    std::filesystem::rename(dir / "away.db", file);
    CHECK(watch.in_place());
    const std::string beside = file.string() + GENERATE("-wal", "-shm");
    write(beside, "a log");
    const StoreWatch all{{file}};
    std::filesystem::remove(beside);
    CHECK(watch.in_place());
    const auto lost = all.in_place();
    REQUIRE_FALSE(lost);
    CHECK(lost.error().what == beside + " was deleted or moved away while it was in use");
    CHECK(lost.error().remedy.find("in order") != std::string::npos);
    CHECK(can_be_written(dir.path()));
    CHECK_FALSE(can_be_written(dir / "nowhere"));
    CHECK(std::distance(std::filesystem::directory_iterator{dir.path()}, {}) == 1);
}

TEST_CASE("The proxy holds no more connections than there are files for", "[app]") {
    CHECK(connections_with(descriptors_for(16'384), 16'384) == 16'384);
    CHECK(connections_with(65'536, 16'384) == 16'384);
    CHECK(connections_with(1'048'576, 16'384) == 16'384);
    CHECK(connections_with(1'024, 16'384) == 256);
    CHECK(connections_with(256, 16'384) == 64);
    CHECK(connections_with(256, 10) == 10);
    CHECK(connections_with(0, 10) == 1);
}

TEST_CASE("That fewer connections are held is said of a number that was asked for, or of very few", "[app]") {
    CHECK_FALSE(is_too_few(16'384, 16'384, true));
    CHECK(is_too_few(16'383, 16'384, true));
    CHECK_FALSE(is_too_few(7'952, 16'384, false));  // a hard limit of 20,000
    CHECK_FALSE(is_too_few(1'638, 16'384, false));
    CHECK(is_too_few(1'637, 16'384, false));
}
