/// The books of cases against sudden death and a full disk.

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <functional>
#include <optional>
#include <random>
#include <thread>

#include <SQLiteCpp/SQLiteCpp.h>
#include <catch2/catch.hpp>
#include <sqlite3.h>
#include <sys/wait.h>
#include <unistd.h>

#include "backends/sqlite/case_story.hpp"

using namespace fedtrail;  // NOLINT(google-build-using-namespace): a test of one room
using namespace fedtrail::testing;
using sqlite::OpenMode;
using sqlite::SqliteCases;

namespace {

/// What is told to the end while something fails.
struct Tale {
    std::size_t acts;
    Act act;
};
constexpr std::array<Tale, 2> kTales{{{2 * kActsOfOne, act}, {kLifetime, act_of_lifetime}}};

/// Stands in for the write call of every SQLite file: at the `countdown`th write something happens.
struct WriteFault {
    enum class Kind { None, Die, DieHalfway, DiskFull };
    inline static std::atomic<Kind> kind{Kind::None};
    inline static std::atomic<long> countdown{0};

    static ssize_t pwrite(int file, const void* bytes, std::size_t count, off_t offset) {
        if (kind != Kind::None && --countdown <= 0) {
            if (kind == Kind::DiskFull) {
                kind = Kind::None;  // somebody made room
                errno = ENOSPC;
                return -1;
            }
            if (kind == Kind::DieHalfway) {
                (void)!::pwrite(file, bytes, count / 2, offset);
            }
            ::raise(SIGKILL);
        }
        return ::pwrite(file, bytes, count, offset);
    }

    /// `pwrite()` above, or SQLite's own again.
    static void install(bool on) {
        auto* const files = sqlite3_vfs_find(nullptr);
        for (const auto* name : {"pwrite", "pwrite64"}) {
            // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): that is how SQLite takes it
            files->xSetSystemCall(files, name, on ? reinterpret_cast<sqlite3_syscall_ptr>(&pwrite) : nullptr);
        }
    }
};

/// Runs `body(acknowledge)` in a child and counts what it acknowledged before it died or ended.
class Child {
public:
    template <typename Body>
    explicit Child(const Body& body) {
        std::array<int, 2> ends{};
        if (::pipe(ends.data()) != 0) {
            std::abort();
        }
        pid_ = ::fork();
        if (pid_ == 0) {
            ::close(ends[0]);
            const bool done = body([&] { return ::write(ends[1], "+", 1) == 1; });
            ::_exit(done ? 0 : 1);
        }
        ::close(ends[1]);
        acknowledged_ = ends[0];
    }
    Child(const Child&) = delete;
    Child& operator=(const Child&) = delete;
    Child(Child&&) = delete;
    Child& operator=(Child&&) = delete;
    ~Child() {
        ::kill(pid_, SIGKILL);
        ::waitpid(pid_, nullptr, 0);
        ::close(acknowledged_);
    }

    void wait_for(std::size_t count) {
        char byte{};
        while (count_ < count && ::read(acknowledged_, &byte, 1) == 1) {
            ++count_;
        }
    }
    void kill() { ::kill(pid_, SIGKILL); }
    /// How many acknowledgements there were until its end.
    std::size_t end() {
        wait_for(~std::size_t{0});
        ::waitpid(pid_, &status_, 0);
        return count_;
    }
    [[nodiscard]] bool ended_well() const { return WIFEXITED(status_) && WEXITSTATUS(status_) == 0; }
    [[nodiscard]] bool was_killed() const { return WIFSIGNALED(status_) && WTERMSIG(status_) == SIGKILL; }

private:
    pid_t pid_{};
    int acknowledged_{-1};
    std::size_t count_{};
    int status_{};
};

/// How many acts the file tells of; nothing if it is none of `story`'s moments.
std::optional<std::size_t> acts_in(const SqliteCases& cases, const std::vector<std::string>& story) {
    const auto told = told_by(cases);
    const auto moment = std::find(story.begin(), story.end(), told);
    return moment == story.end() ? std::nullopt
                                 : std::optional{static_cast<std::size_t>(moment - story.begin())};
}

bool tell_all(const Tale& tale, SqliteCases& cases, const std::function<bool()>& acknowledge) {
    for (std::size_t number = 0; number < tale.acts; ++number) {
        if (!tale.act(cases, number) || !acknowledge()) {
            return false;
        }
    }
    return true;
}

}  // namespace

TEST_CASE("A kill -9 at any write loses no act and halves none", "[cases][crash]") {
    const auto& tale = kTales.at(GENERATE(0U, 1U));
    const auto moments = story(tale.acts, tale.act);
    REQUIRE(moments.size() == tale.acts + 1);
    const auto leaves = leaves_of_story(tale.acts, tale.act);
    const NumberedKeys keys;
    for (const auto kind : {WriteFault::Kind::Die, WriteFault::Kind::DieHalfway}) {
        const long step = kind == WriteFault::Kind::Die ? 1 : 3;  // a torn write is read like a missing one
        std::size_t deaths = 0;
        for (long write = 1;; write += step) {
            const auto folder = TempDir::in_memory();
            Child child{[&](const std::function<bool()>& acknowledge) {
                WriteFault::install(true);
                WriteFault::countdown = write;
                WriteFault::kind = kind;
                const auto cases = SqliteCases::open_file(folder / "cases.db", keys, OpenMode::ReadWrite);
                return cases && tell_all(tale, **cases, acknowledge);
            }};
            const auto acknowledged = child.end();
            if (!child.was_killed()) {
                REQUIRE(child.ended_well());
                break;
            }
            ++deaths;
            const auto cases = SqliteCases::open_file(folder / "cases.db", keys, OpenMode::ReadWrite);
            REQUIRE(cases);
            const auto told = acts_in(**cases, moments);
            REQUIRE(told);
            REQUIRE((*told == acknowledged || *told == acknowledged + 1));
            const auto check = (*cases)->check();
            REQUIRE(check->faults.empty());
            REQUIRE(check->leaves == leaves[*told]);  // an event and its leaf, or neither
            for (auto number = *told; number < tale.acts; ++number) {
                REQUIRE(tale.act(**cases, number));
            }
            REQUIRE(told_by(**cases) == moments.back());
        }
        CHECK(deaths * static_cast<std::size_t>(step) > 3 * tale.acts);
    }
}

TEST_CASE("A disk that is full at any write refuses an act whole", "[cases][faults]") {
    const auto& tale = kTales.at(GENERATE(0U, 1U));
    const auto moments = story(tale.acts, tale.act);
    const NumberedKeys keys;
    WriteFault::install(true);
    std::size_t refusals = 0;
    for (long write = 1;; ++write) {
        const auto folder = TempDir::in_memory();
        const auto cases = SqliteCases::open_file(folder / "cases.db", keys, OpenMode::ReadWrite);
        REQUIRE(cases);
        WriteFault::countdown = write;
        WriteFault::kind = WriteFault::Kind::DiskFull;
        for (std::size_t number = 0; number < tale.acts; ++number) {
            if (const auto done = tale.act(**cases, number); !done) {
                ++refusals;
                REQUIRE(done.error().kind == ErrorKind::Unavailable);
                REQUIRE(told_by(**cases) == moments[number]);
                REQUIRE(tale.act(**cases, number));
            }
            REQUIRE(told_by(**cases) == moments[number + 1]);
        }
        const bool was_full = WriteFault::kind == WriteFault::Kind::None;
        WriteFault::kind = WriteFault::Kind::None;
        REQUIRE((*cases)->check()->faults.empty());
        if (!was_full) {
            break;
        }
    }
    WriteFault::install(false);
    CHECK(refusals > tale.acts);
}

TEST_CASE("Two that write at once, one of them killed at random, leave whole books", "[cases][crash]") {
    const NumberedKeys keys;
    std::mt19937_64 random{4};  // NOLINT(cert-msc51-cpp): the same moments every time, more or less
    for (int round = 0; round < 8; ++round) {
        const auto folder = TempDir::in_memory();
        const auto file = folder / "cases.db";
        REQUIRE(SqliteCases::open_file(file, keys, OpenMode::ReadWrite));
        const auto open_requests = [&](const std::function<bool()>& acknowledge) {
            const auto cases = SqliteCases::open_file(file, keys, OpenMode::ReadWrite);
            for (int i = 0; cases && i < 100'000; ++i) {
                const auto request = started(**cases, 7);
                if (!(*cases)->plan(
                        request.number, objects_of(3), std::vector{notice_to(request, "a.example")}) ||
                    !acknowledge()) {
                    return false;
                }
            }
            return cases.has_value();
        };
        Child one{open_requests};
        Child two{open_requests};
        one.wait_for(3 + random() % 40);
        one.kill();
        const auto by_one = one.end();
        two.wait_for(5);
        two.kill();
        const auto by_two = two.end();
        const auto cases = SqliteCases::open_file(file, keys, OpenMode::ReadWrite);
        REQUIRE(cases);
        const auto check = (*cases)->check();
        CAPTURE(check->faults);
        CHECK(check->faults.empty());
        CHECK(check->notices >= by_one + by_two);
        CHECK(check->notices <= by_one + by_two + 2);
        CHECK(check->requests >= check->notices);
        CHECK(check->requests <= check->notices + 2);
    }
}

TEST_CASE("Many threads may ask and write at once", "[cases][threads]") {
    SqliteShelf shelf;
    auto& cases = shelf.requests();
    constexpr std::size_t kRounds = 30;
    std::atomic<std::size_t> failed{0};
    const auto writes = [&](std::uint64_t subject) {
        for (std::size_t round = 0; round < kRounds; ++round) {
            const auto request = started(cases, subject);
            const auto planned = cases.plan(request.number, {}, std::vector{notice_to(request, "a.example")});
            const auto objected = cases.object(records::Objection{
                privacy::SubjectNumber{subject}, host("a.example"), at(0), request.number});
            failed += planned && objected ? 0 : 1;
        }
    };
    std::vector<std::thread> threads;
    std::atomic<bool> is_written{false};
    for (int i = 0; i < 2; ++i) {
        threads.emplace_back([&] {
            while (!is_written) {
                NoticeFilter filter;
                filter.due_at = at(1'000);
                failed += cases.notices(filter) && cases.objections() && cases.generation() > 0 ? 0 : 1;
            }
        });
    }
    std::thread other{[&] { writes(2); }};
    writes(1);
    other.join();
    is_written = true;
    for (auto& thread : threads) {
        thread.join();
    }
    CHECK(failed == 0);
    CHECK(cases.check()->notices == 2 * kRounds);
    CHECK(cases.check()->faults.empty());
    CHECK(cases.objections()->size() == 2);
}
