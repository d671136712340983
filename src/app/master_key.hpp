/// The key that wraps every person's key.

#pragma once

#include "fedtrail/core/bytes.hpp"
#include "fedtrail/core/result.hpp"
#include "fedtrail/ports/cipher.hpp"

#include "app/config.hpp"

namespace fedtrail::app {

/// Where a master key comes from, the first that is there: $FEDTRAIL_MASTER_KEY; the systemd credential
/// `fedtrail.master-key`; `vault.master_key_file`. All are 64 hexadecimal digits.
/// Errors: NotFound, Denied (others may read the file), Invalid (not 64 hexadecimal digits).
[[nodiscard]] Result<Bytes> master_key(const Config& config, const Environment& environment);

/// Makes the file if no key comes from anywhere; true if it did. Errors: Denied, Unavailable, Invalid.
[[nodiscard]] Result<bool> make_master_key(const Config& config,
                                           const Environment& environment,
                                           const Cipher& cipher);

}  // namespace fedtrail::app
