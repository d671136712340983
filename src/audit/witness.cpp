#include "audit/witness.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <iterator>
#include <optional>
#include <span>

#include "fedtrail/core/base64.hpp"
#include "fedtrail/ledger/checkpoint.hpp"
#include "fedtrail/ledger/tree.hpp"

namespace fedtrail::audit {

namespace {

constexpr std::size_t kMaxProof = 63;

/// The line that `text` begins with, without its end; nothing if it has none. `text` goes on behind it.
std::optional<std::string_view> take_line(std::string_view& text) {
    const auto end = text.find('\n');
    if (end == std::string_view::npos) {
        return std::nullopt;
    }
    const auto line = text.substr(0, end);
    text.remove_prefix(end + 1);
    return line;
}

std::optional<std::uint64_t> number_in(std::string_view digits) {
    std::uint64_t value = 0;
    const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    const bool whole = read.ec == std::errc{} && read.ptr == digits.data() + digits.size();
    return whole && (digits.size() == 1 || digits.front() != '0') ? std::optional{value} : std::nullopt;
}

WitnessAnswer said(int status, std::string why) {
    return {status, "text/plain; charset=utf-8", std::move(why) + "\n"};
}

WitnessAnswer stale(std::uint64_t size) {
    return {409, "text/x.tlog.size", std::to_string(size) + "\n"};
}

/// The line a note has for a signature.
std::string line_of(const ledger::NoteSignature& signature) {
    Bytes octets{signature.id.begin(), signature.id.end()};
    octets.insert(octets.end(), signature.signature.begin(), signature.signature.end());
    return "\xE2\x80\x94 " + signature.name + " " + base64(octets) + "\n";
}

}  // namespace

struct Witness::Question {
    std::uint64_t old_size{};
    std::vector<ledger::Hash> proof;
    std::string text;
    ledger::Note note;
    ledger::Checkpoint checkpoint;
};

std::string witness_question(std::uint64_t old_size,
                             std::span<const ledger::Hash> proof,
                             std::string_view note) {
    std::string body = "old " + std::to_string(old_size) + "\n";
    for (const auto& hash : proof) {
        body += base64(hash) + "\n";
    }
    return body + "\n" + std::string{note};
}

Result<Witness::Question> Witness::read(std::string_view body) {
    const auto malformed = [] { return fail(ErrorKind::Invalid, "this is no question of tlog-witness"); };
    if (body.size() > kMaxWitnessBody) {
        return malformed();
    }
    Question question;
    const auto first = take_line(body);
    const auto old = first && first->starts_with("old ") ? number_in(first->substr(4)) : std::nullopt;
    if (!old) {
        return malformed();
    }
    question.old_size = *old;
    for (auto line = take_line(body);; line = take_line(body)) {
        if (!line) {
            return malformed();
        }
        if (line->empty()) {
            break;
        }
        const auto hash = ledger::parse_hash(*line);
        if (!hash || question.proof.size() == kMaxProof) {
            return malformed();
        }
        question.proof.push_back(*hash);
    }
    auto note = ledger::Note::parse(body);
    auto checkpoint = note ? ledger::Checkpoint::parse(note->text) : Result<ledger::Checkpoint>{fail(note)};
    if (!checkpoint || question.old_size > checkpoint->size) {
        return malformed();
    }
    question.text = std::string{body};
    question.note = std::move(*note);
    question.checkpoint = std::move(*checkpoint);
    return question;
}

/// A failure leaves everything as it was; `answer` says which.
Result<Witnessed> Witness::decide(const Question& question,
                                  const std::optional<Witnessed>& before,
                                  WitnessAnswer& answer) const {
    const auto no = [&](WitnessAnswer why) {
        answer = std::move(why);
        return fail(ErrorKind::Conflict, "not cosigned");
    };
    const auto& checkpoint = question.checkpoint;
    const auto known = before ? before->size : 0;
    if (question.old_size != known) {
        return no(stale(known));
    }
    auto old_root = ledger::empty_root();
    if (before) {
        const auto note = ledger::Note::parse(before->note);
        const auto last =
            note ? ledger::Checkpoint::parse(note->text) : Result<ledger::Checkpoint>{fail(note)};
        if (!last || last->size != before->size) {
            answer = said(500, "what this witness remembers cannot be read");
            return fail(ErrorKind::Corrupt, "what this witness remembers of a log cannot be read");
        }
        old_root = last->root;
    }
    if (question.old_size == checkpoint.size && old_root != checkpoint.root) {
        return no(stale(known));
    }
    if (!ledger::verify_consistency(
            question.old_size, checkpoint.size, question.proof, old_root, checkpoint.root)) {
        return no(said(422, "the proof does not hold"));
    }
    const auto now = static_cast<std::uint64_t>(to_unix_seconds(clock_.now()));
    const auto line = line_of(signer_.sign(question.note.text, now));
    answer = {200, "text/plain; charset=utf-8", line};
    return Witnessed{checkpoint.origin, checkpoint.size, now, question.text + line};
}

WitnessAnswer Witness::add_checkpoint(std::string_view body) {
    const auto question = read(body);
    if (!question) {
        return said(400, question.error().what);
    }
    std::vector<ledger::VerifierKey> keys;
    std::copy_if(logs_.begin(), logs_.end(), std::back_inserter(keys), [&](const auto& key) {
        return key.name == question->checkpoint.origin;
    });
    if (keys.empty()) {
        return said(404, "this witness does not know that log");
    }
    const auto checked = ledger::check(question->note, keys);
    if (!checked || checked->empty()) {
        return said(403, "no signature of that log holds");
    }
    WitnessAnswer answer;
    const auto advanced = book_.advance(
        question->checkpoint.origin,
        [&](const std::optional<Witnessed>& before) { return decide(*question, before, answer); });
    if (!advanced && answer.status == 200) {
        return said(503, advanced.error().what);  // it was decided, but could not be written down
    }
    return answer;
}

WitnessAnswer Witness::checkpoint(std::string_view origin_hash) const {
    for (const auto& log : logs_) {
        if (hex(ledger::sha256(bytes_of(log.name))) != origin_hash) {
            continue;
        }
        const auto known = book_.last(log.name);
        if (!known) {
            return said(503, known.error().what);
        }
        if (*known) {
            return {200, "text/plain; charset=utf-8", (*known)->note};
        }
    }
    return said(404, "nothing was cosigned of that log");
}

bool is_as_cosigned(const Witnessed& known,
                    const ledger::VerifierKey& own,
                    std::span<const ledger::VerifierKey> logs) {
    const auto note = ledger::Note::parse(known.note);
    const auto checkpoint =
        note ? ledger::Checkpoint::parse(note->text) : Result<ledger::Checkpoint>{fail(note)};
    if (!checkpoint || checkpoint->origin != known.origin || checkpoint->size != known.size) {
        return false;
    }
    std::vector<ledger::VerifierKey> keys;
    std::copy_if(logs.begin(), logs.end(), std::back_inserter(keys), [&](const auto& key) {
        return key.name == known.origin;
    });
    const bool log_is_known = !keys.empty();
    keys.push_back(own);
    const auto checked = ledger::check(*note, keys);
    if (!checked) {
        return false;
    }
    const auto holds = [&](bool ours) {
        return std::any_of(checked->begin(), checked->end(), [&](const auto& signature) {
            return ours ? signature.key == own && signature.time == known.unix_seconds : signature.key != own;
        });
    };
    return holds(true) && (!log_is_known || holds(false));
}

}  // namespace fedtrail::audit
