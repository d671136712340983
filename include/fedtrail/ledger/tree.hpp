/// An RFC 6962 tree: its root as leaves arrive, and the two proofs about it (RFC 9162 section 2.1).

#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "fedtrail/core/result.hpp"
#include "fedtrail/ledger/hash.hpp"

namespace fedtrail::ledger {

/// The hash of a tree without leaves: SHA-256 of nothing.
[[nodiscard]] Hash empty_root();

/// The roots of the complete subtrees a tree of `size` leaves falls into, the largest (leftmost) first: all
/// that is needed to append.
class Frontier {
public:
    Frontier() = default;
    /// Errors: Corrupt (`hashes` are not as many as a tree of `size` leaves has complete subtrees).
    [[nodiscard]] static Result<Frontier> restore(std::uint64_t size, std::vector<Hash> hashes);

    void append(const Hash& leaf) { append_subtree(leaf, 0); }
    /// The root of a complete subtree of 2^level leaves; size() must be a multiple of that.
    void append_subtree(const Hash& subtree, unsigned level);
    [[nodiscard]] std::uint64_t size() const noexcept { return size_; }
    [[nodiscard]] Hash root() const;
    [[nodiscard]] const std::vector<Hash>& hashes() const noexcept { return hashes_; }

private:
    std::uint64_t size_{};
    std::vector<Hash> hashes_;
};

/// The levels of the complete subtrees that leaves [first, first + count) of a tree fall into, from the left:
/// what a Frontier that stands at `first` is given so that these leaves need not be known. At most 126.
[[nodiscard]] std::vector<unsigned> subtree_levels(std::uint64_t first, std::uint64_t count);

/// The root over leaves that are all at hand.
[[nodiscard]] Hash root_of(std::span<const Hash> leaves);

/// The root of the complete subtree at `level` (0 are the leaves): leaves index·2^level up to
/// (index+1)·2^level. Never asked for one that is not complete in the tree. Errors: whatever the store says.
using SubtreeReader = std::function<Result<Hash>(unsigned level, std::uint64_t index)>;

/// The root of the first `size` leaves. Errors: those of `read`.
[[nodiscard]] Result<Hash> root_at(std::uint64_t size, const SubtreeReader& read);
/// From the leaf's sibling up to the root. RFC 9162 section 2.1.3.1. Errors: Invalid (`index` is not below
/// `size`), those of `read`.
[[nodiscard]] Result<std::vector<Hash>> inclusion_proof(std::uint64_t index,
                                                        std::uint64_t size,
                                                        const SubtreeReader& read);
/// RFC 9162 section 2.1.4.1; empty if `old_size` is 0 or equal to `size`. Errors: Invalid (`old_size` is
/// above `size`), those of `read`.
[[nodiscard]] Result<std::vector<Hash>> consistency_proof(std::uint64_t old_size,
                                                          std::uint64_t size,
                                                          const SubtreeReader& read);

/// RFC 9162 section 2.1.3.2. A proof with one hash too many or too few is none.
[[nodiscard]] bool verify_inclusion(
    const Hash& leaf, std::uint64_t index, std::uint64_t size, std::span<const Hash> proof, const Hash& root);
/// RFC 9162 section 2.1.4.2; `old_size` may be 0 (then `old_root` must be empty_root()) or equal to `size`.
[[nodiscard]] bool verify_consistency(std::uint64_t old_size,
                                      std::uint64_t size,
                                      std::span<const Hash> proof,
                                      const Hash& old_root,
                                      const Hash& root);

}  // namespace fedtrail::ledger
