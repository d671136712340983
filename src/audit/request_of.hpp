/// The request that a record is about.

#pragma once

#include <cstdint>

#include "fedtrail/records/leaf.hpp"

namespace fedtrail::audit {

/// The request a record of the log belongs to; 0 if none.
[[nodiscard]] inline std::uint64_t request_of(const records::LeafBody& body) {
    return std::visit(
        [](const auto& leaf) -> std::uint64_t {
            if constexpr (requires { leaf.request.get(); }) {
                return leaf.request.get();
            } else {
                return 0;
            }
        },
        body);
}

}  // namespace fedtrail::audit
