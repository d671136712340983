/// An entry of the directory as bytes: docs/formats/directory.md.

#pragma once

#include "fedtrail/core/bytes.hpp"
#include "fedtrail/core/result.hpp"
#include "fedtrail/ports/recipient_directory.hpp"

namespace fedtrail::sqlite {

[[nodiscard]] Bytes encode_entry(const RecipientEntry& entry);
/// Errors: Corrupt.
[[nodiscard]] Result<RecipientEntry> decode_entry(const Host& host, ByteView blob);

}  // namespace fedtrail::sqlite
