/// Which servers the origin's own lists block: nothing should go there.

#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "fedtrail/core/result.hpp"
#include "fedtrail/core/time.hpp"
#include "fedtrail/core/uri.hpp"
#include "fedtrail/records/recipient_block.hpp"

namespace fedtrail {

/// One line of a list. It holds for the host and for all below it, as it does in Mastodon and Lemmy.
struct DomainBlock {
    Host host;
    records::BlockSeverity severity{records::BlockSeverity::Suspended};
    std::string reason{};  ///< As the list says it; "" if it says none.
};

/// Thread-safe; several processes may share it. Errors of all: Unavailable, Corrupt.
class BlockBook {
public:
    BlockBook() = default;
    BlockBook(const BlockBook&) = delete;
    BlockBook& operator=(const BlockBook&) = delete;
    BlockBook(BlockBook&&) = delete;
    BlockBook& operator=(BlockBook&&) = delete;
    virtual ~BlockBook() = default;

    /// The strongest block of each host or of one above it, with those of the other lists, in the order of
    /// `hosts`.
    [[nodiscard]] virtual Result<std::vector<std::optional<records::RecipientBlock>>> blocks(
        std::span<const Host> hosts) const = 0;
    /// The whole list of that name; what stood in it before and does not now is forgotten. `list` "" is none.
    [[nodiscard]] virtual Result<void> replace_list(const std::string& list,
                                                    Instant at,
                                                    std::span<const DomainBlock> blocks) = 0;
};

}  // namespace fedtrail
