/// What changed from one wording of a policy to the next, sentence by sentence. Pure.

#pragma once

#include <string_view>
#include <vector>

#include "fedtrail/records/policy_text.hpp"

namespace fedtrail::recipients {

struct PolicyDifference {
    std::vector<records::DifferencePiece> pieces;  ///< One sentence each, with up to two that stayed around.
    bool cut{};  ///< The texts are longer than is compared, or more changed.
};

/// Of each text the first 3,000 sentences are compared; at most 400 pieces are given. Empty if nothing
/// changed.
[[nodiscard]] PolicyDifference difference_of(std::string_view before, std::string_view after);

}  // namespace fedtrail::recipients
