/// Writes a chunk: what each activity is and who holds it, with its times beside it.

#include <algorithm>

#include "fedtrail/ledger/chunk.hpp"
#include "fedtrail/ledger/varint.hpp"

#include "ledger/chunk_parts.hpp"
#include "ledger/roster.hpp"
#include "ledger/uri_column.hpp"

namespace fedtrail::ledger {

namespace {

struct Difference {
    std::size_t absents{};
    std::size_t exceptions{};
    std::size_t extras{};
    [[nodiscard]] std::size_t cost() const { return absents + 2 * exceptions + 3 * extras; }
};

Difference compare(const Roster& roster, const std::vector<HolderFact>& holders) {
    Difference difference;
    const auto& members = roster.members();
    Roster::walk(
        members,
        holders,
        [&](std::size_t rank, const HolderFact& holder) {
            difference.exceptions += members[rank].usual == holder.code ? 0 : 1;
        },
        [&](std::size_t) { ++difference.absents; },
        [&](const HolderFact&) { ++difference.extras; });
    return difference;
}

/// Which mode costs least; a choice of the encoder, not of the format.
HolderMode choose_mode(const Roster& roster, const std::vector<HolderFact>& holders) {
    if (roster.members().empty()) {
        return holders.size() >= 2 ? HolderMode::Resets : HolderMode::Alone;
    }
    if (compare(roster, holders).cost() <= 3 * holders.size()) {
        return HolderMode::Differs;
    }
    return holders.size() * 2 > roster.members().size() ? HolderMode::Resets : HolderMode::Alone;
}

class FactsWriter {
public:
    explicit FactsWriter(const CodeTable& codes) : codes_(codes) {}

    void add(const ActivityHead& head, std::uint32_t number, const std::vector<HolderFact>& holders) {
        add_head(head, number);
        const auto mode = choose_mode(roster_, holders);
        modes_.byte(static_cast<std::uint8_t>(mode));
        if (mode == HolderMode::Differs) {
            add_difference(holders);
            roster_.learn(holders);
            return;
        }
        add_list(holders);
        if (mode == HolderMode::Resets) {
            roster_.reset(holders);
        }
    }

    [[nodiscard]] std::size_t size() const {
        return times_.size() + kinds_.size() + modes_.size() + refers_.size() + uris_.size() +
               counts_.size() + gaps_.size() + ranks_.size() + outcomes_.size();
    }

    void append_to(ByteWriter& out) const {
        out.sized(times_.bytes());
        out.sized(kinds_.bytes());
        out.sized(modes_.bytes());
        out.sized(refers_.bytes());
        uris_.append_to(out);
        out.sized(counts_.bytes());
        out.sized(gaps_.bytes());
        out.sized(ranks_.bytes());
        out.sized(outcomes_.bytes());
    }

private:
    void add_head(const ActivityHead& head, std::uint32_t number) {
        times_.signed_varint(head.at - last_at_);
        last_at_ = head.at;
        kinds_.varint(head.type);
        kinds_.varint(head.categories);
        kinds_.byte(head.visibility);
        refers_.varint(head.refers ? number - *head.refers : 0);
        uris_.add(head.id, head.at, UriCode{});
        if (!head.refers) {
            uris_.add(head.object, head.at, head.id);
        }
    }

    void add_holder(std::uint32_t& last, const HolderFact& holder) {
        gaps_.varint(holder.recipient - last);
        last = holder.recipient;
        outcomes_.varint(codes_.index_of(holder.code));
    }

    void add_list(const std::vector<HolderFact>& holders) {
        counts_.varint(holders.size());
        std::uint32_t last = 0;
        for (const auto& holder : holders) {
            add_holder(last, holder);
        }
    }

    void add_difference(const std::vector<HolderFact>& holders) {
        const auto& members = roster_.members();
        const auto difference = compare(roster_, holders);
        counts_.varint(difference.absents);
        counts_.varint(difference.exceptions);
        counts_.varint(difference.extras);
        std::size_t last_absent = 0;
        std::size_t last_exception = 0;
        std::uint32_t last_extra = 0;
        exceptions_.clear();
        Roster::walk(
            members,
            holders,
            [&](std::size_t rank, const HolderFact& holder) {
                if (members[rank].usual != holder.code) {
                    exceptions_.varint(rank - last_exception);
                    last_exception = rank;
                    outcomes_.varint(codes_.index_of(holder.code));
                }
            },
            [&](std::size_t rank) {
                ranks_.varint(rank - last_absent);
                last_absent = rank;
            },
            [&](const HolderFact& holder) { add_holder(last_extra, holder); });
        ranks_.raw(exceptions_.bytes());
    }

    const CodeTable& codes_;
    Roster roster_;
    std::int64_t last_at_{};
    ByteWriter times_;
    ByteWriter kinds_;
    ByteWriter modes_;
    ByteWriter refers_;
    UriColumnWriter uris_;
    ByteWriter counts_;
    ByteWriter gaps_;
    ByteWriter ranks_;
    ByteWriter outcomes_;
    ByteWriter exceptions_;
};

void write_late(const std::vector<LateAttempt>& late,
                std::uint32_t first,
                const CodeTable& codes,
                ByteWriter& out) {
    out.varint(late.size());
    std::int64_t last_at = 0;
    for (const auto& attempt : late) {
        out.signed_varint(static_cast<std::int64_t>(first) - attempt.activity);
        out.varint(attempt.recipient);
        out.signed_varint(attempt.at - last_at);
        out.varint(codes.index_of(attempt.code));
        last_at = attempt.at;
    }
}

/// Encodes as many of the first `most` activities as fit, with the codes of all `most`.
EncodedChunk encode_first(const Chunk& chunk, std::size_t most) {
    const CodeTable codes{chunk, most};
    EncodedChunk encoded;
    FactsWriter facts{codes};
    TimesWriter times{codes};
    while (encoded.activities < most && facts.size() < kChunkFactsLimit) {
        const auto& activity = chunk.activities[encoded.activities];
        const auto holders = holders_of(activity.attempts);
        facts.add(
            activity.head, chunk.first_activity + static_cast<std::uint32_t>(encoded.activities), holders);
        times.add(holders, activity.attempts);
        ++encoded.activities;
    }
    encoded.full = encoded.activities == kChunkActivities || facts.size() >= kChunkFactsLimit;
    ByteWriter out;
    out.varint(chunk.first_activity);
    out.varint(encoded.activities);
    codes.append_to(out);
    facts.append_to(out);
    write_late(chunk.late, chunk.first_activity, codes, out);
    encoded.facts = std::move(out).take();
    encoded.times = std::move(times).take();
    return encoded;
}

}  // namespace

std::vector<HolderFact> holders_of(const std::vector<Attempt>& sorted_attempts) {
    std::vector<HolderFact> holders;
    for (const auto& attempt : sorted_attempts) {
        if (holders.empty() || holders.back().recipient != attempt.recipient) {
            holders.push_back(HolderFact{attempt.recipient, attempt.code});
        } else if (rank_of(attempt.code) > rank_of(holders.back().code)) {
            holders.back().code = attempt.code;
        }
    }
    return holders;
}

EncodedChunk encode_chunk(const Chunk& chunk) {
    const auto most = std::min(chunk.activities.size(), kChunkActivities);
    auto encoded = encode_first(chunk, most);
    if (encoded.activities < most) {  // once more, without the codes of those that did not fit
        encoded = encode_first(chunk, encoded.activities);
        encoded.full = true;
    }
    return encoded;
}

}  // namespace fedtrail::ledger
