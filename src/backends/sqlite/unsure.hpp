/// What this process knows of its disk.

#pragma once

namespace fedtrail::sqlite {

/// Whether the flush of a store failed: what of it is on the disk then nobody knows, and a second flush may
/// succeed for pages that are lost. It stays so as long as the process lives. Thread-safe.
[[nodiscard]] bool disk_is_unsure();

}  // namespace fedtrail::sqlite
