/// How the origin's own lists treat a server.

#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace fedtrail::records {

/// The numbers are written to disk: append only.
enum class BlockSeverity : std::uint8_t {
    Limited = 1,    ///< Mastodon's "silence": it is hidden, and data still goes there.
    Suspended = 2,  ///< Nothing should go there.
};

struct RecipientBlock {
    BlockSeverity severity{BlockSeverity::Suspended};
    std::string list;                      ///< The list it stands in.
    std::string reason;                    ///< As the list says it; "" if it says none.
    std::vector<RecipientBlock> others{};  ///< What other lists say of it, by list; these have none.

    friend bool operator==(const RecipientBlock&, const RecipientBlock&) = default;
};

[[nodiscard]] constexpr std::string_view name_of(BlockSeverity severity) {
    return severity == BlockSeverity::Limited ? "limited" : "suspended";
}

}  // namespace fedtrail::records
