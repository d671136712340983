#include "fedtrail/ledger/tree.hpp"

#include <algorithm>
#include <bit>
#include <string>

#include "fedtrail/core/count.hpp"

namespace fedtrail::ledger {

namespace {

/// [first, first + count) as complete subtrees, the largest first, joined from the right: RFC 6962
/// section 2.1.
Result<Hash> root_of_range(std::uint64_t first, std::uint64_t count, const SubtreeReader& read) {
    std::vector<Hash> parts;
    while (count > 0) {
        const auto level = static_cast<unsigned>(std::bit_width(count)) - 1;
        const auto part = read(level, first >> level);
        if (!part) {
            return fail(part);
        }
        parts.push_back(*part);
        first += std::uint64_t{1} << level;
        count -= std::uint64_t{1} << level;
    }
    auto root = parts.back();
    for (auto part = parts.rbegin() + 1; part != parts.rend(); ++part) {
        root = node_hash(*part, root);
    }
    return root;
}

/// The largest power of two below `size`; `size` is at least 2.
std::uint64_t split_of(std::uint64_t size) {
    return std::bit_floor(size - 1);
}

struct Step {
    std::uint64_t first;
    std::uint64_t count;
};

/// Reads the ranges that lie beside the path, the last one found first.
Result<std::vector<Hash>> read_ranges(const std::vector<Step>& from_root, const SubtreeReader& read) {
    std::vector<Hash> proof;
    proof.reserve(from_root.size());
    for (auto step = from_root.rbegin(); step != from_root.rend(); ++step) {
        const auto hash = root_of_range(step->first, step->count, read);
        if (!hash) {
            return fail(hash);
        }
        proof.push_back(*hash);
    }
    return proof;
}

/// The way of a proof from a node to the root: RFC 9162 sections 2.1.3.2 and 2.1.4.2.
class Climb {
public:
    /// Nodes `at` and the `last` one of a level.
    Climb(std::uint64_t at, std::uint64_t last) : at_(at), last_(last) {}

    [[nodiscard]] bool is_over() const { return last_ == 0; }
    /// Goes up to where the next hash of the proof is joined; whether that one stands to the left.
    bool step_left() {
        const bool left = (at_ & 1U) != 0 || at_ == last_;
        while (left && (at_ & 1U) == 0 && at_ != 0) {
            up();
        }
        up();
        return left;
    }

private:
    void up() {
        at_ >>= 1U;
        last_ >>= 1U;
    }
    std::uint64_t at_;
    std::uint64_t last_;
};

}  // namespace

Hash empty_root() {
    return sha256({});
}

Result<Frontier> Frontier::restore(std::uint64_t size, std::vector<Hash> hashes) {
    if (hashes.size() != static_cast<std::size_t>(std::popcount(size))) {
        return fail(ErrorKind::Corrupt,
                    "log: " + counted(hashes.size(), "hash is", "hashes are") + " no frontier of a tree of " +
                        counted(size, "leaf", "leaves"),
                    "run `fedtrail doctor`");
    }
    Frontier frontier;
    frontier.size_ = size;
    frontier.hashes_ = std::move(hashes);
    return frontier;
}

void Frontier::append_subtree(const Hash& subtree, unsigned level) {
    auto hash = subtree;
    for (auto rest = size_ >> level; (rest & 1U) != 0; rest >>= 1U) {
        hash = node_hash(hashes_.back(), hash);
        hashes_.pop_back();
    }
    hashes_.push_back(hash);
    size_ += std::uint64_t{1} << level;
}

Hash Frontier::root() const {
    if (hashes_.empty()) {
        return empty_root();
    }
    auto root = hashes_.back();
    for (auto part = hashes_.rbegin() + 1; part != hashes_.rend(); ++part) {
        root = node_hash(*part, root);
    }
    return root;
}

std::vector<unsigned> subtree_levels(std::uint64_t first, std::uint64_t count) {
    std::vector<unsigned> levels;
    while (count > 0) {
        const auto fits = static_cast<unsigned>(std::bit_width(count)) - 1;
        const auto level = first == 0 ? fits : std::min(fits, static_cast<unsigned>(std::countr_zero(first)));
        levels.push_back(level);
        first += std::uint64_t{1} << level;
        count -= std::uint64_t{1} << level;
    }
    return levels;
}

Hash root_of(std::span<const Hash> leaves) {
    Frontier frontier;
    for (const auto& leaf : leaves) {
        frontier.append(leaf);
    }
    return frontier.root();
}

Result<Hash> root_at(std::uint64_t size, const SubtreeReader& read) {
    return size == 0 ? empty_root() : root_of_range(0, size, read);
}

Result<std::vector<Hash>> inclusion_proof(std::uint64_t index,
                                          std::uint64_t size,
                                          const SubtreeReader& read) {
    if (index >= size) {
        return fail(ErrorKind::Invalid,
                    "log: leaf " + std::to_string(index) + " is not in a tree of " + std::to_string(size));
    }
    std::vector<Step> beside;
    std::uint64_t first = 0;
    for (auto count = size; count > 1;) {
        const auto split = split_of(count);
        if (index - first < split) {
            beside.push_back({first + split, count - split});
            count = split;
        } else {
            beside.push_back({first, split});
            first += split;
            count -= split;
        }
    }
    return read_ranges(beside, read);
}

Result<std::vector<Hash>> consistency_proof(std::uint64_t old_size,
                                            std::uint64_t size,
                                            const SubtreeReader& read) {
    if (old_size > size) {
        return fail(ErrorKind::Invalid,
                    "log: a tree of " + counted(old_size, "leaf", "leaves") + " does not lead to one of " +
                        grouped(size));
    }
    if (old_size == 0 || old_size == size) {
        return std::vector<Hash>{};
    }
    std::vector<Step> beside;
    std::uint64_t first = 0;
    auto count = size;
    while (old_size - first != count) {
        const auto split = split_of(count);
        if (old_size - first <= split) {
            beside.push_back({first + split, count - split});
            count = split;
        } else {
            beside.push_back({first, split});
            first += split;
            count -= split;
        }
    }
    if (first != 0) {
        beside.push_back({first, count});
    }
    return read_ranges(beside, read);
}

bool verify_inclusion(const Hash& leaf,
                      std::uint64_t index,
                      std::uint64_t size,
                      std::span<const Hash> proof,
                      const Hash& root) {
    if (index >= size) {
        return false;
    }
    Climb climb{index, size - 1};
    auto hash = leaf;
    for (const auto& beside : proof) {
        if (climb.is_over()) {
            return false;
        }
        hash = climb.step_left() ? node_hash(beside, hash) : node_hash(hash, beside);
    }
    return climb.is_over() && hash == root;
}

bool verify_consistency(std::uint64_t old_size,
                        std::uint64_t size,
                        std::span<const Hash> proof,
                        const Hash& old_root,
                        const Hash& root) {
    if (old_size > size) {
        return false;
    }
    if (old_size == 0 || old_size == size) {
        return proof.empty() && old_root == (old_size == size ? root : empty_root());
    }
    const bool whole = std::has_single_bit(old_size);
    if (!whole && proof.empty()) {
        return false;
    }
    const auto levels = std::countr_zero(old_size);
    Climb climb{(old_size - 1) >> levels, (size - 1) >> levels};
    auto old_hash = whole ? old_root : proof.front();
    auto hash = old_hash;
    for (const auto& beside : proof.subspan(whole ? 0 : 1)) {
        if (climb.is_over()) {
            return false;
        }
        const bool left = climb.step_left();
        old_hash = left ? node_hash(beside, old_hash) : old_hash;
        hash = left ? node_hash(beside, hash) : node_hash(hash, beside);
    }
    return climb.is_over() && old_hash == old_root && hash == root;
}

}  // namespace fedtrail::ledger
