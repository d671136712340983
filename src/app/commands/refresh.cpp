#include <algorithm>
#include <condition_variable>
#include <csignal>
#include <mutex>
#include <optional>
#include <ostream>
#include <set>
#include <string>

#include <nlohmann/json.hpp>
#include <unistd.h>

#include "fedtrail/core/count.hpp"

#include "app/commands/recipient_commands.hpp"
#include "app/progress.hpp"
#include "app/refresh_room.hpp"
#include "app/stop_signals.hpp"
#include "app/stores.hpp"
#include "app/system_clock.hpp"

namespace fedtrail::app {

namespace {

using SteadyClock = std::chrono::steady_clock;

constexpr std::chrono::milliseconds kLook{200};  ///< A signal cannot wake the loop.

/// Rung from the network's thread.
class Doorbell {
public:
    void ring() {
        const std::lock_guard held{mutex_};
        rung_ = true;
        changed_.notify_all();
    }
    void wait(std::chrono::milliseconds most) {
        std::unique_lock held{mutex_};
        changed_.wait_for(held, most, [this] { return rung_; });
        rung_ = false;
    }

private:
    std::mutex mutex_;
    std::condition_variable changed_;
    bool rung_{};
};

/// One line that says how far it is.
class Line {
public:
    Line(std::ostream& out, std::uint64_t whole)
        : out_(out), shown_(::isatty(STDERR_FILENO) == 1), whole_(whole) {}
    void update(const recipients::RefresherFigures& figures) {
        const auto now = SteadyClock::now();
        if (!shown_ || now - drawn_ < kRedraw) {
            return;
        }
        drawn_ = now;
        const auto seconds = std::max(std::chrono::duration<double>(now - begun_).count(), 0.001);
        const auto rate = static_cast<double>(figures.visits) / seconds;
        out_ << "\r\x1b[K" << grouped(figures.visits) << " of " << counted(whole_, "recipient") << "   "
             << counted(figures.questions, "request");
        if (figures.visits > 0 && figures.visits < whole_) {
            out_ << "   " << static_cast<std::uint64_t>(static_cast<double>(whole_ - figures.visits) / rate)
                 << " s left";
        }
        out_ << std::flush;
    }
    void end() {
        if (drawn_ != SteadyClock::time_point{}) {
            out_ << "\r\x1b[K" << std::flush;
        }
    }

private:
    std::ostream& out_;
    bool shown_;
    std::uint64_t whole_;
    SteadyClock::time_point begun_{SteadyClock::now()};
    SteadyClock::time_point drawn_{};
};

struct RefreshBench {
    Config config;
    ReadingRoom reading;
    SystemClock clock;
    Doorbell bell;
    std::unique_ptr<RefreshRoom> room;
};

Result<std::unique_ptr<RefreshBench>> open_bench(const Session& session, const RefreshOptions& options) {
    auto bench = std::make_unique<RefreshBench>();
    auto config = session.config();
    const auto folders = find_policies(session.environment, session.program);
    if (!config || !folders) {
        return !config ? Result<std::unique_ptr<RefreshBench>>{fail(config)} : fail(folders);
    }
    bench->config = std::move(*config);
    auto policies = load_recipient_policies(*folders);
    if (!policies) {
        return fail(policies);
    }
    auto reading = open_reading_room(bench->config, session.environment);
    if (!reading) {
        return fail(reading);
    }
    bench->reading = std::move(*reading);
    auto room = RefreshRoom::open(
        bench->config,
        *bench->reading.cipher,
        bench->clock,
        std::move(*policies),
        [raw = bench.get()] { raw->bell.ring(); },
        RefreshPace{options.max_rate, !options.host.empty()});
    if (!room) {
        return fail(room);
    }
    bench->room = std::move(*room);
    return bench;
}

/// Calls for one, before all others; not while it wants to be left alone.
Result<std::uint64_t> call_one(RefreshBench& bench, const Host& host) {
    auto& directory = bench.room->directory();
    const auto entry = directory.entry(host);
    if (!entry) {
        return fail(entry);
    }
    if (is_resting(*entry, bench.clock.now())) {
        return fail(ErrorKind::Unavailable,
                    host.text() + " asked to be left alone until " + format_rfc3339(*entry->rest_until),
                    "It is asked again then.");
    }
    const auto called = directory.call_for(std::vector{host}, Instant{});
    return called ? Result<std::uint64_t>{1} : fail(called);
}

/// Gives how many are due.
Result<std::uint64_t> call(RefreshBench& bench, const RefreshOptions& options) {
    auto& room = *bench.room;
    if (!options.host.empty()) {
        return call_one(bench, Host::parse(options.host).value_or(Host{}));
    }
    const auto entered =
        options.all ? room.call_for_all(*bench.reading.ledger) : room.enter(*bench.reading.ledger);
    if (!entered) {
        return fail(entered);
    }
    const auto totals = room.directory().totals(bench.clock.now());
    return totals ? Result<std::uint64_t>{totals->due} : fail(totals);
}

/// Others may have taken some of those that were due.
Result<bool> nobody_left(RefreshBench& bench, bool enough, Instant now) {
    if (enough || !bench.room->refresher().idle()) {
        return enough;
    }
    const auto totals = bench.room->directory().totals(now);
    return totals ? Result<bool>{totals->due == 0} : fail(totals);
}

/// What was found damaged and passed over.
class Damage {
public:
    /// Errors: `done`, unless that is damage and something was done since the last: a step that can do
    /// nothing else would go on for ever.
    Result<void> pass(const Result<void>& done, std::uint64_t visits) {
        if (done || done.error().kind != ErrorKind::Corrupt) {
            return done;
        }
        idle_ = visits == visits_ ? idle_ + 1 : 0;
        visits_ = visits;
        note(done.error());
        return idle_ > kMostIdle ? done : Result<void>{};
    }
    /// Whether it is damage, which is told at the end.
    bool note(const Error& error) {
        if (error.kind != ErrorKind::Corrupt) {
            return false;
        }
        first_ = first_.value_or(error);
        if (told_.size() < kMostTold) {
            told_.insert(error.what);
        }
        return true;
    }
    [[nodiscard]] std::uint64_t count() const { return told_.size(); }
    [[nodiscard]] const std::optional<Error>& first() const { return first_; }

private:
    static constexpr int kMostIdle = 100;
    static constexpr std::size_t kMostTold = 10'000;

    std::optional<Error> first_;
    std::set<std::string> told_;  ///< Each thing counts once, however often it is met.
    std::uint64_t visits_{};
    int idle_{};
};

/// Until `visits` have ended, nobody is due, or a signal came.
Result<void> make_visits(RefreshBench& bench, std::uint64_t visits, Line& line, Damage& damage) {
    auto& refresher = bench.room->refresher();
    while (!stop_asked) {
        const auto next = refresher.step();
        const auto figures = refresher.figures();
        if (auto passed = damage.pass(next ? Result<void>{} : fail(next), figures.visits); !passed) {
            return passed;
        }
        line.update(figures);
        const auto now = bench.clock.now();
        const auto done = nobody_left(bench, figures.visits >= visits, now);
        if (!done) {
            return fail(done);
        }
        if (*done) {
            return {};
        }
        const auto until = (next ? next->value_or(now + kLook) : now + kLook) - now;
        bench.bell.wait(std::clamp<std::chrono::milliseconds>(until, std::chrono::milliseconds{0}, kLook));
    }
    return {};
}

void tell(Session& session,
          const recipients::RefresherFigures& figures,
          std::uint64_t left,
          const Damage& damage) {
    if (session.json) {
        session.out << nlohmann::ordered_json{{"format", "fedtrail/refresh/1"},
                                              {"visits", figures.visits},
                                              {"answered", figures.answered},
                                              {"requests", figures.questions},
                                              {"not_modified", figures.not_modified},
                                              {"policies", figures.policies},
                                              {"policy_changes", figures.changes},
                                              {"due", left},
                                              {"damaged", damage.count()},
                                              {"stopped", stop_asked.load()}}
                           .dump(2)
                    << "\n";
        return;
    }
    session.out << counted(figures.visits, "recipient") << " asked, " << grouped(figures.answered)
                << " answered; " << counted(figures.questions, "request") << ", "
                << grouped(figures.not_modified) << " of them unchanged\n"
                << counted(figures.policies, "policy", "policies") << " read for the first time, "
                << grouped(figures.changes) << " changed\n";
    if (left > 0) {
        session.out << counted(left, "is", "are")
                    << " still due; `fedtrail recipients refresh` goes on there.\n";
    }
}

}  // namespace

Result<Exit> recipients_refresh(Session& session, const RefreshOptions& options) {
    const auto host = Host::parse(options.host.empty() ? "a.example" : options.host);
    if (!host || host->empty()) {
        complain(session, {ErrorKind::Invalid, "HOST is not a host name", "Write it as a.example."});
        return Exit::Usage;
    }
    auto bench = open_bench(session, options);
    if (!bench) {
        return fail(bench);
    }
    watch_signals();
    std::signal(SIGPIPE, SIG_IGN);
    const auto whole = call(**bench, options);
    if (!whole) {
        return fail(whole);
    }
    Line line{session.err, *whole};
    Damage damage;
    const auto ran = make_visits(**bench, *whole, line, damage);
    line.end();
    const auto stopped = (*bench)->room->stop();
    for (const auto* each : {&ran, &stopped}) {
        if (!*each && !damage.note(each->error())) {
            return fail(*each);
        }
    }
    const auto totals = (*bench)->room->directory().totals((*bench)->clock.now());
    if (!totals) {
        return fail(totals);
    }
    const auto figures = (*bench)->room->refresher().figures();
    tell(session, figures, options.host.empty() ? totals->due : 0, damage);
    if (const auto& first = damage.first()) {
        complain(session,
                 {first->kind,
                  counted(damage.count(), "thing is damaged and was", "things are damaged and were") +
                      " passed over; the first: " + first->what,
                  first->remedy});
    }
    if (!options.host.empty() && figures.answered == 0 && !stop_asked) {
        return fail(ErrorKind::Unavailable,
                    host->text() + " does not say who it is",
                    "It may be down, or speak no NodeInfo; it is asked again later.");
    }
    return stop_asked || damage.first() ? Exit::Failed : Exit::Done;
}

}  // namespace fedtrail::app
