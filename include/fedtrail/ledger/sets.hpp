/// Sets with and without aggregates: subject → recipients, recipient → subjects. docs/formats/sets.md.

#pragma once

#include <cstdint>
#include <vector>

#include "fedtrail/core/bytes.hpp"
#include "fedtrail/core/result.hpp"

namespace fedtrail::ledger {

/// All disclosures of one subject to one recipient, added up. What the bits and ranks mean is the caller's
/// business.
struct PairEntry {
    std::uint32_t recipient{};
    std::int64_t first{};  ///< Unix seconds.
    std::int64_t last{};
    std::uint64_t objects{};
    std::uint64_t disclosures{};
    std::uint8_t channels{};
    std::uint16_t categories{};
    std::uint8_t strongest{};

    friend bool operator==(const PairEntry&, const PairEntry&) = default;
};

/// Adds `more` to `into` (same recipient): times widen, counts add, bits join, the strongest stays.
void merge(PairEntry& into, const PairEntry& more);

/// `pairs` ascending by recipient, none twice.
[[nodiscard]] Bytes encode_pairs(const std::vector<PairEntry>& pairs);
[[nodiscard]] Result<std::vector<PairEntry>> decode_pairs(ByteView content);

/// `numbers` ascending, none twice.
[[nodiscard]] Bytes encode_numbers(const std::vector<std::uint64_t>& numbers);
[[nodiscard]] Result<std::vector<std::uint64_t>> decode_numbers(ByteView content);

}  // namespace fedtrail::ledger
