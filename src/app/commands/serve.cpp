#include <csignal>
#include <ctime>
#include <ostream>

#include <nlohmann/json.hpp>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include "app/commands/commands.hpp"
#include "app/house.hpp"

namespace fedtrail::app {

namespace {

/// Blocked in this thread and in every thread it starts, so that one place takes them.
sigset_t take_signals() {
    sigset_t signals;
    sigemptyset(&signals);
    for (const int signal : {SIGTERM, SIGINT, SIGHUP}) {
        sigaddset(&signals, signal);
    }
    ::pthread_sigmask(SIG_BLOCK, &signals, nullptr);
    std::signal(SIGPIPE, SIG_IGN);
    return signals;
}

/// The signal that came within a second, or 0.
int next_signal(const sigset_t& signals) {
    const timespec second{1, 0};
    const int signal = ::sigtimedwait(&signals, nullptr, &second);
    return signal < 0 ? 0 : signal;
}

void start_log(const std::string& level) {
    auto log = spdlog::stderr_logger_mt("fedtrail");
    log->set_pattern("%Y-%m-%dT%H:%M:%S.%eZ %l %v", spdlog::pattern_time_type::utc);
    log->set_level(spdlog::level::from_str(level == "warn" ? "warning" : level));
    spdlog::set_default_logger(std::move(log));
}

void say_what_is_next(Session& session, const House& house) {
    const auto& config = house.config();
    if (session.json) {
        session.out << nlohmann::ordered_json{{"format", "fedtrail/serve/1"},
                                              {"proxy", house.proxy_address()},
                                              {"api", house.api_address()}}
                           .dump()
                    << std::endl;
        return;
    }
    session.out << "Fedtrail is ready.\n  proxy  http://" << house.proxy_address() << "\n  API    http://"
                << house.api_address() << "\n";
    if (config.origins.empty()) {
        session.out << "No origin is named yet, so nothing is recorded:\n"
                    << "  fedtrail init --origin YOUR.HOST --config " << config.file.string()
                    << ", then start this again\n";
    } else {
        const auto& origin = config.origins.front();
        session.out << "Next:\n  fedtrail ca guide "
                    << (origin.software.empty() ? "SOFTWARE" : origin.software)
                    << "    what your server software needs\n  fedtrail status\n  fedtrail report NAME@"
                    << origin.host.text() << "\n";
    }
    session.out << "Ctrl-C stops it." << std::endl;
}

void reload(House& house) {
    if (const auto done = house.reload(); !done) {
        spdlog::error("policies stay as they were: {}. {}", done.error().what, done.error().remedy);
    } else {
        spdlog::info("policies were read again");
    }
}

/// Until a signal ends it; false if something else did.
bool live(House& house, const sigset_t& signals) {
    for (;;) {
        const int signal = next_signal(signals);
        if (signal == SIGHUP) {
            reload(house);
        } else if (signal != 0) {
            spdlog::info("stopping");
            return true;
        }
        if (!house.housekeeping()) {
            spdlog::critical(
                "the disk cannot be trusted any more: stopping; the next start checks everything");
            return false;
        }
    }
}

}  // namespace

Result<Exit> serve(Session& session, const ServeOptions& options) {
    const auto signals = take_signals();
    auto config = session.config();
    if (!config) {
        return fail(config);
    }
    if (options.max_rate > 0) {
        config->erasure.max_rate = options.max_rate;
    }
    start_log(config->log_level);
    auto house = House::build(session, std::move(*config));
    if (!house) {
        return fail(house);
    }
    if (auto started = (*house)->start(); !started) {
        return fail(started);
    }
    say_what_is_next(session, **house);
    const bool asked = live(**house, signals);
    (*house)->drain();
    spdlog::info("stopped");
    return asked ? Exit::Done : Exit::Failed;
}

}  // namespace fedtrail::app
