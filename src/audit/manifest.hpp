/// The manifest as a file, and what signs it. schemas/audit-bundle.schema.json.

#pragma once

#include <string>
#include <string_view>
#include <utility>

#include "fedtrail/audit/bundle.hpp"

namespace fedtrail::audit {

inline constexpr std::string_view kRecords = "records.ndjson";
inline constexpr std::string_view kCheckpoint = "checkpoint";
inline constexpr std::string_view kCheckpoints = "checkpoints.ndjson";
inline constexpr std::string_view kPolicies = "policies/";
inline constexpr std::string_view kPapers = "papers/";
inline constexpr std::string_view kAnswer = "answer.md";  ///< Of each request's papers.
inline constexpr std::string_view kAnswerData = "answer.json";
inline constexpr std::string_view kTold = "told-";
inline constexpr std::string_view kToldWords = ".txt";
inline constexpr std::string_view kToldSalt = ".salt";
inline constexpr std::string_view kTransferRules =
    "transfer-rules.json";                                    ///< Names servers: at level full only.
inline constexpr std::string_view kExport = "export.ndjson";  ///< Not in a bundle of format 1.
inline constexpr std::string_view kPage = "README.html";
inline constexpr std::string_view kManifest = "manifest.json";
inline constexpr std::string_view kSignature = "manifest.sig";
inline constexpr std::size_t kMaxManifest = std::size_t{4} << 20U;
inline constexpr std::size_t kMaxHistory = std::size_t{8} << 20U;  ///< Of checkpoints.ndjson.
inline constexpr std::size_t kMaxAbsent = 5'000;
inline constexpr std::size_t kMaxEarlier = 1'001;  ///< Lines of it.

/// "policies/17/retention.json": a policy's text, and the leaf of the change that brought it into force.
[[nodiscard]] std::string policy_path(std::uint64_t leaf, std::string_view name);
/// What the two of such a path are; nothing if it is none.
[[nodiscard]] std::optional<std::pair<std::uint64_t, std::string>> policy_in(std::string_view path);
/// The request of "papers/request-7/answer.md" or of any other paper; nothing if it is none.
[[nodiscard]] std::optional<std::uint64_t> paper_in(std::string_view path);

/// A request, and the place of an event Answered among its events.
using ToldPlace = std::pair<std::uint64_t, std::uint64_t>;
/// The place of "papers/request-7/told-4.txt", where `ending` is kToldWords; nothing if it is none.
[[nodiscard]] std::optional<ToldPlace> told_in(std::string_view path, std::string_view ending);

[[nodiscard]] std::string write(const Manifest& manifest);
/// Errors: Corrupt (which says what is wrong with it).
[[nodiscard]] Result<Manifest> parse_manifest(std::string_view text);

/// The text of the note in manifest.sig.
[[nodiscard]] std::string signed_text(const Manifest& manifest, std::string_view manifest_text);

}  // namespace fedtrail::audit
