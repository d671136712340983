#include <atomic>
#include <csignal>
#include <ostream>

#include <nlohmann/json.hpp>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include "app/books.hpp"
#include "app/commands/commands.hpp"
#include "app/import_source.hpp"
#include "app/instance.hpp"
#include "app/progress.hpp"
#include "app/remote_import.hpp"
#include "app/system_clock.hpp"
#include "app/table.hpp"
#include "app/tokens.hpp"
#include "backends/poco/http_server.hpp"

namespace fedtrail::app {

namespace {

using intake::events::ImportSummary;
using SteadyClock = std::chrono::steady_clock;

constexpr std::size_t kToldReasons = 100;
constexpr std::chrono::seconds kPatience{60};
constexpr std::chrono::seconds kRememberEvery{1};

std::atomic<bool> stop_asked{false};  // a signal can reach nothing else
static_assert(std::atomic<bool>::is_always_lock_free);

void ask_stop(int /*signal*/) {
    stop_asked = true;
}

void watch_signals() {
    struct sigaction action {};
    action.sa_handler = ask_stop;  // no SA_RESTART: a read that waits must come back
    ::sigaction(SIGINT, &action, nullptr);
    ::sigaction(SIGTERM, &action, nullptr);
    std::signal(SIGPIPE, SIG_IGN);
}

ImportCounts sum(const ImportCounts& earlier, const ImportSummary& now) {
    return {earlier.fresh + now.fresh, earlier.duplicate + now.duplicate, earlier.rejected + now.rejected};
}

/// One import under way: bad lines and progress go where they belong.
class Run {
public:
    Run(Session& session, ImportSource& source)
        : session_(session),
          source_(source),
          progress_(session.err,
                    ::isatty(STDERR_FILENO) == 1,
                    source.resume().offset,
                    source.size(),
                    SteadyClock::now()) {}

    intake::events::ImportOptions options() {
        intake::events::ImportOptions options;
        options.resume = source_.resume();
        options.stop = &stop_asked;
        options.rejected = [this](const intake::events::RejectedLine& line) { rejected(line); };
        options.progress = [this](const ImportSummary& summary) { progressed(summary); };
        return options;
    }

    /// After the last batch. Errors: what went wrong beside the import itself.
    Result<void> end(const ImportSummary& summary) {
        progress_.end();
        if (trouble_) {
            return tl::unexpected<Error>{*trouble_};
        }
        if (summary.stopped) {
            return source_.remember(summary.position, sum(source_.earlier(), summary));
        }
        source_.finish();
        return {};
    }

    void tell(const ImportSummary& summary) const {
        const auto counts = sum(source_.earlier(), summary);
        if (session_.json) {
            auto list = nlohmann::ordered_json::array();
            for (const auto& [line, reason] : reasons_) {
                list.push_back({{"line", line}, {"reason", reason}});
            }
            session_.out << nlohmann::ordered_json{{"format", "fedtrail/import/1"},
                                                   {"new", counts.fresh},
                                                   {"duplicate", counts.duplicate},
                                                   {"rejected_lines", counts.rejected},
                                                   {"rejected", list},
                                                   {"lines", summary.position.lines},
                                                   {"finished", !summary.stopped}}
                                .dump(2)
                         << "\n";
            return;
        }
        session_.out << "new " << counts.fresh << ", known already " << counts.duplicate << ", rejected "
                     << counts.rejected << "\n";
        if (counts.rejected > 0) {
            session_.err << "Rejected lines are in " << source_.rejected_file().string()
                         << ": correct them and import that file.\n";
        }
        if (counts.rejected > reasons_.size() && !reasons_.empty()) {
            session_.err << counts.rejected - reasons_.size() << " more reasons are not shown.\n";
        }
    }

private:
    void rejected(const intake::events::RejectedLine& line) {
        if (auto kept = source_.reject(line.text); !kept && !trouble_) {
            trouble_ = kept.error();
        }
        if (reasons_.size() == kToldReasons) {
            return;
        }
        reasons_.emplace_back(line.line, line.reason.what);
        progress_.end();
        if (!session_.json) {
            session_.err << "line " << line.line << ": " << line.reason.what << "\n";
        }
    }

    void progressed(const ImportSummary& summary) {
        const auto now = SteadyClock::now();
        progress_.update(summary.position.offset, summary.lines, now);
        if (now - remembered_ < kRememberEvery) {
            return;
        }
        remembered_ = now;
        if (auto kept = source_.remember(summary.position, sum(source_.earlier(), summary));
            !kept && !trouble_) {
            trouble_ = kept.error();
        }
    }

    Session& session_;
    ImportSource& source_;
    Progress progress_;
    SteadyClock::time_point remembered_{SteadyClock::now()};
    std::vector<std::pair<std::uint64_t, std::string>> reasons_;
    std::optional<Error> trouble_;
};

Result<ImportSummary> through_sidecar(const Session& session,
                                      const Config& config,
                                      const RunningInstance& running,
                                      ImportSource& source,
                                      Run& run) {
    const auto endpoint = endpoint_from(running.api);
    if (!endpoint) {
        return fail(
            ErrorKind::Unavailable,
            "another fedtrail works on " + config.data_dir.string() + " and is not ready to take anything",
            "Wait until it has started or ended, then run the same again.");
    }
    const auto said = session.environment.find("FEDTRAIL_TOKEN");
    const auto token =
        said != session.environment.end() ? Result<std::string>{said->second} : local_token(config.data_dir);
    if (!token) {
        return fail(token);
    }
    const auto client = poco::client(endpoint->address, endpoint->port, kPatience);
    return import_through({*client, *token}, source.stream(), run.options());
}

/// Nobody else writes: this process does.
Result<ImportSummary> by_itself(const Session& session,
                                const Config& config,
                                ImportSource& source,
                                Run& run) {
    const auto lock = InstanceLock::take(config.data_dir);
    if (!lock) {
        return fail(lock);
    }
    const SystemClock clock;
    const auto books = Books::open(config, session.environment, clock, {});
    if (!books) {
        return fail(books);
    }
    return intake::events::import_ndjson(source.stream(), (*books)->sink(), run.options());
}

}  // namespace

Result<Exit> import_ndjson(Session& session, const ImportOptions& options) {
    const auto config = session.config();
    if (!config) {
        return fail(config);
    }
    spdlog::set_level(spdlog::level::off);
    auto source = ImportSource::open(options.source);
    if (!source) {
        return fail(source);
    }
    watch_signals();
    Run run{session, *source};
    const auto running = running_instance(config->data_dir);
    const auto summary = running ? through_sidecar(session, *config, *running, *source, run)
                                 : by_itself(session, *config, *source, run);
    if (!summary) {
        return fail(summary);
    }
    if (auto ended = run.end(*summary); !ended) {
        return fail(ended);
    }
    run.tell(*summary);
    if (!summary->stopped) {
        return Exit::Done;
    }
    return fail(ErrorKind::Unavailable,
                "stopped after line " + std::to_string(summary->position.lines),
                "Run the same command again: it goes on from there.");
}

}  // namespace fedtrail::app
