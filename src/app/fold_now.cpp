#include "app/fold_now.hpp"

#include <nlohmann/json.hpp>

#include "app/own_books.hpp"
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

}  // namespace

void fold_or_say(Session& session, const Config& config, std::optional<privacy::SubjectNumber> subject) {
    if (const auto folded = fold(session, config, subject); !folded) {
        const auto& why = folded.error();
        complain(session,
                 {why.kind, "what was recorded last is not in the log yet: " + why.what, why.remedy});
    }
}

}  // namespace fedtrail::app
