/// How values stand in the rows of our tables.

#pragma once

#include <cstdint>
#include <initializer_list>

#include "fedtrail/core/strong.hpp"
#include "fedtrail/core/time.hpp"
#include "fedtrail/ledger/blob.hpp"
#include "fedtrail/ledger/varint.hpp"

namespace fedtrail::sqlite {

template <typename Tag>
[[nodiscard]] std::int64_t id(Strong<Tag, std::uint64_t> number) {
    return static_cast<std::int64_t>(number.get());
}

[[nodiscard]] inline std::int64_t millis(Instant at) {
    return at.time_since_epoch().count();
}

/// XXH64 of the numbers as signed varints.
[[nodiscard]] inline std::int64_t row_checksum(std::initializer_list<std::int64_t> values) {
    ledger::ByteWriter row;
    for (const auto value : values) {
        row.signed_varint(value);
    }
    return static_cast<std::int64_t>(ledger::checksum(row.bytes()));
}

}  // namespace fedtrail::sqlite
