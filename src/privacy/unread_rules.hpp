/// Which rules decide of what cannot be read.

#pragma once

#include "fedtrail/privacy/transfer_rules.hpp"

namespace fedtrail::privacy {

/// A rule that lets pass does so only if it asks nothing of the person and of the object, or names `unread`:
/// what is not read could be anything. One that blocks always does.
[[nodiscard]] inline bool decides_unread(const TransferRule& rule) {
    const bool asks_content =
        (rule.categories != 0 && (rule.categories & kUnreadBit) == 0) || rule.visibilities != 0;
    return rule.effect == RuleEffect::Block || !(asks_content || rule.objection || rule.minor);
}

}  // namespace fedtrail::privacy
