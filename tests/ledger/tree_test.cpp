#include "fedtrail/ledger/tree.hpp"

#include <algorithm>
#include <map>
#include <random>
#include <string>

#include <catch2/catch.hpp>

#include "fedtrail/core/hex.hpp"

#include "ledger/leaves.hpp"

using namespace fedtrail::ledger;  // NOLINT(google-build-using-namespace): a test of one room
using fedtrail::bytes_of;
using fedtrail::ByteView;
using fedtrail::from_hex;
using fedtrail::hex;
using fedtrail::testing::some_leaves;

namespace {

Hash hash_from(const std::string& digits) {
    const auto octets = from_hex(digits);
    REQUIRE(octets.has_value());
    Hash hash{};
    REQUIRE(octets->size() == hash.size());
    std::copy(octets->begin(), octets->end(), hash.begin());
    return hash;
}

std::vector<Hash> hashes_from(const std::vector<std::string>& digits) {
    std::vector<Hash> hashes;
    std::transform(digits.begin(), digits.end(), std::back_inserter(hashes), hash_from);
    return hashes;
}

// The test tree of the Certificate Transparency reference implementation (tests of merkle_tree, and of
// transparency-dev/merkle): its entries, the root after each, and proofs.
const std::vector<std::string> kEntries{
    "", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"};
const std::vector<std::string> kRoots{"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
                                      "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
                                      "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
                                      "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
                                      "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
                                      "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
                                      "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
                                      "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
                                      "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"};

struct PublishedProof {
    std::uint64_t first;  ///< Index of the leaf, or size of the older tree.
    std::uint64_t size;
    std::vector<std::string> hashes;
};
const std::vector<PublishedProof> kInclusion{
    {0, 1, {}},
    {0,
     8,
     {"96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
      "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
      "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4"}},
    {5,
     8,
     {"bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
      "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
      "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7"}},
    {2, 3, {"fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"}},
    {1,
     5,
     {"6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
      "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
      "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b"}}};
const std::vector<PublishedProof> kConsistency{
    {1, 1, {}},
    {1,
     8,
     {"96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
      "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
      "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4"}},
    {6,
     8,
     {"0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
      "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
      "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7"}},
    {2,
     5,
     {"5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
      "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b"}},
    {6,
     7,
     {"0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
      "b08693ec2e721597130641e8211e7eedccb4c26413963eee6c1e2ed16ffb1a5f",
      "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7"}}};

std::vector<Hash> published_leaves() {
    std::vector<Hash> leaves;
    for (const auto& entry : kEntries) {
        leaves.push_back(leaf_hash(*from_hex(entry)));
    }
    return leaves;
}

SubtreeReader reader_of(const std::vector<Hash>& leaves) {
    return [&leaves](unsigned level, std::uint64_t index) -> fedtrail::Result<Hash> {
        const auto first = index << level;
        const auto count = std::uint64_t{1} << level;
        if (first + count > leaves.size()) {
            return fedtrail::fail(fedtrail::ErrorKind::NotFound, "asked for an incomplete subtree");
        }
        return root_of(std::span{leaves}.subspan(first, count));
    };
}

/// RFC 6962 section 2.1, as it is written there: what the frontier is compared with.
Hash by_definition(std::span<const Hash> leaves) {
    if (leaves.empty()) {
        return sha256({});
    }
    if (leaves.size() == 1) {
        return leaves[0];
    }
    std::size_t split = 1;
    while (split * 2 < leaves.size()) {
        split *= 2;
    }
    return node_hash(by_definition(leaves.first(split)), by_definition(leaves.subspan(split)));
}

}  // namespace

TEST_CASE("SHA-256 gives the hashes of its standard", "[ledger][tree]") {
    CHECK(hex(sha256(bytes_of("abc"))) == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    CHECK(hex(sha256(bytes_of("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"))) ==
          "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
    const std::string million(1'000'000, 'a');
    CHECK(hex(sha256(bytes_of(million))) ==
          "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
    Sha256 pieces;
    for (std::size_t at = 0, size = 1; at < million.size(); at += size, size = size % 97 + 1) {
        pieces.update(bytes_of(std::string_view{million}.substr(at, size)));
    }
    CHECK(pieces.finish() == sha256(bytes_of(million)));
    const auto copy = pieces;
    pieces.update(bytes_of("b"));
    CHECK(copy.finish() == sha256(bytes_of(million)));
    CHECK(pieces.finish() == sha256(bytes_of(million + "b")));
}

TEST_CASE("A node's hash is SHA-256 of 1 and its two halves", "[ledger][tree]") {
    const auto left = sha256(bytes_of("left"));
    const auto right = sha256(bytes_of("right"));
    fedtrail::Bytes octets{std::byte{1}};
    octets.insert(octets.end(), left.begin(), left.end());
    octets.insert(octets.end(), right.begin(), right.end());
    CHECK(node_hash(left, right) == sha256(octets));
}

TEST_CASE("Roots are those of the published tree", "[ledger][tree]") {
    Frontier frontier;
    CHECK(hex(frontier.root()) == kRoots[0]);
    const auto leaves = published_leaves();
    for (std::size_t i = 0; i < leaves.size(); ++i) {
        frontier.append(leaves[i]);
        CHECK(hex(frontier.root()) == kRoots[i + 1]);
        CHECK(hex(*root_at(i + 1, reader_of(leaves))) == kRoots[i + 1]);
    }
}

TEST_CASE("Proofs are those of the published tree", "[ledger][tree]") {
    const auto leaves = published_leaves();
    for (const auto& published : kInclusion) {
        const auto proof = hashes_from(published.hashes);
        CHECK(*inclusion_proof(published.first, published.size, reader_of(leaves)) == proof);
        CHECK(verify_inclusion(leaves[published.first],
                               published.first,
                               published.size,
                               proof,
                               hash_from(kRoots[published.size])));
    }
    for (const auto& published : kConsistency) {
        const auto proof = hashes_from(published.hashes);
        CHECK(*consistency_proof(published.first, published.size, reader_of(leaves)) == proof);
        CHECK(verify_consistency(published.first,
                                 published.size,
                                 proof,
                                 hash_from(kRoots[published.first]),
                                 hash_from(kRoots[published.size])));
    }
}

TEST_CASE("Every leaf of every small tree is proven, and by its own proof only", "[ledger][tree]") {
    const auto leaves = some_leaves(70);
    const auto read = reader_of(leaves);
    const auto other = sha256(bytes_of("another"));
    for (std::uint64_t size = 1; size <= leaves.size(); ++size) {
        const auto root = by_definition(std::span{leaves}.first(size));
        REQUIRE(*root_at(size, read) == root);
        for (std::uint64_t index = 0; index < size; ++index) {
            auto proof = *inclusion_proof(index, size, read);
            REQUIRE(verify_inclusion(leaves[index], index, size, proof, root));
            CHECK_FALSE(verify_inclusion(other, index, size, proof, root));
            CHECK_FALSE(verify_inclusion(leaves[index], index, size, proof, other));
            CHECK_FALSE(verify_inclusion(leaves[index], index + 1, size, proof, root));
            CHECK_FALSE(verify_inclusion(leaves[index], index + size, size, proof, root));
            for (auto& hash : proof) {
                hash[5] ^= std::byte{1};
                CHECK_FALSE(verify_inclusion(leaves[index], index, size, proof, root));
                hash[5] ^= std::byte{1};
            }
            proof.push_back(other);
            CHECK_FALSE(verify_inclusion(leaves[index], index, size, proof, root));
            proof.pop_back();
            if (!proof.empty()) {
                proof.pop_back();
                CHECK_FALSE(verify_inclusion(leaves[index], index, size, proof, root));
            }
        }
    }
    CHECK_FALSE(inclusion_proof(70, 70, read).has_value());
    CHECK_FALSE(verify_inclusion(leaves[0], 0, 0, {}, empty_root()));
}

TEST_CASE("Every small tree is consistent with those it grew from, and with no other", "[ledger][tree]") {
    const auto leaves = some_leaves(70);
    const auto read = reader_of(leaves);
    const auto other = sha256(bytes_of("another"));
    std::vector<Hash> roots;
    for (std::uint64_t size = 0; size <= leaves.size(); ++size) {
        roots.push_back(by_definition(std::span{leaves}.first(size)));
    }
    for (std::uint64_t size = 0; size <= leaves.size(); ++size) {
        for (std::uint64_t old = 0; old <= size; ++old) {
            auto proof = *consistency_proof(old, size, read);
            REQUIRE(verify_consistency(old, size, proof, roots[old], roots[size]));
            CHECK_FALSE(verify_consistency(old, size, proof, other, roots[size]));
            if (old > 0) {  // from nothing, every tree follows
                CHECK_FALSE(verify_consistency(old, size, proof, roots[old], other));
            }
            for (auto& hash : proof) {
                hash[5] ^= std::byte{1};
                CHECK_FALSE(verify_consistency(old, size, proof, roots[old], roots[size]));
                hash[5] ^= std::byte{1};
            }
            proof.push_back(other);
            CHECK_FALSE(verify_consistency(old, size, proof, roots[old], roots[size]));
        }
        CHECK_FALSE(verify_consistency(size + 1, size, {}, roots[size], roots[size]));
    }
    CHECK_FALSE(consistency_proof(70, 69, read).has_value());
}

TEST_CASE("A frontier goes on where it was left", "[ledger][tree]") {
    const auto leaves = some_leaves(300);
    Frontier whole;
    for (std::size_t i = 0; i < leaves.size(); ++i) {
        auto restored = Frontier::restore(whole.size(), whole.hashes());
        REQUIRE(restored.has_value());
        whole.append(leaves[i]);
        restored->append(leaves[i]);
        CHECK(restored->root() == whole.root());
    }
    CHECK(whole.root() == by_definition(leaves));
    CHECK_FALSE(Frontier::restore(3, {leaves[0]}).has_value());
}

TEST_CASE("Leaves that are not shown are stood for by the largest subtrees", "[ledger][tree]") {
    const auto leaves = some_leaves(40);
    const auto read = reader_of(leaves);
    CHECK(subtree_levels(0, 0).empty());
    CHECK(subtree_levels(0, 5) == std::vector<unsigned>{2, 0});
    CHECK(subtree_levels(3, 10) == std::vector<unsigned>{0, 2, 2, 0});
    for (std::uint64_t first = 0; first <= leaves.size(); ++first) {
        for (std::uint64_t end = first; end <= leaves.size(); ++end) {
            Frontier frontier;
            for (std::uint64_t i = 0; i < first; ++i) {
                frontier.append(leaves[i]);
            }
            for (const auto level : subtree_levels(first, end - first)) {
                frontier.append_subtree(*read(level, frontier.size() >> level), level);
            }
            REQUIRE(frontier.size() == end);
            CHECK(frontier.root() == root_of(std::span{leaves}.first(end)));
        }
    }
}
