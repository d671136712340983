/// The policies of this release, as if somebody had just compared them with their sources.

#pragma once

#include <filesystem>

namespace fedtrail::testing {

/// A copy whose adequacy decisions were checked yesterday, for FEDTRAIL_POLICIES: what a test expects of them
/// holds also when the release is older than the program believes them. Made once for all tests.
[[nodiscard]] const std::filesystem::path& policies_looked_at();

}  // namespace fedtrail::testing
