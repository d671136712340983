#include "audit/publisher.hpp"

#include <algorithm>
#include <array>
#include <span>

#include "fedtrail/core/count.hpp"
#include "fedtrail/ledger/tiles.hpp"

namespace fedtrail::audit {

namespace {

constexpr std::size_t kAtOnce = 4'096;
constexpr const char* kOldStore =
    "put the newest copy of that store back, or restore all of one backup; see docs/audit.md";
constexpr const char* kRemedy =
    "put the newest log back, or begin another one with a new log.name; see docs/audit.md";

tl::unexpected<Error> refused(std::string what, const char* remedy = kRemedy) {
    return fail(ErrorKind::Denied, std::move(what), remedy);
}

std::string store_called(LeafStore store) {
    switch (store) {
        case LeafStore::Ledger:
            return "the ledger";
        case LeafStore::Cases:
            return "the store of cases";
        case LeafStore::Vault:
            return "the vault";
        case LeafStore::Log:
            return "the store of the log's own events";
    }
    return "a store";
}

/// What the tree has at a place: its hash says which commitment it is of.
Result<bool> stands_at(const TransparencyLog& log,
                       std::uint64_t place,
                       const records::LeafDigest& commitment) {
    const auto hashes =
        log.tile({0, place / ledger::kTileWidth, place % ledger::kTileWidth + 1});  // its last one
    if (!hashes) {
        return fail(hashes);
    }
    const auto hash = records::leaf_hash_of(commitment);
    const auto known = ByteView{*hashes}.last(hash.size());
    const auto own = std::as_bytes(std::span{hash});
    return std::equal(known.begin(), known.end(), own.begin(), own.end());
}

}  // namespace

Result<void> has_what_was_taken(const TransparencyLog& log, const LeafSource& source) {
    const auto last = log.taken(source.store());
    if (!last) {
        return fail(last);
    }
    if (*last == 0) {
        return {};
    }
    const auto leaf = source.leaves(*last - 1, 1);
    if (!leaf) {
        return fail(leaf);
    }
    if (leaf->empty() || leaf->front().sequence != *last) {
        return refused(store_called(source.store()) + " is older than the log, which took leaf " +
                           std::to_string(*last) + " from it",
                       kOldStore);
    }
    const auto place = log.index_of(source.store(), *last);
    if (!place) {
        return fail(place);
    }
    const auto same =
        stands_at(log, *place, records::commitment_of(leaf->front().head, leaf->front().digest));
    if (!same) {
        return fail(same);
    }
    return *same ? Result<void>{}
                 : Result<void>{refused(store_called(source.store()) + " is older than the log: its leaf " +
                                            std::to_string(*last) + " is not the one that the log took",
                                        kOldStore)};
}

Result<std::optional<ledger::Checkpoint>> Publisher::guarded(const Hold& hold) const {
    const auto text = hold.read();
    if (!text) {
        return fail(text);
    }
    if (!*text) {
        const auto last = ports_.log.last_checkpoint();
        if (!last) {
            return fail(last);
        }
        if (*last) {
            return refused("the log has checkpoints, but their guard " + ports_.guard.place() +
                               " is gone: nobody can tell whether this is the newest log",
                           "put the guard back; if this log is surely the newest, run "
                           "`fedtrail audit checkpoint --adopt`");
        }
        return std::optional<ledger::Checkpoint>{};
    }
    const auto note = ledger::Note::parse(**text);
    auto checkpoint = note ? ledger::Checkpoint::parse(note->text) : Result<ledger::Checkpoint>{fail(note)};
    if (!checkpoint) {
        return refused("the guard " + ports_.guard.place() + " cannot be read",
                       "put it back from where it was last whole; see docs/audit.md");
    }
    if (checkpoint->origin != signer_.verifier().name) {
        return refused("the guard " + ports_.guard.place() + " is that of the log " + checkpoint->origin +
                           ", not of " + signer_.verifier().name,
                       "name another file as log.guard, or put log.name back");
    }
    const std::array keys{signer_.verifier()};
    const auto checked = ledger::check(*note, keys);
    if (!checked || checked->empty()) {
        return refused("the guard " + ports_.guard.place() + " was not signed with this log's key",
                       "put log.key back; see docs/audit.md");
    }
    return std::optional{std::move(*checkpoint)};
}

Result<void> Publisher::continues(const std::optional<ledger::Checkpoint>& guarded) const {
    if (!guarded) {
        return {};
    }
    const auto size = ports_.log.size();
    if (!size) {
        return fail(size);
    }
    if (*size < guarded->size) {
        return refused("the log is older than a checkpoint already published: it has " +
                       counted(*size, "leaf", "leaves") + ", and one of " + grouped(guarded->size) +
                       " was signed");
    }
    const auto root = ports_.log.root_at(guarded->size);
    if (!root) {
        return fail(root);
    }
    return *root == guarded->root
               ? Result<void>{}
               : Result<void>{refused("the log has another history than the checkpoint of " +
                                      counted(guarded->size, "leaf", "leaves") + " that was published")};
}

namespace {

/// How many leaves it took.
Result<std::uint64_t> take_all_of(const LeafSource& source, TransparencyLog& log) {
    std::uint64_t taken = 0;
    auto last = log.taken(source.store());
    while (last) {
        const auto leaves = source.leaves(*last, kAtOnce);
        if (!leaves) {
            return fail(leaves);
        }
        if (leaves->empty()) {
            return taken;
        }
        std::vector<LogEntry> entries;
        entries.reserve(leaves->size());
        for (const auto& leaf : *leaves) {
            entries.push_back(
                {source.store(), leaf.sequence, records::commitment_of(leaf.head, leaf.digest)});
        }
        if (const auto appended = log.append(entries); !appended) {
            return fail(appended);
        }
        taken += entries.size();
        last = leaves->back().sequence;
    }
    return fail(last);
}

}  // namespace

Result<std::uint64_t> Publisher::take(std::optional<LeafStore> store) {
    for (const auto* source : ports_.sources) {
        if (const auto whole = has_what_was_taken(ports_.log, *source); !whole) {
            return fail(whole);
        }
    }
    std::uint64_t taken = 0;
    for (const auto* source : ports_.sources) {
        if (store && source->store() != *store) {
            continue;
        }
        const auto some = take_all_of(*source, ports_.log);
        if (!some) {
            return fail(some);
        }
        taken += *some;
    }
    return taken;
}

Result<Published> Publisher::sign(Hold& hold,
                                  const std::optional<ledger::Checkpoint>& guarded,
                                  std::uint64_t taken) {
    const auto size = ports_.log.size();
    const auto last = ports_.log.last_checkpoint();
    if (!size || !last) {
        return !size ? Result<Published>{fail(size)} : Result<Published>{fail(last)};
    }
    const bool is_signed = *last && (*last)->checkpoint.size == *size;
    if (*size == 0 || (is_signed && guarded)) {
        // Behind a guard from before that checkpoint a log from before it could go on, and fork.
        const auto known = *size == 0 || guarded->size == *size ? Result<void>{} : hold.write((*last)->note);
        return known ? Result<Published>{Published{*size, taken, false}} : fail(known);
    }
    const auto root = ports_.log.root_at(*size);
    if (!root) {
        return fail(root);
    }
    const ledger::Checkpoint checkpoint{signer_.verifier().name, *size, *root};
    const auto text = checkpoint.text();
    const auto note = ledger::Note{text, {signer_.sign(text)}}.write();
    // The guard first: what it does not know, nobody may see.
    if (!guarded || guarded->size != *size) {
        if (const auto written = hold.write(note); !written) {
            return fail(written);
        }
    }
    if (const auto kept = ports_.log.keep({checkpoint, ports_.clock.now(), note, 0}); !kept) {
        return fail(kept);
    }
    return Published{*size, taken, true};
}

Result<Published> Publisher::publish() {
    const auto hold = this->hold();
    return hold ? publish(**hold) : fail(hold);
}

Result<Published> Publisher::publish(Hold& hold, std::optional<LeafStore> store) {
    const auto before = guarded(hold);
    if (!before) {
        return fail(before);
    }
    if (const auto sound = continues(*before); !sound) {
        return fail(sound);
    }
    const auto taken = take(store);
    return taken ? sign(hold, *before, *taken) : Result<Published>{fail(taken)};
}

Result<Published> Publisher::adopt() {
    const auto hold = this->hold();
    if (!hold) {
        return fail(hold);
    }
    const auto text = (*hold)->read();
    if (!text) {
        return fail(text);
    }
    if (*text) {  // what it says was published: that no flag may undo
        return refused(
            "there is a guard, " + ports_.guard.place() + ": nothing is adopted over it",
            "run `fedtrail audit checkpoint --now`, which says what is wrong; if the guard is surely "
            "spoilt and this log the newest, move it to another name first and keep it");
    }
    const auto last = ports_.log.last_checkpoint();
    if (!last) {
        return fail(last);
    }
    if (const auto sound = continues(*last ? std::optional{(*last)->checkpoint} : std::nullopt); !sound) {
        return fail(sound);
    }
    const auto taken = take();
    return taken ? sign(**hold, std::nullopt, *taken) : Result<Published>{fail(taken)};
}

}  // namespace fedtrail::audit
