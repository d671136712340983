/// What is known of the origin's own copy, and by whom. Pure.

#pragma once

#include <cstdint>
#include <span>

#include "fedtrail/records/erasure.hpp"

namespace fedtrail::erasure {

enum class OriginWord : std::uint8_t {
    Stays,  ///< Only other servers are to erase it.
    NotSeenGone,
    Unsure,    ///< It was; then a copy came back elsewhere, and the origin has not said since that it is so.
    SeenGone,  ///< It was seen to answer 404, 410 or a Tombstone.
    SaidGone,  ///< An operator said so.
};

/// The event by which it counts as gone; none if there is none. Of `events`, oldest first.
[[nodiscard]] const records::RequestEvent* origin_gone_event(std::span<const records::RequestEvent> events);

/// Of a request and its events, oldest first.
[[nodiscard]] OriginWord origin_word(const records::ErasureRequest& request,
                                     std::span<const records::RequestEvent> events);

}  // namespace fedtrail::erasure
