#include <ostream>

#include <nlohmann/json.hpp>

#include "fedtrail/core/count.hpp"

#include "app/commands/audit_commands.hpp"
#include "app/fold_now.hpp"
#include "app/log_room.hpp"
#include "app/stores.hpp"

namespace fedtrail::app {

namespace {

using Json = nlohmann::ordered_json;

void tell(Session& session,
          const SignedCheckpoint& last,
          const ledger::VerifierKey& key,
          std::uint64_t size,
          const records::Unlogged& unlogged) {
    if (session.json) {
        session.out << Json{{"format", "fedtrail/checkpoint/1"},
                            {"name", last.checkpoint.origin},
                            {"size", last.checkpoint.size},
                            {"root", hex(last.checkpoint.root)},
                            {"at", format_rfc3339(last.at)},
                            {"cosignatures", last.cosignatures},
                            {"waiting", size - last.checkpoint.size},
                            {"unlogged", unlogged.records},
                            {"key", key.text()},
                            {"note", last.note}}
                           .dump(2)
                    << "\n";
        return;
    }
    session.out << last.note << "\n"
                << "signed   " << format_rfc3339(last.at) << ", " << counted(last.cosignatures, "cosignature")
                << "\n"
                << "key      " << key.text() << "\n";
    if (unlogged.records > 0 && unlogged.oldest) {
        session.out << "not in the log yet: " << counted(unlogged.records, "record") << ", the oldest of "
                    << format_rfc3339(*unlogged.oldest) << ". --now puts in what is no longer on its way.\n";
    }
}

}  // namespace

Result<Exit> audit_checkpoint(Session& session, const CheckpointOptions& options) {
    const auto config = session.config();
    if (!config) {
        return fail(config);
    }
    const auto reading = open_reading_room(*config, session.environment);
    if (!reading) {
        return fail(reading);
    }
    if (options.now) {
        fold_or_say(session, *config, {}, [&] { return reading->ledger->unlogged({}); });
    }
    const SystemClock clock;
    const auto room = LogRoom::open(*config, clock, *reading->cipher);
    if (!room) {
        return fail(room);
    }
    if (options.now || options.adopt) {
        auto& publisher = (*room)->publisher();
        const auto published = options.adopt ? publisher.adopt() : publisher.publish();
        if (!published) {
            return fail(published);
        }
    }
    const auto last = (*room)->log().last_checkpoint();
    const auto size = (*room)->log().size();
    if (!last || !size) {
        return !last ? Result<Exit>{fail(last)} : Result<Exit>{fail(size)};
    }
    if (!*last && options.now) {
        return fail(ErrorKind::NotFound,
                    "there is nothing to sign yet",
                    "Something has to be recorded first, by `fedtrail serve` or `fedtrail import`.");
    }
    if (!*last) {
        return fail(ErrorKind::NotFound,
                    "nothing was signed yet",
                    "Start `fedtrail serve`, or run `fedtrail audit checkpoint --now`.");
    }
    const auto unlogged = reading->ledger->unlogged({});
    if (!unlogged) {
        return fail(unlogged);
    }
    tell(session, **last, (*room)->key(), *size, *unlogged);
    return Exit::Done;
}

}  // namespace fedtrail::app
