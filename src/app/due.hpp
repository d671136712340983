/// What is due of the erasure requests: for `fedtrail status` and its like.

#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "app/key_room.hpp"
#include "erasure/desk.hpp"

namespace fedtrail::app {

/// Requests that are looked through, at most.
inline constexpr std::size_t kCountedRequests = 100'000;

struct DueRequest {
    records::RequestNumber number;
    privacy::Day due;  ///< As RequestView::tell_by.
    bool overdue{};
    bool waits_for_you{};  ///< Nothing goes on before the operator acts, or the person has to be told.
};

struct DueErasures {
    std::uint64_t open{};
    std::uint64_t waiting{};  ///< For the operator.
    std::uint64_t overdue{};
    std::uint64_t keyless{};  ///< Nothing leaves, for want of a key to sign with.
    std::uint64_t damaged{};  ///< Requests of which none of this can be told.
    std::uint64_t messages_left{};
    std::optional<DueRequest> next;  ///< The one whose day comes first.
};

/// Of the first kCountedRequests. Errors: those of Desk::pending().
[[nodiscard]] Result<DueErasures> due_now(const erasure::Desk& desk, KeyLook& keys);

}  // namespace fedtrail::app
