/// The writing side: moving what is old enough into chunks, and making the chunks again.

#include <algorithm>
#include <functional>
#include <iterator>

#include "backends/sqlite/database.hpp"
#include "backends/sqlite/ledger_codes.hpp"
#include "backends/sqlite/ledger_fold.hpp"
#include "backends/sqlite/ledger_sealer.hpp"
#include "backends/sqlite/ledger_writer_store.hpp"

namespace fedtrail::sqlite {

namespace {

// A subject is folded when half a chunk has gathered, or this many attempts, or when it has waited long
// enough.
constexpr std::size_t kFoldActivities = ledger::kChunkActivities / 2;
constexpr std::size_t kFoldAttempts = 16'384;
constexpr std::size_t kFoldLate = 256;
/// Moved in one transaction of any one subject; a transaction ends with the subject that reaches either.
/// Bounds how long a commit waits behind a fold.
constexpr std::size_t kSliceActivities = 4'096;
constexpr std::size_t kSliceAttempts = 200'000;

/// An attempt of which nothing came so far may still come to something: folded, it would count twice.
constexpr std::chrono::minutes kOnItsWay{10};

/// Dated further ahead than this, it was dated by a wrong clock.
constexpr std::chrono::hours kMostAhead{24};

/// Attempts that began in this time, Unix seconds, may still be on their way.
struct OnTheirWay {
    explicit OnTheirWay(Instant now)
        : after(to_unix_seconds(now - kOnItsWay)), until(to_unix_seconds(now + kMostAhead)) {}
    [[nodiscard]] bool has(ledger::OutcomeCode code, std::int64_t at) const {
        return is_intent(code) && at > after && at <= until;
    }
    std::int64_t after;
    std::int64_t until;  ///< Beyond it a clock was wrong.
};

struct SliceSize {
    std::size_t activities{};
    std::size_t attempts{};
    [[nodiscard]] bool is_enough() const {
        return activities >= kSliceActivities || attempts >= kSliceAttempts;
    }
};

/// The most that one transaction takes of a subject's open activities, from the first on.
SliceSize slice_of(const OpenSubject& open) {
    SliceSize size;
    while (size.activities < open.activities.size() && !size.is_enough()) {
        size.attempts += open.activities[size.activities++].attempts.size();
    }
    return size;
}

/// How many of the first `most` activities come before the first that has an attempt on its way; nothing if
/// a late attempt is, for late ones are folded together.
std::optional<std::size_t> settled(const OpenSubject& open, std::size_t most, const OnTheirWay& moving) {
    if (std::any_of(open.late.begin(), open.late.end(), [&moving](const auto& late) {
            return moving.has(late.code, late.at);
        })) {
        return std::nullopt;
    }
    const auto end = open.activities.begin() + static_cast<std::ptrdiff_t>(most);
    const auto first = std::find_if(open.activities.begin(), end, [&moving](const OpenActivity& activity) {
        return std::any_of(activity.attempts.begin(), activity.attempts.end(), [&](const auto& attempt) {
            return moving.has(attempt.code, activity.head.at + attempt.offset);
        });
    });
    const auto count = static_cast<std::size_t>(first - open.activities.begin());
    return count == 0 && open.late.empty() ? std::nullopt : std::optional{count};
}
}  // namespace

/// What a wrong clock dated ahead counts as old: when it was recorded nobody knows any more, and to wait for
/// its time would keep the journal for years. Folded too early, it costs an amendment.
bool SqliteLedgerWriter::Store::FoldTimes::is_past(std::int64_t at, std::int64_t limit) const {
    return at <= limit || at > ahead;
}

std::optional<std::size_t> SqliteLedgerWriter::Store::foldable(const OpenSubject& open,
                                                               const FoldTimes& times) const {
    const auto most = slice_of(open).activities;
    std::size_t count = 0;
    std::size_t attempts = 0;
    while (count < most && times.is_past(open.activities[count].head.at, times.horizon)) {
        attempts += open.activities[count++].attempts.size();
    }
    const bool late_waited = !open.late.empty() && (open.late.size() >= kFoldLate ||
                                                    times.is_past(open.late.front().at, times.overdue));
    const bool waited = count > 0 && times.is_past(open.activities.front().head.at, times.overdue);
    if (count >= kFoldActivities || attempts >= kFoldAttempts || waited || late_waited) {
        return count;
    }
    return std::nullopt;
}

Result<FoldSummary> SqliteLedgerWriter::Store::fold(Instant now) {
    wants_fold_ = false;  // whom it cannot fold it is not asked for again at once
    const FoldTimes times{to_unix_seconds(now - options_.retry_horizon),
                          to_unix_seconds(now - options_.retry_horizon - options_.fold_patience),
                          to_unix_seconds(now + kMostAhead)};
    const OnTheirWay moving{now};
    return fold_those(now, {}, [&](const OpenSubject& open) {
        const auto count = foldable(open, times);
        return count ? settled(open, *count, moving) : std::nullopt;
    });
}

Result<FoldSummary> SqliteLedgerWriter::Store::fold_settled(Instant now,
                                                            std::optional<privacy::SubjectNumber> subject) {
    const OnTheirWay moving{now};
    const auto number = subject ? std::optional{subject->get()} : std::nullopt;
    return fold_those(now, number, [&moving](const OpenSubject& open) {
        return settled(open, slice_of(open).activities, moving);
    });
}

Result<FoldSummary> SqliteLedgerWriter::Store::fold_those(Instant now,
                                                          std::optional<std::uint64_t> subject,
                                                          const Foldable& foldable) {
    if (const auto committed = commit(); !committed) {
        return fail(committed);
    }
    std::vector<std::pair<std::uint64_t, std::size_t>> slice;
    SliceSize size;
    bool more = false;
    for (const auto& [number, open] : history_.subjects()) {
        const bool meant = subject ? *subject == number : unfoldable_.count(number) == 0;
        const auto count = meant ? foldable(open) : std::nullopt;
        if (!count) {
            continue;
        }
        if (size.is_enough()) {
            more = true;
            break;
        }
        slice.emplace_back(number, *count);
        const auto most = slice_of(open);
        more = more || (*count == most.activities && *count < open.activities.size());
        size.activities += *count;
        size.attempts += most.attempts + open.late.size();
    }
    if (slice.empty()) {
        return FoldSummary{};
    }
    std::sort(slice.begin(), slice.end());
    auto summary = fold_slice(slice, now);
    if (!summary) {
        auto failure = failed(fail(summary));
        return fail(failure);
    }
    summary->more = more;
    return summary;
}

Result<void> SqliteLedgerWriter::Store::fold_one(Folder& folder,
                                                 std::uint64_t subject,
                                                 std::size_t count,
                                                 FoldSummary& summary) {
    const auto* open = history_.find(subject);
    const auto shapes = book(subject);
    if (!shapes) {
        return fail(shapes);
    }
    if (auto folded = folder.fold(subject, *open, count, (*shapes)->shapes); !folded) {
        return folded;
    }
    (*shapes)->greatest.clear();
    summary.activities += count;
    summary.observations += open->late.size();
    for (std::size_t i = 0; i < count; ++i) {
        summary.observations += open->activities[i].attempts.size();
    }
    const ledger::JournalMark mark{subject, open->first + static_cast<std::uint32_t>(count)};
    encoder_.add(mark);
    sealed_.erase(subject);
    sealed_late_.note_sealed(subject);
    unindex(subject, *open, count);
    history_.on_mark(mark);
    return {};
}

Result<FoldSummary> SqliteLedgerWriter::Store::fold_slice(
    const std::vector<std::pair<std::uint64_t, std::size_t>>& slice, Instant now) {
    FoldSummary summary;
    try {
        SQLite::Transaction transaction{*database_, SQLite::TransactionBehavior::IMMEDIATE};
        WindowSealer sealer{tables_, recipients_, types_, now};
        Folder folder{tables_, options_.seal ? &sealer : nullptr};
        auto folded = options_.seal ? sealer.begin() : Result<void>{};
        auto part = slice.begin();
        for (; folded && part != slice.end(); ++part) {
            folded = fold_one(folder, part->first, part->second, summary);
        }
        if (!folded && folded.error().kind == ErrorKind::Corrupt && part != slice.begin()) {
            unfoldable_.insert(std::prev(part)->first);
        }
        folded = folded ? folder.finish() : std::move(folded);
        folded = folded && options_.seal ? sealer.finish() : std::move(folded);
        if (!folded) {
            return fail(folded);
        }
        write_batch();
        if (!options_.keep_journal) {
            // The last batch stays: it numbers the next.
            auto& row = tables_.statements().get("DELETE FROM journal WHERE batch < ?");
            row.bind(1, history_.oldest_batch(batch_ - 1));
            summary.batches_dropped = static_cast<std::uint64_t>(row.exec());
        }
        transaction.commit();
        summary.chunks = folder.chunks();
        tables_.statements().finish();
        whole_ = WholeChunk{};
        return summary;
    } catch (const SQLite::Exception& failure) {
        return tl::unexpected{to_error(failure, "folding the ledger's journal")};
    }
}

namespace {

constexpr const char* kClearDerived =
    "DELETE FROM subject; DELETE FROM chunk; DELETE FROM chunk_times; DELETE FROM chunk_range; DELETE FROM "
    "uri_hash; "
    "DELETE FROM reference; DELETE FROM pairs; DELETE FROM recipient_subjects; DELETE FROM recipient_total";

/// Replays a whole journal and folds again wherever it was folded.
class Refolder : public OpenHistory {
public:
    using Fold = std::function<Result<void>(std::uint64_t, const OpenSubject&, std::size_t)>;
    explicit Refolder(Fold fold) : fold_(std::move(fold)) {}

    void on_mark(const ledger::JournalMark& mark) override {
        const auto* open = find(mark.subject);
        if (result_ && open != nullptr) {
            const auto count = mark.sealed > open->first ? mark.sealed - open->first : 0;
            result_ = fold_(mark.subject, *open, std::min<std::size_t>(count, open->activities.size()));
        }
        OpenHistory::on_mark(mark);
    }
    [[nodiscard]] const Result<void>& result() const noexcept { return result_; }

private:
    Fold fold_;
    Result<void> result_;
};

}  // namespace

Result<void> SqliteLedgerWriter::Store::rebuild() {
    if (auto committed = commit(); !committed) {
        return committed;
    }
    SQLite::Transaction transaction{*database_, SQLite::TransactionBehavior::IMMEDIATE};
    if (database_->execAndGet("SELECT coalesce(min(batch), 1) FROM journal").getInt64() != 1) {
        return fail(ErrorKind::Conflict,
                    "the ledger's journal was not kept from its beginning, so nothing is rebuilt",
                    "restore a backup instead");
    }
    database_->exec(kClearDerived);
    tables_.forget();
    Refolder replay{[&](std::uint64_t subject, const OpenSubject& open, std::size_t count) -> Result<void> {
        const auto shapes = book(subject);
        if (!shapes) {
            return fail(shapes);
        }
        Folder folder{tables_};
        if (auto folded = folder.fold(subject, open, count, (*shapes)->shapes); !folded) {
            return folded;
        }
        return folder.finish();
    }};
    SQLite::Statement row{*database_, "SELECT batch, records FROM journal ORDER BY batch"};
    while (row.executeStep()) {
        if (auto read = replay.replay(row.getColumn(0).getInt64(), blob_of(row.getColumn(1)));
            !read || !replay.result()) {
            return read ? replay.result() : read;
        }
    }
    row.reset();
    transaction.commit();
    return recover();
}

Result<void> SqliteLedgerWriter::Store::compact() {
    if (auto committed = commit(); !committed) {
        return committed;
    }
    database_->exec("VACUUM");
    return empty_log(*database_);
}

}  // namespace fedtrail::sqlite
