/// What an audit bundle says of itself. docs/formats/bundle.md.

#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "fedtrail/core/result.hpp"
#include "fedtrail/core/time.hpp"
#include "fedtrail/ledger/checkpoint.hpp"
#include "fedtrail/ledger/note.hpp"
#include "fedtrail/records/leaf.hpp"
#include "fedtrail/records/unlogged.hpp"

namespace fedtrail::audit {

/// How much of the records is shown.
enum class Level : std::uint8_t {
    Full,           ///< Everything that is still known.
    Pseudonymised,  ///< Subjects are numbers, hosts that may be one person's labels; activities have no URIs.
    Minimal,        ///< Kinds, times, counts and proofs.
};
[[nodiscard]] std::string_view name_of(Level level);  ///< "full", "pseudonymised", "minimal"
[[nodiscard]] std::optional<Level> level_named(std::string_view name);

struct Everything {};
/// Since (inclusive) and until (exclusive), in the time of the records.
struct Period {
    std::optional<Instant> since;
    std::optional<Instant> until;
};
/// Whether a bundle may be about it. Errors: Invalid (it begins or ends before 1970: no time in a bundle
/// does, and no verifier takes one).
[[nodiscard]] Result<void> check_period(const Period& period);
/// What a bundle was asked to be about.
using Scope = std::variant<Everything, Period, records::RequestNumber, privacy::SubjectNumber>;
/// "everything", "request 7", "subject 3", "from 2026-01-01T00:00:00Z until 2026-02-01T00:00:00Z".
[[nodiscard]] std::string scope_text(const Scope& scope);

/// How many records of each kind.
using KindCounts = std::array<std::uint64_t, static_cast<std::size_t>(records::kLastLeafKind) + 1>;
[[nodiscard]] std::uint64_t total_of(const KindCounts& counts);

struct BundleCounts {
    KindCounts opened{};       ///< Shown in full, and proven.
    KindCounts closed{};       ///< Kind and time are shown and proven; the rest is not.
    std::uint64_t skipped{};   ///< Leaves of the log that are stood for by subtrees.
    std::uint64_t windows{};   ///< Windows whose own tree is in the bundle.
    std::uint64_t left_out{};  ///< Leaves of those windows that are stood for by subtrees.

    friend bool operator==(const BundleCounts&, const BundleCounts&) = default;
};

struct BundleMember {
    std::string path;
    std::uint64_t size{};
    std::optional<ledger::Hash> sha256;  ///< Absent where the tree binds every octet.
};

/// Why something that belongs to a bundle is not in it.
enum class Absence : std::uint8_t {
    NotKept,  ///< Nobody has it any more.
    Level,    ///< It would say more than the level shows.
    Limit,    ///< The bundle has as much as one may have.
    NoText,   ///< It is no UTF-8: a database of addresses.
};
[[nodiscard]] std::string_view name_of(Absence why);  ///< "not_kept", "level", "limit", "no_text"
[[nodiscard]] std::optional<Absence> absence_named(std::string_view name);

/// What would be a member.
struct AbsentMember {
    std::string path;
    std::optional<ledger::Hash> sha256;  ///< Where it is known.
    Absence why{Absence::NotKept};
};

/// Of the format that bundles are written in now. In one of format 1 no leaf of the log says what it shows.
inline constexpr unsigned kBundleFormat = 2;

struct Manifest {
    unsigned format{kBundleFormat};
    std::string program;  ///< Version of the program that made it.
    ledger::VerifierKey key;
    ledger::Checkpoint checkpoint;
    Level level{Level::Full};
    Scope scope;
    BundleCounts counts;
    std::vector<BundleMember> members;  ///< All but the manifest and its signature, in their order.
    std::vector<AbsentMember> absent;
    /// Of the person the bundle is about, or of everybody; nothing: whoever made it did not say.
    std::optional<records::Unlogged> unlogged;
};

}  // namespace fedtrail::audit
