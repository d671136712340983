#include <array>
#include <ostream>

#include <unistd.h>

#include "fedtrail/audit/verify.hpp"

#include "app/commands/audit_commands.hpp"
#include "app/file_source.hpp"
#include "app/files.hpp"
#include "app/progress.hpp"

namespace fedtrail::app {

namespace {

using SteadyClock = std::chrono::steady_clock;

Result<audit::Trusted> trusted_of(const VerifyOptions& options) {
    audit::Trusted trusted;
    for (const auto& text : options.keys) {
        auto key = ledger::VerifierKey::parse(text);
        if (!key) {
            return fail(key);
        }
        trusted.keys.push_back(*std::move(key));
    }
    if (options.checkpoint.empty()) {
        return trusted;
    }
    auto text = read_checkpoint(options.checkpoint);
    if (!text) {
        return fail(text);
    }
    trusted.checkpoint = *std::move(text);
    return trusted;
}

}  // namespace

Result<std::string> read_checkpoint(const std::string& file) {
    auto text = read_file(file);
    if (!text) {
        return fail(text);
    }
    if (!*text || (*text)->empty()) {
        return fail(ErrorKind::NotFound,
                    file + " is not there or empty",
                    "Name a file with a checkpoint of the log, as /log/checkpoint serves it.");
    }
    return audit::checkpoint_in(**text, file);
}

Result<Exit> audit_verify(Session& session, const VerifyOptions& options) {
    const auto trusted = trusted_of(options);
    if (!trusted && trusted.error().kind == ErrorKind::Invalid) {
        complain(session, trusted.error());
        return Exit::Usage;
    }
    if (!trusted) {
        return fail(trusted);
    }
    const auto file = FileSource::open(options.file);
    if (!file) {
        return fail(file);
    }
    Progress progress{session.err, ::isatty(STDERR_FILENO) == 1, 0, 0, SteadyClock::now(), "octets"};
    const auto found = audit::verify(**file, *trusted, [&progress](std::uint64_t done, std::uint64_t all) {
        progress.grows_to(all);
        progress.update(done, done, SteadyClock::now());
    });
    progress.end();
    if (!found) {
        return fail(found);
    }
    (session.json ? audit::write_json : audit::write_text)(*found, session.out);
    constexpr std::array kExits{Exit::Done, Exit::Failed, Exit::Open};  // of holds, fails, open
    return kExits.at(static_cast<std::size_t>(found->outcome()));
}

}  // namespace fedtrail::app
