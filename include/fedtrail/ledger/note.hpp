/// Signed notes and the keys that check them: C2SP signed-note v1.0.0, tlog-cosignature v1.0.1.

#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "fedtrail/core/result.hpp"
#include "fedtrail/ledger/hash.hpp"

namespace fedtrail::ledger {

/// Longest note that is read, and most signatures on one.
inline constexpr std::size_t kMaxNote = 65'536;
inline constexpr std::size_t kMaxSignatures = 64;

/// What a key signs. The number is the algorithm's octet in a key and in its id.
enum class NoteKeyKind : std::uint8_t {
    Log = 0x01,      ///< Ed25519 over the note's text.
    Witness = 0x04,  ///< Ed25519 over a time and the note's text: cosignature/v1.
};

using PublicKey = std::array<std::byte, 32>;
using KeyId = std::array<std::byte, 4>;

/// A key that checks: "log.example+1a2b3c4d+AQ…" is its text, the vkey.
struct VerifierKey {
    std::string name;
    NoteKeyKind kind{NoteKeyKind::Log};
    PublicKey key{};

    /// The first four octets of SHA-256(name ‖ 0x0A ‖ kind ‖ key).
    [[nodiscard]] KeyId id() const;
    [[nodiscard]] std::string text() const;
    /// Errors: Invalid (another algorithm, an id that does not fit, a name that is none).
    [[nodiscard]] static Result<VerifierKey> parse(std::string_view vkey);

    friend bool operator==(const VerifierKey&, const VerifierKey&) = default;
};

/// Not empty, no white space, no "+", no control characters; UTF-8.
[[nodiscard]] bool is_key_name(std::string_view name);

/// One line of a note: who says they signed, and with what. Not checked yet.
struct NoteSignature {
    std::string name;
    KeyId id{};
    Bytes signature;

    friend bool operator==(const NoteSignature&, const NoteSignature&) = default;
};

struct Note {
    std::string text;  ///< Ends in a line feed.
    std::vector<NoteSignature> signatures;

    /// The text, an empty line, a line for each signature.
    [[nodiscard]] std::string write() const;
    /// Only what write() writes. Errors: Invalid.
    [[nodiscard]] static Result<Note> parse(std::string_view note);
};

/// Whose signature holds, and for a witness when it was given (Unix seconds).
struct CheckedSignature {
    VerifierKey key;
    std::optional<std::uint64_t> time;  ///< Of a cosignature, in seconds since 1970; at most 2^63-1.
};

/// The signatures of the keys that are known; those of other keys are passed over. Errors: Denied (a
/// signature of a known key does not hold, or is of a time above 2^63-1).
[[nodiscard]] Result<std::vector<CheckedSignature>> check(const Note& note,
                                                          std::span<const VerifierKey> keys);

/// "cosignature/v1\ntime …\n" before the text: what a witness signs.
[[nodiscard]] std::string cosigned_message(std::uint64_t unix_seconds, std::string_view text);

/// Ed25519 (RFC 8032 section 5.1.7).
[[nodiscard]] bool verify_ed25519(const PublicKey& key, ByteView message, ByteView signature);

/// A key that signs notes: Ed25519, made from 32 secret octets, so that the same octets are the same key.
class NoteSigner {
public:
    /// `seed`: 32 octets. Errors: Invalid (another length, a name that is none).
    [[nodiscard]] static Result<NoteSigner> make(std::string name, NoteKeyKind kind, ByteView seed);

    [[nodiscard]] const VerifierKey& verifier() const noexcept { return verifier_; }
    /// `unix_seconds` is what a witness vouches for; a log's key does not use it.
    [[nodiscard]] NoteSignature sign(std::string_view text, std::uint64_t unix_seconds = 0) const;

private:
    NoteSigner() = default;
    VerifierKey verifier_;
    std::shared_ptr<const void> key_;  ///< Of the library that signs.
};

}  // namespace fedtrail::ledger
