/// The manifest as a file, and what signs it. schemas/audit-bundle.schema.json.

#pragma once

#include <string>
#include <string_view>

#include "fedtrail/audit/bundle.hpp"

namespace fedtrail::audit {

inline constexpr std::string_view kRecords = "records.ndjson";
inline constexpr std::string_view kCheckpoint = "checkpoint";
inline constexpr std::string_view kCheckpoints = "checkpoints.ndjson";
inline constexpr std::string_view kPolicies = "policies/";
inline constexpr std::string_view kPapers = "papers/";
inline constexpr std::string_view kPage = "README.html";
inline constexpr std::string_view kManifest = "manifest.json";
inline constexpr std::string_view kSignature = "manifest.sig";
inline constexpr std::size_t kMaxManifest = std::size_t{4} << 20U;
inline constexpr std::size_t kMaxHistory = std::size_t{8} << 20U;  ///< Of checkpoints.ndjson.
inline constexpr std::size_t kMaxEarlier = 1'001;                  ///< Lines of it.

[[nodiscard]] std::string write(const Manifest& manifest);
/// Errors: Corrupt (which says what is wrong with it).
[[nodiscard]] Result<Manifest> parse_manifest(std::string_view text);

/// The text of the note in manifest.sig.
[[nodiscard]] std::string signed_text(const Manifest& manifest, std::string_view manifest_text);

}  // namespace fedtrail::audit
