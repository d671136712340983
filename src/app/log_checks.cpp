#include <algorithm>
#include <array>
#include <span>
#include <vector>

#include "fedtrail/core/count.hpp"

#include "app/case_room.hpp"
#include "app/checks.hpp"
#include "app/log_room.hpp"
#include "app/stores.hpp"

namespace fedtrail::app {

namespace {

/// Whether the first key's signature is on the note, and every signature of the keys holds.
bool holds(const ledger::Note& note, std::span<const ledger::VerifierKey> keys) {
    const auto checked = ledger::check(note, keys);
    return checked && std::any_of(checked->begin(), checked->end(), [&keys](const auto& signature) {
               return signature.key == keys.front();
           });
}

}  // namespace

Check check_guard(const Config& config, const sqlite::SqliteLog& log) {
    GuardFile guard{config.log.guard};
    const auto hold = guard.hold(GuardFile::kAwaited);
    if (is_held_by_another(hold)) {
        return {"log_guard", Verdict::Warn, hold.error().what, "Run it again when that has ended."};
    }
    const auto text = hold ? (*hold)->read() : Result<std::optional<std::string>>{fail(hold)};
    if (!text) {
        return failed("log_guard", text.error());
    }
    const auto last = log.last_checkpoint();
    if (!last) {
        return failed_store("log_guard", last.error());
    }
    if (!*text) {
        return *last ? Check{"log_guard",
                             Verdict::Fail,
                             config.log.guard.string() + " is gone, and the log has checkpoints",
                             "Put it back; see docs/audit.md."}
                     : Check{"log_guard", Verdict::Ok, "nothing was signed yet", ""};
    }
    const auto note = ledger::Note::parse(**text);
    const auto known = note ? ledger::Checkpoint::parse(note->text) : Result<ledger::Checkpoint>{fail(note)};
    if (!known) {
        return {"log_guard",
                Verdict::Fail,
                config.log.guard.string() + " cannot be read",
                "Put it back; see docs/audit.md."};
    }
    const auto signer = read_note_key(log_key_file(config), ledger::NoteKeyKind::Log);
    if (!signer) {
        return failed("log_guard", signer.error());
    }
    if (!holds(*note, std::array{signer->verifier()})) {
        return {"log_guard",
                Verdict::Fail,
                config.log.guard.string() + " was not signed with this log's key: nothing is signed",
                "Put it or log.key back; see docs/audit.md."};
    }
    const auto root = log.root_at(known->size);
    if (!root || *root != known->root) {
        return {"log_guard",
                Verdict::Fail,
                "the log is older than a checkpoint already published, or has another history: nothing is "
                "signed",
                "Put the newest log.db back; see docs/audit.md."};
    }
    return {"log_guard",
            Verdict::Ok,
            "the log continues the checkpoint of " + counted(known->size, "leaf", "leaves"),
            ""};
}

namespace {

Check failed_stores(const Error& error) {
    auto check = failed_store("log_stores", error);
    if (error.kind == ErrorKind::Denied) {
        check.finding += ": nothing is signed";
    }
    return check;
}

}  // namespace

Check check_log_stores(const Config& config, const sqlite::SqliteLog& log) {
    const auto sources = sqlite::open_leaves(log_places(config));
    if (!sources) {
        return failed_store("log_stores", sources.error());
    }
    for (const auto& source : *sources) {
        if (const auto whole = audit::has_what_was_taken(log, *source); !whole) {
            return failed_stores(whole.error());
        }
    }
    return {"log_stores", Verdict::Ok, "every store has the last leaf that the log took from it", ""};
}

namespace {

/// A checkpoint whose signature does not hold is nobody's, though the tree has its root.
Check check_signatures(const Config& config, const sqlite::SqliteLog& log) {
    const auto checkpoints = log.checkpoints();
    if (!checkpoints) {
        return failed_store("log_signatures", checkpoints.error());
    }
    if (checkpoints->empty()) {
        return {"log_signatures", Verdict::Ok, "nothing was signed yet", ""};
    }
    const auto signer = read_note_key(log_key_file(config), ledger::NoteKeyKind::Log);
    if (!signer) {
        return failed("log_signatures", signer.error());
    }
    std::vector<ledger::VerifierKey> keys{signer->verifier()};
    for (const auto& witness : config.log.witnesses) {
        if (auto asked = asked_witness(witness)) {
            keys.push_back(std::move(asked->key));
        }
    }
    const auto bad =
        std::count_if(checkpoints->begin(), checkpoints->end(), [&keys](const SignedCheckpoint& checkpoint) {
            const auto note = ledger::Note::parse(checkpoint.note);
            return !note || !holds(*note, keys);
        });
    return bad == 0 ? Check{"log_signatures", Verdict::Ok, "those of every checkpoint hold", ""}
                    : Check{"log_signatures",
                            Verdict::Fail,
                            "signatures of " + counted(static_cast<std::size_t>(bad), "checkpoint") +
                                " do not hold",
                            "Keep the file, see that log.key is the log's own, and see docs/audit.md."};
}

/// Whether what the stores have is what the log has of it.
Check check_leaves(const Config& config, const SubjectSealer& sealer, std::uint64_t size) {
    const auto reader = open_log_reader(config, sealer);
    if (!reader) {
        return reader.error().kind == ErrorKind::NotFound
                   ? Check{"log_leaves", Verdict::Ok, "nothing was published yet", ""}
                   : failed_store("log_leaves", reader.error());
    }
    std::uint64_t unknown = 0;
    const auto read = (*reader)->each_leaf(0, size, [&](const LoggedRecord& record) -> Result<void> {
        unknown += record.closed ? 0 : 1;
        return {};
    });
    if (!read) {
        return failed_store("log_leaves", read.error());
    }
    return unknown == 0 ? Check{"log_leaves", Verdict::Ok, "every leaf has its record", ""}
                        : Check{"log_leaves",
                                Verdict::Fail,
                                counted(unknown, "leaf of the log has", "leaves of the log have") +
                                    " no record in their store",
                                "A store is older than the log: restore the newest copy of each."};
}

}  // namespace

void check_log(const Session& session, const Config& config, std::vector<Check>& out) {
    std::error_code ignored;
    if (!std::filesystem::exists(log_file(config), ignored)) {
        const bool nameless = log_name(config).empty();  // init makes none then
        out.push_back({"log",
                       Verdict::Warn,
                       nameless ? "there is no log yet: no origin gives it a name" : "there is no log yet",
                       nameless ? "Run `fedtrail init --origin YOUR.HOST`." : "Run `fedtrail init`."});
        return;
    }
    const auto log = sqlite::SqliteLog::open(log_file(config), sqlite::OpenMode::ReadOnly);
    const auto checked = log ? (*log)->check() : Result<sqlite::LogCheck>{fail(log)};
    if (!checked) {
        out.push_back(failed_store("log", checked.error()));
        return;
    }
    if (checked->faults.empty()) {
        out.push_back({"log", Verdict::Ok, counted(checked->leaves, "leaf", "leaves") + ", all whole", ""});
    } else {
        std::string told = counted(checked->faults.size(), "fault") + ": ";
        for (std::size_t i = 0; i < checked->faults.size() && i < kToldFaults; ++i) {
            told += (i == 0 ? "" : "; ") + checked->faults[i];
        }
        out.push_back({"log", Verdict::Fail, told, "Stop the sidecar, keep the file, see docs/audit.md."});
    }
    out.push_back(check_signatures(config, **log));
    out.push_back(check_guard(config, **log));
    out.push_back(check_log_stores(config, **log));
    const auto room = open_reading_room(config, session.environment);
    if (room) {  // what is wrong with it was said already
        out.push_back(check_leaves(config, *room->vault, checked->leaves));
    }
}

}  // namespace fedtrail::app
