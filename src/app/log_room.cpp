#include "app/log_room.hpp"

#include "app/case_room.hpp"
#include "app/stores.hpp"

namespace fedtrail::app {

sqlite::LogPlaces log_places(const Config& config) {
    return {log_file(config), config.store, cases_file(config), vault_file(config)};
}

Result<std::unique_ptr<LogRoom>> LogRoom::open(const Config& config,
                                               const Clock& clock,
                                               const Cipher& cipher) {
    if (const auto made = make_note_key(log_key_file(config), log_name(config), cipher); !made) {
        return fail(made);
    }
    auto signer = read_note_key(log_key_file(config), ledger::NoteKeyKind::Log);
    if (!signer) {
        return fail(signer);
    }
    std::unique_ptr<LogRoom> room{new LogRoom{config}};
    auto log = sqlite::SqliteLog::open(log_file(config), sqlite::OpenMode::ReadWrite);
    if (!log) {
        return fail(log);
    }
    room->log_ = std::move(*log);
    auto leaves = sqlite::open_leaves(log_places(config));
    if (!leaves) {
        return fail(leaves);
    }
    room->leaves_ = std::move(*leaves);
    room->key_ = signer->verifier();
    audit::PublisherPorts ports{*room->log_, {}, room->guard_, clock};
    for (const auto& source : room->leaves_) {
        ports.sources.push_back(source.get());
    }
    room->publisher_ = std::make_unique<audit::Publisher>(std::move(ports), std::move(*signer));
    return room;
}

Result<std::unique_ptr<sqlite::SqliteLogReader>> open_log_reader(const Config& config,
                                                                 const SubjectSealer& sealer) {
    return sqlite::SqliteLogReader::open(log_places(config), sealer);
}

}  // namespace fedtrail::app
