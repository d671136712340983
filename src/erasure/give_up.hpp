/// That a recipient cannot be told, or only with disproportionate effort (Art. 19).

#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "fedtrail/ports/notice_book.hpp"

namespace fedtrail::erasure {

/// Art. 19: "unless this proves impossible or involves disproportionate effort".
enum class GiveUpGround : std::uint8_t { Impossible, Disproportionate };

/// "impossible", "disproportionate".
[[nodiscard]] std::optional<GiveUpGround> give_up_ground_named(std::string_view name);

/// Records it. `reason` is the controller's, without personal data, at most 500 octets. Errors: NotFound,
/// Invalid (no reason, or too long), Denied (the copy is verified gone, or the notice is being sent right
/// now), those of the book.
[[nodiscard]] Result<records::Notice> give_up_by_law(NoticeBook& notices,
                                                     records::NoticeNumber number,
                                                     GiveUpGround ground,
                                                     const std::string& reason,
                                                     Instant now);

}  // namespace fedtrail::erasure
