/// What is written to the ledger, packed: the caller resolves names to numbers once and reuses them.

#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "fedtrail/core/personal.hpp"
#include "fedtrail/core/result.hpp"
#include "fedtrail/core/strong.hpp"
#include "fedtrail/core/time.hpp"
#include "fedtrail/core/uri.hpp"
#include "fedtrail/fediverse/category.hpp"
#include "fedtrail/privacy/disclosure.hpp"
#include "fedtrail/records/observation.hpp"

namespace fedtrail {

/// Position of an activity among those of its subject, from 0.
using ActivityNumber = Strong<struct ActivityNumberTag, std::uint32_t>;

/// An activity as one subject's history has it.
struct ActivityFact {
    privacy::SubjectNumber subject;
    Instant at{};
    std::string_view type;    ///< ActivityStreams type; "" if not read.
    std::string_view id;      ///< Activity URI, normalised; personal data, sealed at rest.
    std::string_view object;  ///< Object URI if the object is the subject's own, else the activity's id.
    fediverse::CategorySet categories;
    fediverse::Visibility visibility{fediverse::Visibility::Unknown};
    bool retold{};  ///< Told afterwards, and maybe not for the first time: an import given twice.
};

/// One attempt, 32 bytes.
struct PackedObservation {
    privacy::SubjectNumber subject;
    std::int64_t at_seconds{};  ///< Unix time.
    privacy::RecipientNumber recipient;
    ActivityNumber activity;
    privacy::Outcome outcome;
    privacy::Channel channel{privacy::Channel::Push};
    bool settles{};  ///< This is what became of the attempt `Intended` at the same activity, recipient and
                     ///< second.
};

struct FoldSummary {
    std::uint64_t activities{};
    std::uint64_t observations{};
    std::uint64_t chunks{};
    std::uint64_t batches_dropped{};
    bool more{};  ///< It stopped early so as not to hold up commits: call again.
};

/// The one writer of a ledger. Not thread-safe: one thread owns it.
class LedgerWriter {
public:
    LedgerWriter() = default;
    LedgerWriter(const LedgerWriter&) = delete;
    LedgerWriter& operator=(const LedgerWriter&) = delete;
    LedgerWriter(LedgerWriter&&) = delete;
    LedgerWriter& operator=(LedgerWriter&&) = delete;
    virtual ~LedgerWriter() = default;

    /// The number of a recipient; makes one if there is none (durable with the next commit).
    [[nodiscard]] virtual Result<privacy::RecipientNumber> recipient(const Host& host) = 0;

    /// The number of an activity in its subject's history; the same (subject, id) gives the same number.
    /// Without an id it is the first activity with the same object (a pull is about what was pushed), or else
    /// a new one; with neither, what is retold is the one of the same second, type, categories and
    /// visibility. Durable with the next commit.
    [[nodiscard]] virtual Result<ActivityNumber> activity(const ActivityFact& fact) = 0;

    /// Buffers an observation; false if the very same one is already in the ledger (it is not added again).
    [[nodiscard]] virtual Result<bool> add(const PackedObservation& observation) = 0;
    /// Buffers a tunnel, what passed through one, or a gap.
    virtual void add(const records::TunnelObservation& tunnel) = 0;
    virtual void add(const records::GapObservation& gap) = 0;

    /// Makes everything buffered durable, in one transaction. On failure the buffer is dropped and nothing of
    /// it is in the ledger. Errors: Unavailable (disk full, busy), Corrupt.
    [[nodiscard]] virtual Result<void> commit() = 0;
    /// The same for whoever commits again soon: what the next commit needs as well may be kept, until rest().
    [[nodiscard]] virtual Result<void> commit_of_many() { return commit(); }
    /// For whoever must not wait: whether the next commit_of_many() waits for no other writer. If so, nobody
    /// else writes until that commit, or rest().
    [[nodiscard]] virtual bool claim() { return true; }
    /// No commit follows soon: lets go of what commit_of_many() kept, and of a claim.
    virtual void rest() {}

    /// Whether so much came of one person after its activities had been folded that fold() should not wait:
    /// all of it goes into one chunk.
    [[nodiscard]] virtual bool wants_fold() const { return false; }
    /// Moves activities older than the retry horizon from the journal into chunks and pair sets. Errors:
    /// Unavailable; Corrupt: nothing was moved, and what is damaged of one person ends no later call, unless
    /// it is about that person alone.
    [[nodiscard]] virtual Result<FoldSummary> fold(Instant now) = 0;
    /// The same with what is newer, of one subject or of all, so that the transparency log can show it; only
    /// what is still on its way stays. A retry that comes afterwards costs a row.
    [[nodiscard]] virtual Result<FoldSummary> fold_settled(Instant now,
                                                           std::optional<privacy::SubjectNumber> subject) = 0;

    /// Before a subject's key is destroyed: writes down what the transparency log needs of their records to
    /// still add up without them. Nothing if the key is gone already. Errors: Unavailable, Corrupt.
    [[nodiscard]] virtual Result<void> keep_commitments(privacy::SubjectNumber subject) {
        (void)subject;
        return {};
    }

    /// Removes everything about one subject, whether their key still exists or not: afterwards nobody can
    /// tell from the ledger that they were in it. What is buffered is committed first. A subject that is not
    /// there is no error. The number must not be used again.
    [[nodiscard]] virtual Result<void> forget(privacy::SubjectNumber subject) = 0;
};

}  // namespace fedtrail
