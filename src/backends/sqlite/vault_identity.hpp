/// What the vault seals of a person, as octets, and the handles by which they are asked for. Pure.

#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "fedtrail/core/bytes.hpp"
#include "fedtrail/core/personal.hpp"
#include "fedtrail/core/result.hpp"
#include "fedtrail/core/uri.hpp"

namespace fedtrail::sqlite {

/// Where a handle is known from. The numbers are written to disk: append only.
enum class HandleSource : std::uint8_t {
    Unknown = 0,  ///< There is no handle.
    Derived = 1,  ///< From the shape of the actor's URI: a hint.
    Told = 2,     ///< `preferredUsername`.
};

struct StoredIdentity {
    Host origin;
    Personal<std::string> actor;
    Personal<std::string> handle;
    HandleSource source{HandleSource::Unknown};
    Personal<std::string> confirmed{};  ///< The handle that the origin's WebFinger named; empty: none yet.
};

/// docs/formats/vault.md, "Identity".
[[nodiscard]] Bytes encode(const StoredIdentity& identity);
/// Errors: Corrupt.
[[nodiscard]] Result<StoredIdentity> decode_identity(ByteView bytes);

/// The identity of an actor at `origin`. `username` may be anything a remote sent: one that is empty, longer
/// than 256 octets, or holds "@", white space or control characters counts as not told.
[[nodiscard]] StoredIdentity identity_of(const Uri& actor, const Host& origin, std::string_view username);

/// Whether it is "name@host", with a name that identity_of() would take.
[[nodiscard]] bool is_handle(std::string_view text);

/// Whether both handles have the same name, in whatever case, at whatever host.
[[nodiscard]] bool same_name(std::string_view a, std::string_view b);

/// "alice@origin.example" as it is looked up: ASCII letters in lower case.
[[nodiscard]] std::string folded(std::string_view handle);

}  // namespace fedtrail::sqlite
