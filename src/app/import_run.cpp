#include "app/import_run.hpp"

#include <algorithm>
#include <csignal>
#include <ostream>
#include <string>

#include <unistd.h>

#include "fedtrail/core/count.hpp"

#include "app/erasure_options.hpp"
#include "app/inbox_sink.hpp"
#include "app/instance.hpp"
#include "app/own_books.hpp"
#include "app/stop_signals.hpp"
#include "app/tokens.hpp"
#include "backends/poco/http_server.hpp"

namespace fedtrail::app {

namespace {

using intake::events::ImportSummary;
using SteadyClock = std::chrono::steady_clock;

constexpr std::size_t kToldReasons = 100;
constexpr std::chrono::seconds kImportPatience{60};
constexpr std::chrono::seconds kRememberEvery{1};

ImportCounts sum(const ImportCounts& earlier, const ImportSummary& now) {
    return {earlier.fresh + now.fresh,
            earlier.duplicate + now.duplicate,
            earlier.rejected + now.rejected,
            earlier.without_subject + now.without_subject,
            earlier.to_own_origin + now.to_own_origin};
}

Result<Sidecar> sidecar_of(const Session& session,
                           const Config& config,
                           const RunningInstance& running,
                           std::unique_ptr<HttpClient>& client) {
    const auto endpoint = endpoint_from(running.api);
    if (!endpoint) {
        return fail(
            ErrorKind::Unavailable,
            "another fedtrail works on " + config.data_dir.string() + " and is not ready to take anything",
            "Wait until it has started or ended, then run the same again.");
    }
    const auto said = session.environment.find("FEDTRAIL_TOKEN");
    auto token =
        said != session.environment.end() ? Result<std::string>{said->second} : local_token(config.data_dir);
    if (!token) {
        return fail(token);
    }
    client = poco::client(endpoint->address, endpoint->port, kImportPatience);
    return Sidecar{*client, std::move(*token), config.api.max_body};
}

}  // namespace

void watch_import_signals() {
    watch_signals();
    std::signal(SIGPIPE, SIG_IGN);
}

ImportRun::ImportRun(Session& session, const Config& config, ImportSource& source)
    : session_(session),
      own_hosts_(own_hosts(config)),
      source_(source),
      progress_(session.err,
                ::isatty(STDERR_FILENO) == 1,
                source.resume().offset,
                source.size(),
                SteadyClock::now()) {
    if (source.has_changed()) {
        session.err << source.file().string()
                    << " is not what it was when its import stopped: it is imported from the beginning. What "
                       "is in the ledger already is not counted twice.\n";
    }
}

intake::events::ImportOptions ImportRun::options() {
    intake::events::ImportOptions options;
    options.resume = source_.resume();
    options.clock = &clock_;
    options.own_hosts = own_hosts_;
    options.stop = &stop_asked;
    options.rejected = [this](const intake::events::RejectedLine& line) { rejected(line); };
    options.progress = [this](const ImportSummary& summary) { progressed(summary); };
    return options;
}

Result<void> ImportRun::end(const ImportSummary& summary) {
    progress_.end();
    if (trouble_) {
        return tl::unexpected<Error>{*trouble_};
    }
    if (const auto fault = source_.fault()) {
        return fail(fault->kind,
                    source_.file().string() + " cannot be read behind line " +
                        std::to_string(summary.position.lines) + ": " + fault->what,
                    fault->remedy);
    }
    if (summary.stopped) {
        return source_.remember(summary.position, sum(source_.earlier(), summary));
    }
    return source_.finish();
}

void ImportRun::tell(const ImportSummary& summary, const nlohmann::ordered_json& more) const {
    const auto counts = sum(source_.earlier(), summary);
    if (session_.json) {
        auto list = nlohmann::ordered_json::array();
        for (const auto& [line, reason] : reasons_) {
            list.push_back({{"line", line}, {"reason", reason}});
        }
        nlohmann::ordered_json out{{"format", "fedtrail/import/1"},
                                   {"new", counts.fresh},
                                   {"duplicate", counts.duplicate},
                                   {"without_subject", counts.without_subject},
                                   {"to_own_origin", counts.to_own_origin},
                                   {"rejected_lines", counts.rejected},
                                   {"rejected", list},
                                   {"lines", summary.position.lines},
                                   {"finished", !summary.stopped}};
        out.update(more);
        session_.out << out.dump(2) << "\n";
        return;
    }
    const auto about_nobody = counts.without_subject - std::min(counts.to_own_origin, counts.without_subject);
    const auto if_any = [](const std::string& what, std::uint64_t count) {
        return count > 0 ? ", " + what + " " + std::to_string(count) : std::string{};
    };
    session_.out << "new " << counts.fresh << ", known already " << counts.duplicate << ", rejected "
                 << counts.rejected << if_any("about nobody here", about_nobody)
                 << if_any("to their own origin", counts.to_own_origin) << "\n";
    if (about_nobody > 0) {
        session_.err
            << "What is about nobody here was not taken: it is of no person at a host that an [[origin]] "
               "names, as what your server's own actor sends. If there should be one, look whether a "
               "host is misspelt, or lacks in `aliases`.\n";
    }
    if (counts.rejected > 0) {
        session_.err << "Rejected lines are in " << source_.rejected_file().string()
                     << ": correct them and import that file. What is wrong with each, by its number, is in "
                     << source_.reasons_file().string() << ".\n";
    }
    if (counts.rejected > reasons_.size() && !reasons_.empty()) {
        session_.err << counted(counts.rejected - reasons_.size(), "more reason is", "more reasons are")
                     << " only there.\n";
    }
}

void ImportRun::rejected(const intake::events::RejectedLine& line) {
    if (auto kept = source_.reject(line.line, line.text, line.reason.what); !kept && !trouble_) {
        trouble_ = kept.error();
    }
    has_new_rejected_ = true;
    if (reasons_.size() == kToldReasons) {
        return;
    }
    reasons_.emplace_back(line.line, line.reason.what);
    progress_.end();
    if (!session_.json) {
        session_.err << "line " << line.line << ": " << line.reason.what << "\n";
    }
}

void ImportRun::progressed(const ImportSummary& summary) {
    const auto now = SteadyClock::now();
    progress_.update(summary.position.offset, summary.lines, now);
    // a pipe may be waited for from here on for ever
    const bool at_once = has_new_rejected_ && !source_.can_resume();
    if (now - remembered_ < kRememberEvery && !at_once) {
        return;
    }
    remembered_ = now;
    has_new_rejected_ = false;
    if (auto kept = source_.remember(summary.position, sum(source_.earlier(), summary)); !kept && !trouble_) {
        trouble_ = kept.error();
    }
}

Result<ImportSummary> import_by(const Session& session, const Config& config, const ImportWays& ways) {
    if (const auto running = running_instance(config.data_dir)) {
        std::unique_ptr<HttpClient> client;
        const auto sidecar = sidecar_of(session, config, *running, client);
        return sidecar ? ways.through_sidecar(*sidecar) : Result<ImportSummary>{fail(sidecar)};
    }
    const auto own = OwnBooks::open(session, config);
    if (!own) {
        return fail(own);
    }
    auto& books = (*own)->books();
    const SystemClock clock;
    const auto sink = InboxSink::open(config, books.sink(), clock);
    if (!sink) {
        return fail(sink);
    }
    return ways.by_itself(**sink, books.vault(), books.ledger());
}

Result<Exit> import_exit(const ImportSource& source, const ImportSummary& summary) {
    const auto rejected = source.earlier().rejected + summary.rejected;
    const auto lines = source.resume().offset == 0 ? summary.lines : summary.position.lines;
    if (!summary.stopped && rejected > 0 && rejected == lines) {
        return fail(ErrorKind::Invalid,
                    "none of the lines could be taken",
                    "Look at the reasons: is this the kind of file that the command reads?");
    }
    if (!summary.stopped) {
        return Exit::Done;
    }
    return fail(ErrorKind::Unavailable,
                "stopped after line " + std::to_string(summary.position.lines),
                source.can_resume() ? "Run the same command again: it goes on from there."
                                    : "Import the rest, or all of it again: nothing counts twice.");
}

}  // namespace fedtrail::app
