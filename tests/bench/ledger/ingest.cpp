#include "bench/ledger/ingest.hpp"

#include <algorithm>

#include "bench/ledger/feed.hpp"

namespace fedtrail::bench {

namespace {

void add(FoldSummary& sum, const FoldSummary& more) {
    sum.activities += more.activities;
    sum.observations += more.observations;
    sum.chunks += more.chunks;
    sum.batches_dropped += more.batches_dropped;
}

Result<void> fold(LedgerWriter& ledger, std::int64_t now_seconds, Ingested& result) {
    while (true) {
        result.folding.start();
        const auto folded = ledger.fold(from_unix_seconds(now_seconds));
        result.folding.stop();
        if (!folded) {
            return fail(folded);
        }
        add(result.folds, *folded);
        if (!folded->more) {
            return {};
        }
    }
}

/// Hands the stream on; an activity is worked out once for its wave.
class Witness {
public:
    Witness(const Workload& workload, Expected& expected, SubjectChooser& chooser)
        : workload_(workload), expected_(expected), chooser_(chooser) {}

    void see(const Attempt& attempt) {
        const std::pair named{attempt.user, attempt.activity};
        if (named != last_) {
            last_ = named;
            activity_ = workload_.activity(attempt.user, attempt.activity);
        }
        expected_.add(attempt, activity_);
        chooser_.add(attempt);
    }

private:
    const Workload& workload_;
    Expected& expected_;
    SubjectChooser& chooser_;
    std::pair<std::uint32_t, std::uint32_t> last_{~0U, ~0U};
    Activity activity_;
};

}  // namespace

Result<Ingested> ingest(Workload& workload,
                        LedgerWriter& ledger,
                        const std::vector<privacy::SubjectNumber>& subjects,
                        const IngestPlan& plan,
                        Expected& expected,
                        SubjectChooser& chooser) {
    Ingested result;
    PackedFeed feed{workload, ledger, subjects};
    Witness witness{workload, expected, chooser};
    ObservationBatch batch;
    std::uint64_t commits = 0;
    while (result.observations < plan.limit && workload.next(batch)) {
        feed.prepare(batch);
        result.writing.start();
        const auto written = feed.write();
        result.writing.stop();
        if (!written) {
            return fail(written);
        }
        result.observations += batch.attempts.size();
        if (++commits % plan.fold_every == 0) {
            if (auto folded = fold(ledger, workload.now_seconds(), result); !folded) {
                return fail(folded);
            }
        }
        for (const auto& attempt : batch.attempts) {
            witness.see(attempt);
        }
    }
    if (auto folded = fold(ledger, workload.now_seconds(), result); !folded) {
        return fail(folded);
    }
    result.known = feed.known();
    result.counts = workload.counts();
    return result;
}

namespace {

/// Rows of a batch; objects are numbered over all users.
class RowMaker {
public:
    explicit RowMaker(const Workload& workload) {
        for (const auto& person : workload.persons()) {
            starts_.push_back(next_);
            next_ += static_cast<std::int64_t>(person.activities.size());
        }
    }
    [[nodiscard]] std::int64_t object(std::uint32_t user, std::uint32_t activity) const {
        return starts_[user] + activity;
    }
    void make(const ObservationBatch& batch, std::vector<Row>& rows) const {
        rows.clear();
        for (const auto& attempt : batch.attempts) {
            const auto outcome = static_cast<std::int64_t>(attempt.channel) * 100'000 +
                                 static_cast<std::int64_t>(attempt.outcome.kind) * 1'000 +
                                 attempt.outcome.status;
            rows.push_back(Row{attempt.user,
                               attempt.server,
                               object(attempt.user, attempt.activity),
                               attempt.at_seconds,
                               outcome});
        }
    }

private:
    std::vector<std::int64_t> starts_;
    std::int64_t next_{};
};

double rate(std::uint64_t rows, double seconds) {
    return static_cast<double>(rows) / std::max(seconds, 1e-9);
}

}  // namespace

Result<RowsIngested> ingest_rows(const Model& model, const std::filesystem::path& file, std::uint64_t limit) {
    auto store = RowStore::create(file.string());
    if (!store) {
        return fail(store);
    }
    Workload workload{model};
    SubjectChooser chooser{workload};
    const RowMaker maker{workload};
    RowsIngested result;
    ObservationBatch batch;
    std::vector<Row> rows;
    double last_tenth_from = 0;
    while (result.rows < limit && workload.next(batch)) {
        maker.make(batch, rows);
        result.writing.start();
        const auto appended = (*store)->append(rows);
        result.writing.stop();
        if (!appended) {
            return fail(appended);
        }
        result.rows += rows.size();
        if (result.first_rate == 0 && result.rows >= limit / 10) {
            result.first_rate = rate(result.rows, result.writing.wall());
        }
        if (result.rows <= limit - limit / 10) {
            last_tenth_from = result.writing.wall();
        }
        for (const auto& attempt : batch.attempts) {
            chooser.add(attempt);
        }
    }
    result.last_rate = rate(limit / 10, result.writing.wall() - last_tenth_from);
    const auto bytes = (*store)->bytes();
    if (!bytes) {
        return fail(bytes);
    }
    result.bytes = *bytes;
    const auto about = chooser.choose();
    std::vector<std::int64_t> objects;
    for (const auto& [user, activity] : about.posts) {
        objects.push_back(maker.object(user, activity));
    }
    auto answers = ask(**store, about, objects);
    if (!answers) {
        return fail(answers);
    }
    result.answers = *std::move(answers);
    return result;
}

}  // namespace fedtrail::bench
