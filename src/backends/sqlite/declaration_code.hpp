/// What the controller declared of recipients, as bytes: docs/formats/directory.md.

#pragma once

#include <cstdint>

#include "fedtrail/core/bytes.hpp"
#include "fedtrail/core/result.hpp"
#include "fedtrail/ports/declaration_book.hpp"

namespace fedtrail::sqlite {

[[nodiscard]] Bytes encode_word(const Host& host, const DeclaredWord& word);
/// Errors: Corrupt.
[[nodiscard]] Result<DeclaredWord> decode_word(const Host& host, const std::string& key, ByteView blob);

/// Acts are numbered over all hosts.
[[nodiscard]] Bytes encode_act(std::int64_t number, const DeclarationAct& act);
/// Errors: Corrupt.
[[nodiscard]] Result<DeclarationAct> decode_act(std::int64_t number, const Host& host, ByteView blob);

}  // namespace fedtrail::sqlite
