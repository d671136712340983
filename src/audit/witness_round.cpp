#include "audit/witness_round.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include "fedtrail/core/count.hpp"
#include "fedtrail/ledger/tiles.hpp"
#include "fedtrail/ledger/tree.hpp"

#include "audit/witness.hpp"

namespace fedtrail::audit {

namespace {

constexpr std::chrono::seconds kFirstPause{5};
constexpr std::chrono::seconds kLongestPause{3'600};
constexpr std::size_t kMaxAnswer = 16'384;
constexpr std::uint64_t kLastCosigned =
    253'402'300'799;  ///< The year 9999: what can be shown, and counted on.

std::optional<std::uint64_t> size_in(std::string_view body) {
    std::uint64_t size = 0;
    const auto read = std::from_chars(body.data(), body.data() + body.size(), size);
    const std::string_view rest{read.ptr, static_cast<std::size_t>(body.data() + body.size() - read.ptr)};
    return read.ec == std::errc{} && (rest.empty() || rest == "\n") ? std::optional{size} : std::nullopt;
}

}  // namespace

WitnessRound::WitnessRound(WitnessRoundPorts ports,
                           std::vector<AskedWitness> witnesses,
                           std::function<void()> wake)
    : ports_(ports), wake_(std::move(wake)) {
    for (auto& witness : witnesses) {
        Asked asked;
        asked.standing.name = witness.key.name;
        asked.witness = std::move(witness);
        asked_.push_back(std::move(asked));
    }
}

std::vector<WitnessStanding> WitnessRound::standing() const {
    const std::lock_guard held{guard_};
    std::vector<WitnessStanding> all;
    for (const auto& asked : asked_) {
        all.push_back(asked.standing);
    }
    return all;
}

Result<std::optional<Instant>> WitnessRound::step() {
    std::map<std::size_t, RemoteResponse> answers;
    {
        const std::lock_guard held{guard_};
        answers.swap(answers_);
    }
    Result<void> done;
    for (const auto& [which, answer] : answers) {
        if (auto taken = take(asked_[which], answer); !taken) {
            done = std::move(taken);  // the others were answered all the same, and wait for nothing more
        }
    }
    if (!done) {
        return fail(done);
    }
    const auto last = ports_.log.last_checkpoint();
    if (!last || !*last) {
        return last ? Result<std::optional<Instant>>{std::optional<Instant>{}}
                    : Result<std::optional<Instant>>{fail(last)};
    }
    const auto now = ports_.clock.now();
    std::optional<Instant> next;
    for (std::size_t i = 0; i < asked_.size(); ++i) {
        auto& asked = asked_[i];
        if (asked.waiting || asked.standing.size == (*last)->checkpoint.size) {
            continue;
        }
        if (asked.not_before && *asked.not_before > now) {
            next = next ? std::min(*next, *asked.not_before) : asked.not_before;
            continue;
        }
        if (const auto sent = ask(i, **last); !sent) {
            return fail(sent);
        }
    }
    return next;
}

Result<void> WitnessRound::ask(std::size_t which, const SignedCheckpoint& checkpoint) {
    auto& asked = asked_[which];
    const auto size = checkpoint.checkpoint.size;
    if (asked.known > size) {
        troubled(
            asked,
            "it has seen " + counted(asked.known, "leaf", "leaves") + " of this log, more than there are");
        asked.known = 0;  // it may have been wrong, and says it again if not
        return {};
    }
    const auto proof =
        ledger::consistency_proof(asked.known, size, ledger::subtrees_of(size, [&](const ledger::Tile& tile) {
                                      return ports_.log.tile(tile);
                                  }));
    const auto note = ledger::Note::parse(checkpoint.note);
    if (!proof || !note) {
        return proof ? Result<void>{fail(note)} : Result<void>{fail(proof)};
    }
    auto url = Uri::parse(asked.witness.url.text() + "/add-checkpoint");
    if (!url) {
        return fail(url);
    }
    RemoteRequest request;
    request.method = "POST";
    request.url = std::move(*url);
    request.headers = {{"Content-Type", "text/plain; charset=utf-8"}};
    // Only our own signature: what others said of it is no business of this one.
    request.body =
        witness_question(asked.known, *proof, ledger::Note{note->text, {note->signatures.front()}}.write());
    request.max_body = kMaxAnswer;
    asked.asked = size;
    asked.text = note->text;
    asked.waiting = true;
    ports_.http.send(std::move(request), [this, which](RemoteResponse answer) {
        {
            const std::lock_guard held{guard_};
            answers_[which] = std::move(answer);
        }
        wake_();
    });
    return {};
}

void WitnessRound::troubled(Asked& asked, std::string why) {
    const auto pause = std::min<std::chrono::seconds>(
        kFirstPause * (std::int64_t{1} << std::min(asked.failures, 12U)), kLongestPause);
    ++asked.failures;
    asked.corrected = false;
    asked.not_before = ports_.clock.now() + pause;
    const std::lock_guard held{guard_};
    asked.standing.trouble = std::move(why);
}

Result<void> WitnessRound::take(Asked& asked, const RemoteResponse& answer) {
    asked.waiting = false;
    if (answer.fault != RemoteFault::None) {
        troubled(asked, std::string{name_of(answer.fault)});
        return {};
    }
    if (answer.status == 200) {
        return cosigned(asked, answer.body);
    }
    const auto size = answer.status == 409 ? size_in(answer.body) : std::nullopt;
    if (size && *size != asked.known) {
        asked.known = *size;
        if (!asked.corrected) {  // asked again at once, from there; but nobody sends us in circles
            asked.corrected = true;
            return {};
        }
    }
    troubled(asked, "it answered " + std::to_string(answer.status));
    return {};
}

Result<void> WitnessRound::cosigned(Asked& asked, const std::string& body) {
    const auto note = ledger::Note::parse(asked.text + "\n" + body);
    const std::array keys{asked.witness.key};
    const auto checked =
        note ? ledger::check(*note, keys) : Result<std::vector<ledger::CheckedSignature>>{fail(note)};
    // With a line before its signature the note would be another text than the one that is kept.
    if (!checked || checked->empty() || !checked->front().time || note->text != asked.text) {
        troubled(asked, "its answer has no cosignature of its key");
        return {};
    }
    if (*checked->front().time > kLastCosigned) {
        troubled(asked, "its cosignature is of a time after the year 9999");
        return {};
    }
    const auto of_witness = [&](const ledger::NoteSignature& signature) {
        return signature.name == asked.witness.key.name && signature.id == asked.witness.key.id();
    };
    const auto found = std::find_if(note->signatures.begin(), note->signatures.end(), of_witness);
    auto line = ledger::Note{"", {*found}}.write();
    line.erase(0, line.find("\xE2\x80\x94"));
    line.erase(line.find('\n'));
    if (auto kept =
            ports_.log.add_cosignature(asked.asked, asked.witness.key.name, *checked->front().time, line);
        !kept) {
        return kept;
    }
    asked.known = asked.asked;
    asked.failures = 0;
    asked.corrected = false;
    asked.not_before.reset();
    const std::lock_guard held{guard_};
    asked.standing.size = asked.asked;
    asked.standing.at = from_unix_seconds(static_cast<std::int64_t>(*checked->front().time));
    asked.standing.trouble.clear();
    return {};
}

}  // namespace fedtrail::audit
