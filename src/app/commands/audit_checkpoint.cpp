#include <ostream>

#include <nlohmann/json.hpp>

#include "app/commands/audit_commands.hpp"
#include "app/log_room.hpp"
#include "backends/openssl/cipher.hpp"

namespace fedtrail::app {

namespace {

using Json = nlohmann::ordered_json;

void tell(Session& session,
          const SignedCheckpoint& last,
          const ledger::VerifierKey& key,
          std::uint64_t size) {
    if (session.json) {
        session.out << Json{{"format", "fedtrail/checkpoint/1"},
                            {"name", last.checkpoint.origin},
                            {"size", last.checkpoint.size},
                            {"root", hex(last.checkpoint.root)},
                            {"at", format_rfc3339(last.at)},
                            {"cosignatures", last.cosignatures},
                            {"waiting", size - last.checkpoint.size},
                            {"key", key.text()},
                            {"note", last.note}}
                           .dump(2)
                    << "\n";
        return;
    }
    session.out << last.note << "\n"
                << "signed   " << format_rfc3339(last.at) << ", " << last.cosignatures << " cosignatures\n"
                << "key      " << key.text() << "\n";
}

}  // namespace

Result<Exit> audit_checkpoint(Session& session, const CheckpointOptions& options) {
    const auto config = session.config();
    if (!config) {
        return fail(config);
    }
    const auto cipher = openssl::OpensslCipher::make();
    if (!cipher) {
        return fail(cipher);
    }
    const SystemClock clock;
    const auto room = LogRoom::open(*config, clock, **cipher);
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
    if (!*last) {
        return fail(ErrorKind::NotFound,
                    "nothing was signed yet",
                    "Start `fedtrail serve`, or run `fedtrail audit checkpoint --now`.");
    }
    tell(session, **last, (*room)->key(), *size);
    return Exit::Done;
}

}  // namespace fedtrail::app
