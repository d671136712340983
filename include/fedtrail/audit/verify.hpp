/// Checks an audit bundle with nothing running: no configuration, no store, no network.

#pragma once

#include <cstdint>
#include <functional>
#include <iosfwd>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "fedtrail/audit/bundle.hpp"
#include "fedtrail/core/result.hpp"

namespace fedtrail::audit {

/// The octets of a file, in any order. Not thread-safe. Errors: Unavailable.
class ByteSource {
public:
    ByteSource() = default;
    ByteSource(const ByteSource&) = delete;
    ByteSource& operator=(const ByteSource&) = delete;
    ByteSource(ByteSource&&) = delete;
    ByteSource& operator=(ByteSource&&) = delete;
    virtual ~ByteSource() = default;

    [[nodiscard]] virtual std::uint64_t size() const = 0;
    /// Fills `out` from `offset`; all of it lies within size().
    [[nodiscard]] virtual Result<void> read(std::uint64_t offset, std::span<std::byte> out) const = 0;
};

enum class Verdict : std::uint8_t {
    Holds,
    Fails,
    Open,  ///< The bundle and what was given do not suffice to tell.
};
[[nodiscard]] std::string_view name_of(Verdict verdict);  ///< "holds", "fails", "open"

/// One thing a bundle claims, and whether it is so.
struct Claim {
    std::string name;  ///< "container", "manifest", "files", "key", "checkpoint", "witness", "records", …
    Verdict verdict{Verdict::Holds};
    std::string sentence;  ///< What was found, and where; no personal data.
    bool asked{};          ///< The caller brought a key or a checkpoint for it: then Open is not enough.
};

/// What the caller knows from elsewhere.
struct Trusted {
    std::vector<ledger::VerifierKey> keys;  ///< Of the log (0x01) and of witnesses (0x04).
    std::string checkpoint;                 ///< A signed note somebody kept; may be empty.
};

/// The note in a file that somebody kept: all of it, or up to the empty line behind the signatures, as
/// `fedtrail audit checkpoint` prints more there.
[[nodiscard]] std::string_view note_in(std::string_view file);

/// The same, of a file called `name`, if it is a signed checkpoint of some log. Errors: Invalid.
[[nodiscard]] Result<std::string> checkpoint_in(std::string_view file, const std::string& name);

struct Verification {
    std::vector<Claim> claims;
    std::optional<Manifest> manifest;  ///< As far as it could be read.

    /// Fails if one of the claims does; Open if nothing fails, and what was asked for could not be told, or
    /// not whose the bundle is: anybody can sign one with a key of their own.
    [[nodiscard]] Verdict outcome() const;
    /// Whether nothing that was asked for stays open.
    [[nodiscard]] bool could_be_told() const;
    /// Whether the log's key is one that the caller brought, or that signed the checkpoint they brought.
    [[nodiscard]] bool shows_whose() const;
    /// Nothing fails, nothing that was asked for stays open, and it is shown whose it is.
    [[nodiscard]] bool holds() const { return outcome() == Verdict::Holds; }
};

/// Called now and then with the octets read so far and all there are.
using Progress = std::function<void(std::uint64_t done, std::uint64_t all)>;

/// A bundle that is not what it should be is an answer, not an error. Memory and recursion are bounded
/// whatever `bundle` says: the limits of docs/formats/bundle.md, and the windows' roots one at a time.
/// Errors: those of `bundle`.
[[nodiscard]] Result<Verification> verify(const ByteSource& bundle,
                                          const Trusted& trusted,
                                          const Progress& progress = {});

/// A line for each claim, then what it comes to.
void write_text(const Verification& verification, std::ostream& out);
/// schemas/cli/audit-verify.schema.json.
void write_json(const Verification& verification, std::ostream& out);

}  // namespace fedtrail::audit
