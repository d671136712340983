/// Shredding: a subject's key is destroyed, and with it everything that was sealed under it.

#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "fedtrail/core/time.hpp"
#include "fedtrail/privacy/disclosure.hpp"
#include "fedtrail/records/erasure.hpp"

namespace fedtrail::records {

/// Why somebody was shredded. The numbers are written to disk: append only.
enum class ShredReason : std::uint8_t {
    Retention = 1,  ///< The time in policies/retention.json was over.
    Operator = 2,   ///< Somebody who may do so said it.
    Restored = 3,   ///< They had been shredded before, and a backup brought them back.
};

/// What stays of a person: their number, which says nothing any more, and when and why.
struct Shredding {
    privacy::SubjectNumber subject;
    Instant at{};
    ShredReason reason{ShredReason::Operator};
    RequestNumber request;  ///< Because of which request; 0: none.
    bool complete{};        ///< Every other store has forgotten the number as well.
    // For the log's leaf, until it is complete: then the log has them.
    std::string why{};           ///< Name of the retention rule, or what the operator said.
    std::string by{};            ///< See records/by.hpp.
    std::uint64_t objections{};  ///< Of theirs, which end with it.

    friend bool operator==(const Shredding&, const Shredding&) = default;
};

[[nodiscard]] constexpr std::string_view name_of(ShredReason reason) {
    switch (reason) {
        case ShredReason::Retention:
            return "retention";
        case ShredReason::Operator:
            return "operator";
        case ShredReason::Restored:
            return "restored";
    }
    return "operator";
}

}  // namespace fedtrail::records
