/// The pieces that the bodies of records are made of.

#pragma once

#include <algorithm>
#include <limits>
#include <utility>

#include "fedtrail/ledger/varint.hpp"
#include "fedtrail/records/leaf.hpp"

namespace fedtrail::records {

using ledger::ByteReader;
using ledger::ByteWriter;

/// The part of an outcome's code that is written: its rank follows from the rest.
inline constexpr std::uint32_t kCodeMask = 0xFF'FFFF;

inline void put(ByteWriter& out, std::string_view text) {
    out.sized(bytes_of(text));
}

[[nodiscard]] inline std::string take_text(ByteReader& in) {
    const auto text = in.sized();
    if (text.size() > kMaxLeafText) {
        in.refuse();
        return {};
    }
    return std::string{text_of(text)};
}

inline void put(ByteWriter& out, const Host& host) {
    put(out, host.text());
}

[[nodiscard]] inline Host take_host(ByteReader& in) {
    auto host = Host::parse(take_text(in));
    if (!host) {
        in.refuse();
        return {};
    }
    return std::move(*host);
}

template <typename Number>
inline void put_number(ByteWriter& out, Number number) {
    out.varint(static_cast<std::uint64_t>(number));
}

template <typename Number>
[[nodiscard]] Number take_number(ByteReader& in) {
    const auto value = in.varint();
    if (value > std::numeric_limits<Number>::max()) {
        in.refuse();
        return 0;
    }
    return static_cast<Number>(value);
}

template <typename Strong>
[[nodiscard]] Strong take_id(ByteReader& in) {
    return Strong{take_number<typename Strong::Underlying>(in)};
}

template <typename Enum>
inline void put_enum(ByteWriter& out, Enum value) {
    out.byte(static_cast<std::uint8_t>(value));
}

template <typename Enum>
[[nodiscard]] Enum take_enum(ByteReader& in, Enum last) {
    const auto value = in.byte();
    if (value > static_cast<std::uint8_t>(last)) {
        in.refuse();
        return Enum{};
    }
    return static_cast<Enum>(value);
}

inline void put_flag(ByteWriter& out, bool flag) {
    out.byte(flag ? 1 : 0);
}

[[nodiscard]] inline bool take_flag(ByteReader& in) {
    const auto value = in.byte();
    if (value > 1) {
        in.refuse();
    }
    return value == 1;
}

[[nodiscard]] inline LeafDigest take_digest(ByteReader& in) {
    LeafDigest digest{};
    const auto bytes = in.raw(digest.size());
    std::copy(bytes.begin(), bytes.end(), digest.begin());
    return digest;
}

inline void put_digest_if(ByteWriter& out, const std::optional<LeafDigest>& digest) {
    put_flag(out, digest.has_value());
    if (digest) {
        out.raw(*digest);
    }
}

[[nodiscard]] inline std::optional<LeafDigest> take_digest_if(ByteReader& in) {
    return take_flag(in) ? std::optional{take_digest(in)} : std::nullopt;
}

inline void put_at(ByteWriter& out, Instant at) {
    out.signed_varint(at.time_since_epoch().count());
}

[[nodiscard]] inline Instant take_at(ByteReader& in) {
    return Instant{std::chrono::milliseconds{in.signed_varint()}};
}

inline void put(ByteWriter& out, const std::vector<LeafCount>& counts) {
    out.varint(counts.size());
    for (const auto& each : counts) {
        put(out, each.what);
        out.varint(each.count);
    }
}

[[nodiscard]] inline std::vector<LeafCount> take_counts(ByteReader& in) {
    std::vector<LeafCount> counts(in.count(2));
    for (auto& each : counts) {
        each.what = take_text(in);
        each.count = in.varint();
    }
    return counts;
}

}  // namespace fedtrail::records
