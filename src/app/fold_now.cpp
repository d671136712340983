#include "app/fold_now.hpp"

#include <future>
#include <ostream>

#include <nlohmann/json.hpp>
#include <unistd.h>

#include "fedtrail/core/count.hpp"

#include "app/own_books.hpp"
#include "app/progress.hpp"
#include "app/sidecar.hpp"

namespace fedtrail::app {

namespace {

Result<void> fold(const Session& session,
                  const Config& config,
                  std::optional<privacy::SubjectNumber> subject) {
    if (const auto running = running_instance(config.data_dir)) {
        auto body = nlohmann::json::object();
        if (subject) {
            body["subject"] = subject->get();
        }
        const auto answer = ask_sidecar(session, config, *running, "/api/v1/ledger/fold", body.dump());
        return answer ? Result<void>{} : fail(answer);
    }
    const auto own = OwnBooks::open(session, config);
    if (!own) {
        return fail(own);
    }
    const auto folded = (*own)->books().folder().fold_settled(subject);
    return folded ? Result<void>{} : fail(folded);
}

/// What cannot be counted now is told when it cannot be proven.
void draw(std::ostream& out, const std::function<Result<records::Unlogged>()>& left) {
    const auto found = left();
    out << "\r\x1b[Kwhat was recorded last goes into the log"
        << (found && found->records > 0 ? ": " + counted(found->records, "record") + " left" : "")
        << std::flush;
}

}  // namespace

void fold_or_say(Session& session,
                 const Config& config,
                 std::optional<privacy::SubjectNumber> subject,
                 const std::function<Result<records::Unlogged>()>& left) {
    const bool shown = ::isatty(STDERR_FILENO) == 1;
    if (shown) {
        draw(session.err, left);
    }
    auto done = std::async(std::launch::async, [&] { return fold(session, config, subject); });
    while (done.wait_for(kRedraw) != std::future_status::ready) {
        if (shown) {
            draw(session.err, left);
        }
    }
    if (shown) {
        session.err << "\r\x1b[K" << std::flush;
    }
    if (const auto folded = done.get(); !folded) {
        const auto& why = folded.error();
        complain(session,
                 {why.kind, "what was recorded last is not in the log yet: " + why.what, why.remedy});
    }
}

}  // namespace fedtrail::app
