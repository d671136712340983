/// What facts and times of a chunk share.

#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <unordered_map>
#include <vector>

#include "fedtrail/ledger/chunk.hpp"
#include "fedtrail/ledger/varint.hpp"

namespace fedtrail::ledger {

/// How an activity's holders are told. The values are the format's.
enum class HolderMode : std::uint8_t {
    Alone = 0,    ///< A list of its own, the roster is not touched.
    Differs = 1,  ///< What differs from the roster.
    Resets = 2,   ///< A list of its own that becomes the roster.
};

/// The outcome codes of a chunk; everywhere else they stand as their index. Ascending, so that the bytes
/// depend on the content alone.
class CodeTable {
public:
    /// Of the first `activities` of the chunk, and of all that is late.
    CodeTable(const Chunk& chunk, std::size_t activities);
    explicit CodeTable(ByteReader& in);

    void append_to(ByteWriter& out) const;
    [[nodiscard]] std::uint32_t index_of(OutcomeCode code) const;
    /// 0, and ok() false for good, for an index outside.
    [[nodiscard]] OutcomeCode code_at(std::uint64_t index) const;
    [[nodiscard]] bool ok() const noexcept { return ok_; }

private:
    void add(OutcomeCode code);

    std::vector<OutcomeCode> codes_;
    mutable OutcomeCode recent_code_{};
    mutable std::uint32_t recent_index_{};
    mutable bool ok_{true};
};

/// The order in which an activity's recipients are told in the times: by when they were reached in the
/// broadcasts before, so that the times mostly rise by little. Kept alike by encoder and decoder, from a
/// chunk's start.
class ReachOrder {
public:
    /// Positions in `holders`, in the order to tell them.
    [[nodiscard]] const std::vector<std::uint32_t>& order(const std::vector<HolderFact>& holders);
    /// Learns when each holder (by position) was first reached.
    void learn(const std::vector<HolderFact>& holders, const std::vector<std::int32_t>& offsets);

private:
    /// A smoothed offset in 1/256 seconds per recipient.
    std::unordered_map<std::uint32_t, std::int32_t> reached_;
    std::vector<std::uint64_t> keys_;
    std::vector<std::uint32_t> order_;
};

class TimesWriter {
public:
    explicit TimesWriter(const CodeTable& codes) : codes_(codes) {}
    void add(const std::vector<HolderFact>& holders, const std::vector<Attempt>& attempts);
    [[nodiscard]] std::vector<Bytes> take() &&;

private:
    void add_repeated(std::span<const Attempt> attempts);
    void close_part();

    const CodeTable& codes_;
    ReachOrder order_;
    std::vector<Bytes> parts_;
    std::uint64_t activities_{};
    ByteWriter offsets_;
    ByteWriter repeats_;
    ByteWriter repeat_codes_;
    ByteWriter repeat_gaps_;
    std::vector<std::uint32_t> begins_;
    std::vector<std::int32_t> firsts_;
};

/// Fills in the attempts of a chunk whose facts are read; false if they do not fit.
[[nodiscard]] bool read_times(const std::vector<Bytes>& times, const CodeTable& codes, Chunk& chunk);

}  // namespace fedtrail::ledger
