/// The log against sudden death, and against two that sign it at once: real processes, real files.

#include <array>
#include <csignal>
#include <functional>
#include <random>

#include <catch2/catch.hpp>
#include <sys/wait.h>
#include <unistd.h>

#include "fedtrail/ledger/tree.hpp"

#include "app/log_guard.hpp"
#include "audit/publisher.hpp"
#include "backends/sqlite/leaf_table.hpp"
#include "backends/sqlite/log_store.hpp"
#include "fakes/stopped_clock.hpp"
#include "temp_dir.hpp"

using namespace fedtrail;  // NOLINT(google-build-using-namespace): a test of one program
using testing::StoppedClock;
using testing::TempDir;

namespace {

ledger::NoteSigner signer() {
    return *ledger::NoteSigner::make("o.example", ledger::NoteKeyKind::Log, Bytes(32, std::byte{7}));
}

/// Everything one process has open.
struct Desk {
    explicit Desk(const std::filesystem::path& folder)
        : guard(folder / "log.guard"),
          log(std::move(*sqlite::SqliteLog::open(folder / "log.db", sqlite::OpenMode::ReadWrite))),
          leaves(std::move(*sqlite::SqliteLeaves::open(LeafStore::Log, folder / "log.db"))),
          publisher({*log, {leaves.get()}, guard, clock}, signer()) {}

    Result<void> happen(std::uint64_t number) {
        return static_cast<AuditTrail&>(*log).append(
            {from_unix_seconds(1), records::RetentionRunLeaf{{}, {{"look", number}}}});
    }

    StoppedClock clock;
    app::GuardFile guard;
    std::unique_ptr<sqlite::SqliteLog> log;
    std::unique_ptr<sqlite::SqliteLeaves> leaves;
    audit::Publisher publisher;
};

/// A child that tells every checkpoint it was allowed to show, until it is killed.
class Signing {
public:
    Signing(const std::filesystem::path& folder, std::uint64_t first) {
        std::array<int, 2> ends{};
        REQUIRE(::pipe(ends.data()) == 0);
        process_ = ::fork();
        if (process_ == 0) {
            ::close(ends[0]);
            sign_for_ever(folder, first, ends[1]);
        }
        ::close(ends[1]);
        told_ = ends[0];
    }
    Signing(const Signing&) = delete;
    Signing& operator=(const Signing&) = delete;
    Signing(Signing&&) = delete;
    Signing& operator=(Signing&&) = delete;
    ~Signing() {
        ::kill(process_, SIGKILL);
        ::waitpid(process_, nullptr, 0);
        ::close(told_);
    }

    /// The checkpoints it told, the first `least` at least, before it was killed.
    std::vector<ledger::Checkpoint> kill_after(std::size_t least) {
        std::string text;
        std::array<char, 4096> buffer{};
        const auto notes = [&] {
            std::size_t count = 0;
            for (auto at = text.find('\0'); at != std::string::npos; at = text.find('\0', at + 1)) {
                ++count;
            }
            return count;
        };
        for (ssize_t got = 1; notes() < least && got > 0;) {
            got = ::read(told_, buffer.data(), buffer.size());
            text.append(buffer.data(), static_cast<std::size_t>(std::max<ssize_t>(got, 0)));
        }
        ::kill(process_, SIGKILL);
        for (ssize_t got = 1; got > 0;) {
            got = ::read(told_, buffer.data(), buffer.size());
            text.append(buffer.data(), static_cast<std::size_t>(std::max<ssize_t>(got, 0)));
        }
        std::vector<ledger::Checkpoint> told;
        for (auto end = text.find('\0'); end != std::string::npos; end = text.find('\0')) {
            const auto note = ledger::Note::parse(text.substr(0, end));
            REQUIRE(note);
            told.push_back(*ledger::Checkpoint::parse(note->text));
            text.erase(0, end + 1);
        }
        return told;
    }

private:
    [[noreturn]] static void sign_for_ever(const std::filesystem::path& folder,
                                           std::uint64_t first,
                                           int out) {
        Desk desk{folder};
        for (auto number = first;; ++number) {
            const bool fine = desk.happen(number) && (number % 3 != 0 || desk.happen(number));
            const auto published = desk.publisher.publish();
            const auto last = desk.log->last_checkpoint();
            if (!fine || !published || !last || !*last) {
                ::_exit(1);
            }
            const auto& note = (*last)->note;
            if (::write(out, note.c_str(), note.size() + 1) != static_cast<ssize_t>(note.size() + 1)) {
                ::_exit(1);
            }
        }
    }

    pid_t process_{};
    int told_{-1};
};

/// Each is part of the log as it is now: none was taken back, and there is one history.
void check_history(Desk& desk, const std::vector<ledger::Checkpoint>& told) {
    for (const auto& checkpoint : told) {
        const auto root = desk.log->root_at(checkpoint.size);
        INFO(checkpoint.size);
        REQUIRE(root);
        REQUIRE(*root == checkpoint.root);
    }
    const auto checked = desk.log->check();
    REQUIRE(checked);
    CAPTURE(checked->faults);
    REQUIRE(checked->faults.empty());
    const auto guarded = *desk.guard.hold(app::GuardFile::kAwaited).value()->read();
    REQUIRE(guarded);
    const auto known = ledger::Checkpoint::parse(ledger::Note::parse(*guarded)->text);
    REQUIRE(*desk.log->root_at(known->size) == known->root);
    if (!told.empty()) {
        REQUIRE(known->size >= told.back().size);
    }
}

}  // namespace

TEST_CASE("A kill -9 at any moment takes no checkpoint back and forks nothing", "[app][log][crash]") {
    const auto folder = TempDir::in_memory();
    std::mt19937_64 random{11};  // NOLINT(cert-msc51-cpp): about the same moments every time
    std::vector<ledger::Checkpoint> told;
    for (int round = 0; round < 40; ++round) {
        {
            Signing child{folder.path(), told.size()};
            const auto more = child.kill_after(random() % 4);
            for (const auto& checkpoint : more) {
                REQUIRE((told.empty() || checkpoint.size > told.back().size));
                told.push_back(checkpoint);
            }
        }
        Desk desk{folder.path()};
        const auto waiting = desk.leaves->leaves(0, 100'000);
        const auto published = desk.publisher.publish();
        REQUIRE(published);
        check_history(desk, told);
        REQUIRE(*desk.log->size() == waiting->size());  // every event has its leaf, and once
        if (const auto last = *desk.log->last_checkpoint(); last && !told.empty()) {
            REQUIRE(last->checkpoint.size >= told.back().size);
        }
    }
    CHECK(told.size() > 20);
}

TEST_CASE("Two processes that sign one log keep one history", "[app][log][crash]") {
    const auto folder = TempDir::in_memory();
    Desk desk{folder.path()};
    REQUIRE(desk.happen(0));
    REQUIRE(desk.publisher.publish());
    std::vector<ledger::Checkpoint> by_one;
    std::vector<ledger::Checkpoint> by_two;
    {
        Signing one{folder.path(), 1'000};
        Signing two{folder.path(), 2'000};
        by_one = one.kill_after(30);
        by_two = two.kill_after(30);
    }
    CHECK(by_one.size() >= 30);
    CHECK(by_two.size() >= 30);
    REQUIRE(desk.publisher.publish());
    check_history(desk, by_one);
    check_history(desk, by_two);
}
