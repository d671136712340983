/// Reads a chunk: all of it, or of each activity its head or its holders alone.

#include "fedtrail/ledger/chunk.hpp"
#include "fedtrail/ledger/varint.hpp"

#include "ledger/chunk_parts.hpp"
#include "ledger/roster.hpp"
#include "ledger/uri_column.hpp"

namespace fedtrail::ledger {

namespace {

class FactsReader {
public:
    FactsReader(ByteReader& in, const CodeTable& codes)
        : codes_(codes),
          times_(in.sized()),
          kinds_(in.sized()),
          modes_(in.sized()),
          refers_(in.sized()),
          uris_(in),
          counts_(in.sized()),
          gaps_(in.sized()),
          ranks_(in.sized()),
          outcomes_(in.sized()) {}

    ActivityEntry next(std::uint32_t number) {
        ActivityEntry entry;
        entry.head = next_head(number);
        entry.holders = next_holders(true);
        return entry;
    }

    /// Of every activity either its head is read, or its holders, or both; these columns stand apart.
    ActivityHead next_head(std::uint32_t number) {
        ActivityHead head;
        last_at_ = static_cast<std::int64_t>(static_cast<std::uint64_t>(last_at_) +
                                             static_cast<std::uint64_t>(times_.signed_varint()));
        head.at = last_at_;
        head.type = static_cast<std::uint32_t>(kinds_.varint());
        head.categories = static_cast<std::uint16_t>(kinds_.varint());
        head.visibility = kinds_.byte();
        const auto back = refers_.varint();
        head.id = uris_.next(head.at, UriCode{});
        if (back == 0) {
            head.object = uris_.next(head.at, head.id);
        } else if (back > number) {
            refers_.refuse();
        } else {
            head.refers = number - static_cast<std::uint32_t>(back);
        }
        return head;
    }

    /// If they are not wanted the answer may be empty; they are learned from all the same.
    std::vector<HolderFact> next_holders(bool wanted) {
        std::vector<HolderFact> holders;
        switch (static_cast<HolderMode>(modes_.byte())) {
            case HolderMode::Alone:
                holders = next_list();
                break;
            case HolderMode::Resets:
                holders = next_list();
                roster_.reset(holders);
                break;
            case HolderMode::Differs:
                if (next_difference()) {
                    holders = wanted ? merged() : std::vector<HolderFact>{};
                    roster_.learn(difference_);
                }
                break;
            default:
                modes_.refuse();
        }
        return holders;
    }

    [[nodiscard]] bool heads_ok() const { return times_.ok() && kinds_.ok() && refers_.ok() && uris_.ok(); }
    [[nodiscard]] bool holders_ok() const {
        return modes_.ok() && counts_.ok() && gaps_.ok() && ranks_.ok() && outcomes_.ok();
    }
    [[nodiscard]] bool ok() const { return heads_ok() && holders_ok(); }
    [[nodiscard]] bool done() const {
        return times_.done() && kinds_.done() && modes_.done() && refers_.done() && uris_.done() &&
               counts_.done() && gaps_.done() && ranks_.done() && outcomes_.done();
    }

private:
    /// The next of a list of recipients told as gaps; refused where it does not ascend.
    std::uint32_t next_recipient(std::size_t index, std::uint32_t last) {
        const auto gap = gaps_.varint();
        if ((index > 0 && gap == 0) || gap > UINT32_MAX - last) {
            gaps_.refuse();
            return last;
        }
        return last + static_cast<std::uint32_t>(gap);
    }

    std::size_t bounded(std::size_t limit) {
        const auto count = counts_.varint();
        if (count > limit) {
            counts_.refuse();
            return 0;
        }
        return static_cast<std::size_t>(count);
    }

    std::vector<HolderFact> next_list() {
        std::vector<HolderFact> holders(bounded(gaps_.left()));
        std::uint32_t last = 0;
        for (std::size_t i = 0; i < holders.size(); ++i) {
            last = next_recipient(i, last);
            holders[i] = HolderFact{last, codes_.code_at(outcomes_.varint())};
        }
        return gaps_.ok() ? holders : std::vector<HolderFact>{};
    }

    /// The next of `count` ranks told as gaps; one that is told twice or lies outside the roster is refused.
    std::size_t next_rank(std::size_t index, std::size_t last) {
        const auto gap = static_cast<std::size_t>(ranks_.varint());
        const auto rank = index == 0 ? gap : last + gap;
        if (rank >= roster_.members().size() || (index > 0 && gap == 0)) {
            ranks_.refuse();
            return 0;
        }
        return rank;
    }

    /// Reads what stands of it in the columns; false if that cannot be.
    bool next_difference() {
        const auto members = roster_.members().size();
        const auto absents = bounded(members);
        const auto exceptions = bounded(members);
        const auto extras = bounded(gaps_.left());
        difference_.absent.clear();
        for (std::size_t i = 0; i < absents && ranks_.ok(); ++i) {
            difference_.absent.push_back(next_rank(i, i == 0 ? 0 : difference_.absent.back()));
        }
        difference_.exceptions.clear();
        for (std::size_t i = 0; i < exceptions && ranks_.ok(); ++i) {
            const auto rank = next_rank(i, i == 0 ? 0 : difference_.exceptions.back().rank);
            difference_.exceptions.push_back({rank, 0});
        }
        difference_.extras.clear();
        std::uint32_t last = 0;
        for (std::size_t i = 0; i < extras; ++i) {
            last = next_recipient(i, last);
            difference_.extras.push_back(HolderFact{last, 0});
        }
        if (!counts_.ok() || !ranks_.ok() || !gaps_.ok()) {
            return false;
        }
        read_outcomes();
        return outcomes_.ok() && codes_.ok();
    }

    /// Outcomes stand in the order of recipients, members and extras mixed.
    void read_outcomes() {
        auto extra = difference_.extras.begin();
        const auto extras_below = [&](std::uint64_t recipient) {
            for (; extra != difference_.extras.end() && extra->recipient < recipient; ++extra) {
                extra->code = codes_.code_at(outcomes_.varint());
            }
        };
        for (auto& exception : difference_.exceptions) {
            extras_below(roster_.members()[exception.rank].recipient);
            exception.code = codes_.code_at(outcomes_.varint());
        }
        extras_below(std::uint64_t{1} << 32U);
    }

    /// Everybody the difference leaves or adds, ascending.
    [[nodiscard]] std::vector<HolderFact> merged() const {
        const auto& members = roster_.members();
        std::vector<HolderFact> holders;
        holders.reserve(members.size() + difference_.extras.size());
        auto extra = difference_.extras.begin();
        auto absent = difference_.absent.begin();
        auto exception = difference_.exceptions.begin();
        for (std::size_t rank = 0; rank < members.size(); ++rank) {
            for (; extra != difference_.extras.end() && extra->recipient < members[rank].recipient; ++extra) {
                holders.push_back(*extra);
            }
            if (absent != difference_.absent.end() && *absent == rank) {
                ++absent;
            } else if (exception != difference_.exceptions.end() && exception->rank == rank) {
                holders.push_back(HolderFact{members[rank].recipient, exception->code});
                ++exception;
            } else {
                holders.push_back(HolderFact{members[rank].recipient, members[rank].usual});
            }
        }
        holders.insert(holders.end(), extra, difference_.extras.end());
        return holders;
    }

    const CodeTable& codes_;
    Roster roster_;
    std::int64_t last_at_{};
    ByteReader times_;
    ByteReader kinds_;
    ByteReader modes_;
    ByteReader refers_;
    UriColumnReader uris_;
    ByteReader counts_;
    ByteReader gaps_;
    ByteReader ranks_;
    ByteReader outcomes_;
    Roster::Difference difference_;
};

std::vector<LateAttempt> read_late(ByteReader& in, std::uint32_t first, const CodeTable& codes) {
    std::vector<LateAttempt> late(in.count(4));
    std::uint64_t last_at = 0;
    for (auto& attempt : late) {
        attempt.activity = static_cast<std::uint32_t>(first - static_cast<std::uint64_t>(in.signed_varint()));
        attempt.recipient = static_cast<std::uint32_t>(in.varint());
        last_at += static_cast<std::uint64_t>(in.signed_varint());
        attempt.at = static_cast<std::int64_t>(last_at);
        attempt.code = codes.code_at(in.varint());
    }
    return late;
}

tl::unexpected<Error> corrupt_facts() {
    return fail(ErrorKind::Corrupt, "ledger chunk: its facts contradict themselves", "run `fedtrail doctor`");
}

/// What stands before the columns.
struct Opening {
    explicit Opening(ByteReader& in)
        : first_activity(static_cast<std::uint32_t>(in.varint())), activities(in.varint()), codes(in) {}
    std::uint32_t first_activity;
    std::uint64_t activities;
    CodeTable codes;
};

}  // namespace

Result<Chunk> decode_facts(ByteView facts) {
    ByteReader in{facts};
    const Opening opening{in};
    FactsReader reader{in, opening.codes};
    if (!in.ok() || opening.activities > kChunkActivities) {
        return corrupt_facts();
    }
    Chunk chunk;
    chunk.first_activity = opening.first_activity;
    for (std::uint32_t i = 0; i < opening.activities && reader.ok(); ++i) {
        chunk.activities.push_back(reader.next(chunk.first_activity + i));
    }
    chunk.late = read_late(in, chunk.first_activity, opening.codes);
    if (!in.done() || !reader.done() || !opening.codes.ok()) {
        return corrupt_facts();
    }
    return chunk;
}

Result<Chunk> decode_heads(ByteView facts) {
    ByteReader in{facts};
    const Opening opening{in};
    FactsReader reader{in, opening.codes};
    if (!in.ok() || opening.activities > kChunkActivities) {
        return corrupt_facts();
    }
    Chunk chunk;
    chunk.first_activity = opening.first_activity;
    for (std::uint32_t i = 0; i < opening.activities && reader.heads_ok(); ++i) {
        chunk.activities.emplace_back().head = reader.next_head(chunk.first_activity + i);
    }
    chunk.late = read_late(in, chunk.first_activity, opening.codes);
    if (!in.done() || !reader.heads_ok() || !opening.codes.ok()) {
        return corrupt_facts();
    }
    return chunk;
}

Result<std::vector<std::vector<HolderFact>>> decode_holders(ByteView facts,
                                                            const std::vector<std::size_t>& wanted) {
    ByteReader in{facts};
    const Opening opening{in};
    FactsReader reader{in, opening.codes};
    if (!in.ok() || opening.activities > kChunkActivities) {
        return corrupt_facts();
    }
    std::vector<std::vector<HolderFact>> holders;
    for (std::size_t i = 0; holders.size() < wanted.size() && i < opening.activities && reader.holders_ok();
         ++i) {
        const bool asked = wanted[holders.size()] == i;
        auto found = reader.next_holders(asked);
        if (asked) {
            holders.push_back(std::move(found));
        }
    }
    if (holders.size() < wanted.size() || !reader.holders_ok() || !opening.codes.ok()) {
        return corrupt_facts();
    }
    return holders;
}

Result<Chunk> decode_chunk(ByteView facts, const std::vector<Bytes>& times) {
    auto chunk = decode_facts(facts);
    if (!chunk) {
        return chunk;
    }
    ByteReader in{facts};
    in.varint();
    in.varint();
    const CodeTable codes{in};
    if (!read_times(times, codes, *chunk)) {
        return fail(
            ErrorKind::Corrupt, "ledger chunk: its times do not fit its facts", "run `fedtrail doctor`");
    }
    return chunk;
}

}  // namespace fedtrail::ledger
