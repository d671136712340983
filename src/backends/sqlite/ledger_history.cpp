#include "backends/sqlite/ledger_history.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

#include "fedtrail/ledger/blob.hpp"
#include "fedtrail/ledger/varint.hpp"

#include "backends/sqlite/ledger_codes.hpp"

namespace fedtrail::sqlite {

namespace {

/// Puts the outcome in the place of the intent it settles; false if there is no such intent.
bool settle(std::vector<ledger::Attempt>& attempts, const ledger::Attempt& outcome) {
    const auto intent = std::find_if(attempts.rbegin(), attempts.rend(), [&](const ledger::Attempt& attempt) {
        return attempt.recipient == outcome.recipient && attempt.offset == outcome.offset &&
               is_intent(attempt.code);
    });
    if (intent == attempts.rend()) {
        return false;
    }
    intent->code = outcome.code;
    return true;
}

auto intent_of(std::vector<ledger::LateAttempt>& late, const ledger::LateAttempt& outcome) {
    return std::find_if(late.rbegin(), late.rend(), [&](const ledger::LateAttempt& attempt) {
        return attempt.activity == outcome.activity && attempt.recipient == outcome.recipient &&
               attempt.at == outcome.at && is_intent(attempt.code);
    });
}

/// Where nobody asked yet there is no set, and where there is one it has all that came before.
void note_late(OpenSubject& subject, const ledger::LateAttempt& late) {
    if (!subject.seen_late.empty()) {
        subject.seen_late.insert(late);
    }
}

/// Puts a late outcome in the place of the intent it settles, or behind the others. The same outcome of two
/// deliveries in one second stands there once, as among the attempts of an open activity.
void settle_late(OpenSubject& subject, const ledger::LateAttempt& outcome) {
    auto& late = subject.late;
    const bool known = std::find(late.begin(), late.end(), outcome) != late.end();
    const auto intent = intent_of(late, outcome);
    if (intent != late.rend()) {
        subject.seen_late.erase(*intent);
    }
    if (intent == late.rend()) {
        if (!known) {
            late.push_back(outcome);
        }
    } else if (known) {
        late.erase(std::next(intent).base());
    } else {
        intent->code = outcome.code;
    }
    note_late(subject, outcome);
}

}  // namespace

std::size_t LateHash::operator()(const ledger::LateAttempt& late) const noexcept {
    constexpr std::uint64_t kOdd = 0x9E3779B97F4A7C15ULL;
    auto hash = (std::uint64_t{late.activity} << 32U | late.recipient) * kOdd;
    hash = (hash ^ hash >> 32U ^ static_cast<std::uint64_t>(late.at)) * kOdd;
    hash = (hash ^ hash >> 32U ^ late.code) * kOdd;
    return static_cast<std::size_t>(hash ^ hash >> 32U);
}

std::vector<ledger::ActivityEntry> entries_of(const OpenSubject& subject, std::size_t count) {
    std::vector<ledger::ActivityEntry> entries;
    entries.reserve(count);
    for (std::size_t i = 0; i < count; ++i) {
        ledger::ActivityEntry entry;
        entry.head = subject.activities[i].head;
        entry.attempts = subject.activities[i].attempts;
        std::sort(entry.attempts.begin(), entry.attempts.end());
        entry.attempts.erase(std::unique(entry.attempts.begin(), entry.attempts.end()), entry.attempts.end());
        entry.holders = ledger::holders_of(entry.attempts);
        entries.push_back(std::move(entry));
    }
    return entries;
}

Bytes journal_blob(std::int64_t batch, ByteView records) {
    ledger::ByteWriter content;
    content.signed_varint(batch);
    content.raw(records);
    return ledger::frame(ledger::BlobKind::Journal, content.bytes());
}

Result<void> read_batch(std::int64_t batch, ByteView blob, ledger::JournalVisitor& visitor) {
    const auto content = ledger::unframe(ledger::BlobKind::Journal, blob);
    if (!content) {
        return fail(content);
    }
    ledger::ByteReader in{*content};
    if (in.signed_varint() != batch) {
        return fail(
            ErrorKind::Corrupt, "ledger journal: a batch stands in another's place", "run `fedtrail doctor`");
    }
    return ledger::decode_journal(in.raw(in.left()), visitor);
}

Result<void> OpenHistory::replay(std::int64_t batch, ByteView blob) {
    begin_batch(batch);
    return read_batch(batch, blob, *this);
}

OpenSubject& OpenHistory::of(std::uint64_t subject) {
    if (recent_subject_ == nullptr || recent_ != subject) {
        recent_ = subject;
        recent_subject_ = &subjects_[subject];
    }
    return *recent_subject_;
}

void OpenHistory::on_activity(ledger::JournalActivity&& activity) {
    auto& subject = of(activity.subject);
    if (subject.activities.empty()) {
        subject.first = activity.number;
    }
    // Mostly the same recipients again: room for them at once.
    const auto usual = subject.activities.empty() ? 0 : subject.activities.back().attempts.size();
    subject.activities.push_back(OpenActivity{std::move(activity.head), {}, batch_, {}});
    subject.activities.back().attempts.reserve(usual + usual / 8);
}

void OpenHistory::on_observation(const ledger::JournalObservation& observation) {
    auto& subject = of(observation.subject);
    if (!subject.is_open(observation.activity)) {
        const ledger::LateAttempt late{
            observation.activity, observation.recipient, observation.at, observation.code};
        subject.late_batch = subject.late.empty() ? batch_ : subject.late_batch;
        if (observation.settles) {
            settle_late(subject, late);
        } else {
            subject.late.push_back(late);
            note_late(subject, late);
        }
        return;
    }
    auto& activity = subject.activities[observation.activity - subject.first];
    const ledger::Attempt attempt{observation.recipient,
                                  static_cast<std::int32_t>(observation.at - activity.head.at),
                                  observation.code};
    if (!observation.settles || !settle(activity.attempts, attempt)) {
        activity.attempts.push_back(attempt);
        ++subject.attempts;
        ++attempts_;
    }
}

bool OpenHistory::has_late(std::uint64_t subject, const ledger::LateAttempt& late) {
    const auto* known = find(subject);
    if (known == nullptr || known->late.empty()) {
        return false;
    }
    auto& open = of(subject);
    if (open.seen_late.empty()) {
        open.seen_late.insert(open.late.begin(), open.late.end());
    }
    return open.seen_late.count(late) > 0;
}

bool OpenHistory::has_intent(const ledger::JournalObservation& outcome) const {
    const auto* subject = find(outcome.subject);
    if (subject == nullptr) {
        return false;
    }
    if (!subject->is_open(outcome.activity)) {
        return std::any_of(subject->late.rbegin(), subject->late.rend(), [&](const auto& attempt) {
            return attempt.activity == outcome.activity && attempt.recipient == outcome.recipient &&
                   attempt.at == outcome.at && is_intent(attempt.code);
        });
    }
    const auto& activity = subject->activities[outcome.activity - subject->first];
    // From the back, as settle(): the intent is one of the last.
    return std::any_of(activity.attempts.rbegin(), activity.attempts.rend(), [&](const auto& attempt) {
        return attempt.recipient == outcome.recipient && activity.head.at + attempt.offset == outcome.at &&
               is_intent(attempt.code);
    });
}

void OpenHistory::on_mark(const ledger::JournalMark& mark) {
    const auto found = subjects_.find(mark.subject);
    if (found == subjects_.end()) {
        return;
    }
    auto& subject = found->second;
    subject.late.clear();
    subject.seen_late.clear();
    while (!subject.activities.empty() && subject.first < mark.sealed) {
        const auto gone = subject.activities.front().attempts.size();
        subject.attempts -= gone;
        attempts_ -= gone;
        subject.activities.pop_front();
        ++subject.first;
    }
    if (subject.empty()) {
        subjects_.erase(found);
        recent_subject_ = nullptr;
    }
}

void OpenHistory::clear() {
    subjects_.clear();
    attempts_ = 0;
    recent_subject_ = nullptr;
}

const OpenSubject* OpenHistory::find(std::uint64_t subject) const {
    if (recent_subject_ != nullptr && recent_ == subject) {
        return recent_subject_;
    }
    const auto found = subjects_.find(subject);
    return found == subjects_.end() ? nullptr : &found->second;
}

bool OpenHistory::is_first(std::uint64_t subject,
                           std::uint32_t activity,
                           std::uint32_t recipient,
                           std::int64_t at) {
    auto& owner = of(subject);
    auto& open = owner.activities[activity - owner.first];
    if (open.seen.empty()) {
        for (const auto& attempt : open.attempts) {
            open.seen.insert(attempt.recipient, attempt.offset);
        }
    }
    return open.seen.insert(recipient, static_cast<std::int32_t>(at - open.head.at));
}

std::int64_t OpenHistory::oldest_batch(std::int64_t otherwise) const {
    auto oldest = otherwise;
    for (const auto& entry : subjects_) {
        const auto& subject = entry.second;
        if (!subject.activities.empty()) {
            oldest = std::min(oldest, subject.activities.front().batch);
        }
        if (!subject.late.empty()) {
            oldest = std::min(oldest, subject.late_batch);
        }
    }
    return oldest;
}

}  // namespace fedtrail::sqlite
