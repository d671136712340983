/// Who made what is shared, and who is only named in it.

#pragma once

#include "fedtrail/fediverse/category.hpp"

namespace fedtrail::fediverse {

/// What only the one who made it shares; somebody who is named or mentioned does not.
inline constexpr CategorySet kAuthored{DataCategory::Profile,
                                       DataCategory::PostText,
                                       DataCategory::Media,
                                       DataCategory::Location,
                                       DataCategory::Reaction,
                                       DataCategory::Boost,
                                       DataCategory::PollVote,
                                       DataCategory::DirectMessage,
                                       DataCategory::Move};

/// Whether these are of somebody who made what is shared.
[[nodiscard]] constexpr bool is_authored(CategorySet categories) {
    return (categories.bits() & kAuthored.bits()) != 0;
}

/// What whoever sends it shares, and of the origin's own people nobody else: whom they follow, block or
/// report is elsewhere, or their server tells nobody else of it.
inline constexpr CategorySet kSent{
    DataCategory::FollowRelation, DataCategory::Report, DataCategory::Block, DataCategory::Deletion};

/// Whether these are of a person of the origin who made what is shared, or sent it.
[[nodiscard]] constexpr bool is_by_them(CategorySet categories) {
    return is_authored(categories) || (categories.bits() & kSent.bits()) != 0;
}

}  // namespace fedtrail::fediverse
