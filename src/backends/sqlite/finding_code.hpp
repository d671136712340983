/// Findings, blocks and switches as bytes: docs/formats/directory.md.

#pragma once

#include <cstdint>
#include <string>

#include "fedtrail/core/bytes.hpp"
#include "fedtrail/core/result.hpp"
#include "fedtrail/ports/block_book.hpp"
#include "fedtrail/ports/country_book.hpp"
#include "fedtrail/ports/switch_book.hpp"

namespace fedtrail::sqlite {

// Errors of all decoders: Corrupt.

[[nodiscard]] Bytes encode_finding(const HostCountry& found);
[[nodiscard]] Result<records::CountryFinding> decode_finding(const std::string& host,
                                                             std::int64_t source,
                                                             ByteView blob);

[[nodiscard]] Bytes encode_block(const std::string& list, Instant at, const DomainBlock& block);
[[nodiscard]] Result<records::RecipientBlock> decode_block(const std::string& host,
                                                           const std::string& list,
                                                           ByteView blob);

[[nodiscard]] Bytes encode_turn(std::int64_t number, const SwitchTurn& turn);
[[nodiscard]] Result<SwitchTurn> decode_turn(std::int64_t number, const std::string& name, ByteView blob);

}  // namespace fedtrail::sqlite
