/// Where the log takes its leaves from: every store keeps its own, beside the events they are of.

#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "fedtrail/core/result.hpp"
#include "fedtrail/records/leaf.hpp"

namespace fedtrail {

/// The numbers are written to disk: append only. Also the order in which the log takes what waits.
enum class LeafStore : std::uint8_t {
    Ledger = 1,
    Cases = 2,
    Vault = 3,
    Log = 4,  ///< Events that no other store has.
};
inline constexpr LeafStore kLastLeafStore = LeafStore::Log;

/// What a store keeps of a leaf.
struct StoredLeaf {
    /// What opens the commitment in full.
    struct Opening {
        records::LeafSalt salt{};
        Bytes body;
    };

    std::uint64_t sequence{};  ///< In its store, from 1, without a gap.
    records::LeafHead head;
    records::LeafDigest digest{};
    std::optional<Opening> opening;  ///< Nothing once it was given up.
};

/// Thread-safe. Errors of all: Unavailable, Corrupt.
class LeafSource {
public:
    LeafSource() = default;
    LeafSource(const LeafSource&) = delete;
    LeafSource& operator=(const LeafSource&) = delete;
    LeafSource(LeafSource&&) = delete;
    LeafSource& operator=(LeafSource&&) = delete;
    virtual ~LeafSource() = default;

    [[nodiscard]] virtual LeafStore store() const = 0;
    /// At most `limit`, above `after`, by sequence. What was given once is given again the same.
    [[nodiscard]] virtual Result<std::vector<StoredLeaf>> leaves(std::uint64_t after,
                                                                 std::size_t limit) const = 0;
    /// By sequence.
    [[nodiscard]] virtual Result<std::vector<StoredLeaf>> about(privacy::SubjectNumber subject) const = 0;
    /// By sequence.
    [[nodiscard]] virtual Result<std::vector<StoredLeaf>> of(records::RequestNumber request) const = 0;
};

}  // namespace fedtrail
