/// Requests and their events as bytes: docs/formats/cases.md.

#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "fedtrail/core/bytes.hpp"
#include "fedtrail/core/result.hpp"
#include "fedtrail/records/erasure.hpp"

namespace fedtrail::sqlite {

inline constexpr std::size_t kMaxScopeObjects = 10'000;

/// Steps up to this wave may leave: 0 none, 1 before the origin is gone, 2 afterwards.
[[nodiscard]] int open_wave(const records::ErasureRequest& request);

/// Everything but number, version, subject, state and the objects' URIs (their number is there).
[[nodiscard]] Bytes encode_facts(const records::ErasureRequest& request);
/// Fills what encode_facts() wrote; the objects are that many empty ones. Errors: Corrupt.
[[nodiscard]] Result<void> decode_facts(ByteView bytes, records::ErasureRequest& request);

[[nodiscard]] Bytes encode_scope(std::span<const Personal<std::string>> objects);
/// Errors: Corrupt.
[[nodiscard]] Result<std::vector<Personal<std::string>>> decode_scope(ByteView bytes);

/// Without its reason; `is_reasoned` says whether one is sealed beside it.
[[nodiscard]] Bytes encode_event(const records::RequestEvent& event, bool is_reasoned);
/// Errors: Corrupt.
[[nodiscard]] Result<records::RequestEvent> decode_event(ByteView bytes, bool is_reasoned);

[[nodiscard]] Bytes encode_objects(std::span<const records::ErasedObject> objects);
/// Errors: Corrupt.
[[nodiscard]] Result<std::vector<records::ErasedObject>> decode_objects(ByteView bytes);

}  // namespace fedtrail::sqlite
