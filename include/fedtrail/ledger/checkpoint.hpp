/// What a log says about itself (C2SP tlog-checkpoint v1.0.0), and the proof of one leaf as a file
/// (tlog-proof).

#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "fedtrail/core/result.hpp"
#include "fedtrail/ledger/hash.hpp"

namespace fedtrail::ledger {

/// The text of a checkpoint, that is of the note without its signatures.
struct Checkpoint {
    std::string origin;  ///< The log's name: a URL without its scheme ("origin.example/log").
    std::uint64_t size{};
    Hash root{};

    [[nodiscard]] std::string text() const;
    /// Lines after the third are allowed and dropped. Errors: Invalid.
    [[nodiscard]] static Result<Checkpoint> parse(std::string_view text);

    friend bool operator==(const Checkpoint&, const Checkpoint&) = default;
};

/// A `.tlog-proof` file.
struct LeafProof {
    std::uint64_t index{};
    Bytes extra;  ///< Not authenticated by the log; none if empty.
    std::vector<Hash> path;
    std::string checkpoint;  ///< The signed note, with its cosignatures.

    [[nodiscard]] std::string write() const;
    /// At most kMaxNote octets and 64 hashes. Errors: Invalid.
    [[nodiscard]] static Result<LeafProof> parse(std::string_view file);
};

/// Of 32 octets in base64. Errors: Invalid.
[[nodiscard]] Result<Hash> parse_hash(std::string_view base64);

}  // namespace fedtrail::ledger
