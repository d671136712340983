// What the files of a bundle say about the log.

#include <algorithm>

#include "fedtrail/core/base64.hpp"
#include "fedtrail/core/count.hpp"
#include "fedtrail/core/hex.hpp"

#include "audit/cursor.hpp"
#include "audit/verifier.hpp"

namespace fedtrail::audit {

namespace {

constexpr std::size_t kMaxProof = 128;  // hashes: two for every level of the largest tree

std::string leaves(std::uint64_t size) {
    return counted(size, "leaf", "leaves");
}

std::string at_time(std::uint64_t unix_seconds) {
    constexpr std::uint64_t kLast = 253'402'300'799;  // the year 9999
    return format_rfc3339(from_unix_seconds(static_cast<std::int64_t>(std::min(unix_seconds, kLast))));
}

struct Earlier {
    std::string note;
    std::vector<ledger::Hash> proof;
};

std::optional<Earlier> parse_earlier(std::string_view line) {
    Cursor in{line};
    auto note = in.take("{\"note\":") ? in.text(ledger::kMaxNote) : std::nullopt;
    if (!note || !in.take(",\"proof\":[")) {
        return std::nullopt;
    }
    Earlier earlier{*std::move(note), {}};
    while (!in.take("]")) {
        const auto spelled = in.take(earlier.proof.empty() ? "\"" : ",\"") ? in.quoted() : std::nullopt;
        const auto hash =
            spelled ? ledger::parse_hash(std::string{*spelled}) : fail(ErrorKind::Invalid, "no text");
        if (!hash || earlier.proof.size() == kMaxProof) {
            return std::nullopt;
        }
        earlier.proof.push_back(*hash);
    }
    if (in.rest() != "}") {
        return std::nullopt;
    }
    return earlier;
}

}  // namespace

bool Verifier::check_note(const std::string& text, const std::string& what, ledger::Checkpoint& out) {
    const auto note = ledger::Note::parse(text);
    const auto parsed = note ? ledger::Checkpoint::parse(note->text) : fail(note);
    if (!parsed) {
        return fails("checkpoint", what + " cannot be read");
    }
    const auto checked = ledger::check(*note, std::array{found_.manifest->key});
    if (!checked || checked->empty()) {
        return fails("checkpoint", what + " is not signed by " + found_.manifest->key.name);
    }
    out = *parsed;
    if (out.origin != found_.manifest->checkpoint.origin) {
        return fails("checkpoint", what + " is of another log");
    }
    return true;
}

void Verifier::key() {
    const auto& key = found_.manifest->key;
    const auto is_log = [](const auto& known) { return known.kind == ledger::NoteKeyKind::Log; };
    if (std::find(trusted_.keys.begin(), trusted_.keys.end(), key) != trusted_.keys.end()) {
        claim("key", Verdict::Holds, "the log's key is the one that was given", true);
    } else if (std::any_of(trusted_.keys.begin(), trusted_.keys.end(), is_log)) {
        claim("key", Verdict::Fails, "the log's key is " + key.text() + ", not the one that was given", true);
    } else {
        claim("key",
              Verdict::Open,
              "no key of a log was given: compare " + key.text() + " with the one the operator publishes");
    }
}

void Verifier::checkpoint() {
    ledger::Checkpoint named;
    if (!check_note(checkpoint_, "the checkpoint", named)) {
        return;
    }
    if (named != found_.manifest->checkpoint) {
        (void)fails("checkpoint", "the checkpoint is not the one manifest.json names");
        return;
    }
    claim("checkpoint",
          Verdict::Holds,
          "signed by " + found_.manifest->key.name + ": " + leaves(named.size) + ", root " +
              base64(named.root));
    witnesses(*ledger::Note::parse(checkpoint_));
}

void Verifier::witnesses(const ledger::Note& note) {
    for (const auto& key : trusted_.keys) {
        if (key.kind != ledger::NoteKeyKind::Witness) {
            continue;
        }
        const auto checked = ledger::check(note, std::array{key});
        if (!checked) {
            claim("witness", Verdict::Fails, "the signature of " + key.name + " does not hold", true);
        } else if (checked->empty()) {
            claim("witness", Verdict::Open, key.name + " did not sign this checkpoint", true);
        } else {
            claim("witness",
                  Verdict::Holds,
                  key.name + " saw this checkpoint at " + at_time(checked->front().time.value_or(0)),
                  true);
        }
    }
    for (const auto& signature : note.signatures) {
        const auto known = [&](const ledger::VerifierKey& key) {
            return key.name == signature.name && key.id() == signature.id;
        };
        if (!known(found_.manifest->key) && std::none_of(trusted_.keys.begin(), trusted_.keys.end(), known)) {
            claim("witness",
                  Verdict::Open,
                  signature.name + " (" + hex(signature.id) + ") signed as well; its key was not given");
        }
    }
}

std::string shown_words(const BundleCounts& counts) {
    return counted(total_of(counts.opened),
                   "record is in the log as it stands here, ",
                   "records are in the log as they stand here, ") +
           grouped(total_of(counts.closed)) + " with kind and time alone; " +
           counted(counts.skipped,
                   "of the log's leaves is not shown, and ",
                   "of the log's leaves are not shown, and ") +
           counted(counts.left_out, "record inside its windows", "records inside its windows");
}

void Verifier::tree() {
    const auto& named = found_.manifest->checkpoint;
    const auto& counts = records_.counts();
    if (records_.size() != named.size || records_.root() != named.root) {
        (void)fails("records",
                    "the records give a log of " + leaves(records_.size()) + " and root " +
                        base64(records_.root()) + ", not the one the checkpoint names");
        return;
    }
    claim("records", Verdict::Holds, shown_words(counts));
}

void Verifier::counts() {
    if (records_.counts() != found_.manifest->counts) {
        (void)fails("counts", "the records are not as many of each kind as manifest.json says");
        return;
    }
    claim("counts", Verdict::Holds, "as many of each kind as the manifest says");
}

void Verifier::history() {
    std::string_view rest{checkpoints_};
    const auto& newest = found_.manifest->checkpoint;
    std::size_t count = 0;
    if (!rest.empty() && !rest.ends_with('\n')) {
        (void)fails("history", std::string{kCheckpoints} + ": its last line is not whole");
        return;
    }
    while (!rest.empty()) {
        const auto end = rest.find('\n');
        const auto earlier = parse_earlier(rest.substr(0, end));
        rest.remove_prefix(end + 1);
        const auto what = std::string{kCheckpoints} + ", line " + std::to_string(++count);
        if (count > kMaxEarlier) {
            (void)fails("history", std::string{kCheckpoints} + " has more lines than it may have");
            return;
        }
        ledger::Checkpoint named;
        if (!earlier) {
            (void)fails("history", what + " cannot be read");
            return;
        }
        if (!check_note(earlier->note, what, named)) {
            return;
        }
        if (!ledger::verify_consistency(named.size, newest.size, earlier->proof, named.root, newest.root)) {
            (void)fails("history", what + ": the log of then is not the beginning of the log of now");
            return;
        }
        if (named.size == held_.size) {
            held_root_ = named.root;
        }
    }
    if (count > 0) {
        claim("history",
              Verdict::Holds,
              counted(count, "earlier checkpoint is", "earlier checkpoints are") +
                  " of the same log, which only grew");
    }
}

void Verifier::held() {
    if (trusted_.checkpoint.empty()) {
        return;
    }
    ledger::Checkpoint given;
    if (!check_note(trusted_.checkpoint, "the checkpoint that was given", given)) {
        return;
    }
    if (const auto root = root_at(given.size)) {
        const bool holds = *root == given.root;
        claim("held",
              holds ? Verdict::Holds : Verdict::Fails,
              holds ? "the log of " + leaves(given.size) + " that was seen then is the beginning of this one"
                    : "the log of " + leaves(given.size) +
                          " that was seen then is another one: it was rewritten",
              true);
        return;
    }
    claim("held",
          Verdict::Open,
          given.size > found_.manifest->checkpoint.size
              ? "could not be compared: the checkpoint that was given is newer than the bundle, which was to "
                "be made after it"
              : "could not be compared: nothing in the bundle shows the log of " + leaves(given.size) +
                    "; ask for one made with `fedtrail audit export --checkpoint`, for this checkpoint",
          true);
}

std::optional<ledger::Hash> Verifier::root_at(std::uint64_t size) const {
    const auto& newest = found_.manifest->checkpoint;
    if (size == 0) {
        return ledger::empty_root();
    }
    if (size == newest.size) {
        return newest.root;
    }
    const auto noted = records_.noted().find(size);
    return noted != records_.noted().end() ? std::optional{noted->second} : held_root_;
}

}  // namespace fedtrail::audit
