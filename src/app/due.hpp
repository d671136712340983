/// What is due of the erasure requests: for `fedtrail status`.

#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "app/key_room.hpp"
#include "erasure/desk.hpp"

namespace fedtrail::app {

/// Open requests that are looked through, at most.
inline constexpr std::size_t kCountedRequests = 100'000;

struct DueRequest {
    records::RequestNumber number;
    privacy::Day due;
    bool overdue{};
    bool waits_for_you{};  ///< Nothing goes on before the operator acts.
};

struct DueErasures {
    std::uint64_t open{};
    std::uint64_t waiting{};  ///< For the operator.
    std::uint64_t overdue{};
    std::uint64_t keyless{};  ///< Nothing leaves, for want of a key to sign with.
    std::uint64_t messages_left{};
    std::optional<DueRequest> next;  ///< The one whose day comes first.
};

/// `today` is the day where the controller is.
[[nodiscard]] DueErasures due_of(const std::vector<erasure::RequestView>& open,
                                 const privacy::Day& today,
                                 KeyLook& keys);

}  // namespace fedtrail::app
