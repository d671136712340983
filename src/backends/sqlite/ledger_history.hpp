/// What the journal holds beyond the chunks: the activities that are still open to retries, in memory.
///
/// Replaying the journal is the only way this comes about, at start, after a failed commit and in a reader
/// alike.

#pragma once

#include <cstdint>
#include <deque>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "fedtrail/ledger/chunk.hpp"
#include "fedtrail/ledger/journal.hpp"

#include "backends/sqlite/attempt_set.hpp"

namespace fedtrail::sqlite {

struct LateHash {
    [[nodiscard]] std::size_t operator()(const ledger::LateAttempt& late) const noexcept;
};

struct OpenActivity {
    ledger::ActivityHead head;
    std::vector<ledger::Attempt> attempts;  ///< In the order observed.
    std::int64_t batch{};                   ///< The journal batch it was first seen in.
    AttemptSet seen;  ///< Filled by a writer when it first asks; readers leave it empty.
};

struct OpenSubject {
    std::uint32_t first{};  ///< Number of the first open activity.
    std::deque<OpenActivity> activities;
    std::vector<ledger::LateAttempt>
        late;                   ///< Attempts of activities that are in chunks, in the order observed.
    std::int64_t late_batch{};  ///< The journal batch of the first of them.
    std::unordered_set<ledger::LateAttempt, LateHash>
        seen_late;  ///< The same; filled by a writer when it first asks, readers leave it empty.
    std::size_t attempts{};

    [[nodiscard]] bool empty() const { return activities.empty() && late.empty(); }
    [[nodiscard]] std::uint32_t next() const { return first + static_cast<std::uint32_t>(activities.size()); }
    [[nodiscard]] bool is_open(std::uint32_t number) const { return number >= first && number < next(); }
};

/// The first `count` open activities as a chunk takes them: attempts sorted, none twice, holders told.
[[nodiscard]] std::vector<ledger::ActivityEntry> entries_of(const OpenSubject& subject, std::size_t count);

/// The framed blob of a batch: its number, then its records.
[[nodiscard]] Bytes journal_blob(std::int64_t batch, ByteView records);
/// Its records, in order. Errors: Corrupt; the visitor may have seen the records before the fault.
[[nodiscard]] Result<void> read_batch(std::int64_t batch, ByteView blob, ledger::JournalVisitor& visitor);

class OpenHistory : public ledger::JournalVisitor {
public:
    void begin_batch(std::int64_t batch) { batch_ = batch; }
    void on_activity(ledger::JournalActivity&& activity) override;
    void on_observation(const ledger::JournalObservation& observation) override;
    void on_mark(const ledger::JournalMark& mark) override;
    void clear();

    /// Takes a row of the journal in. Errors: Corrupt.
    [[nodiscard]] Result<void> replay(std::int64_t batch, ByteView blob);

    [[nodiscard]] const OpenSubject* find(std::uint64_t subject) const;
    /// False if the open activity may have this attempt already; from then on it has. Only a look at its
    /// attempts can tell.
    [[nodiscard]] bool is_first(std::uint64_t subject,
                                std::uint32_t activity,
                                std::uint32_t recipient,
                                std::int64_t at);
    /// Whether the late attempt is among those that are not in chunks yet.
    [[nodiscard]] bool has_late(std::uint64_t subject, const ledger::LateAttempt& late);
    /// Whether there is an intent in whose place this outcome belongs.
    [[nodiscard]] bool has_intent(const ledger::JournalObservation& outcome) const;
    [[nodiscard]] const std::unordered_map<std::uint64_t, OpenSubject>& subjects() const noexcept {
        return subjects_;
    }
    [[nodiscard]] std::size_t attempts() const noexcept { return attempts_; }
    /// The first batch that holds anything not yet in chunks; `otherwise` if there is none.
    [[nodiscard]] std::int64_t oldest_batch(std::int64_t otherwise) const;

private:
    OpenSubject& of(std::uint64_t subject);

    std::unordered_map<std::uint64_t, OpenSubject> subjects_;
    std::int64_t batch_{};
    std::size_t attempts_{};
    std::uint64_t recent_{};  ///< Observations come in runs of one subject.
    OpenSubject* recent_subject_{};
};

}  // namespace fedtrail::sqlite
