// OpenSSL's SHA-256 without its EVP layer, which costs more than the hash itself where the input is the 65
// octets of a tree's node: these calls use the processor's SHA instructions just the same.
#define OPENSSL_SUPPRESS_DEPRECATED  // NOLINT(cppcoreguidelines-macro-usage)

#include "fedtrail/ledger/hash.hpp"

#include <algorithm>
#include <bit>
#include <cstring>
#include <iterator>

#include <openssl/sha.h>

namespace fedtrail::ledger {

namespace {

constexpr std::size_t kBlock = 64;
constexpr std::size_t kNode = 1 + 2 * sizeof(Hash);

/// The eight words of a finished hash, big-endian.
Hash words_of(const SHA256_CTX& context) {
    static_assert(std::endian::native == std::endian::little);
    Hash hash;
    for (std::size_t i = 0; i < std::size(context.h); ++i) {
        const std::uint32_t word = __builtin_bswap32(context.h[i]);
        std::memcpy(hash.data() + sizeof(word) * i, &word, sizeof(word));
    }
    return hash;
}

Hash final_of(SHA256_CTX& context) {
    Hash hash;
    // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): OpenSSL's word for an octet
    SHA256_Final(reinterpret_cast<unsigned char*>(hash.data()), &context);
    return hash;
}

/// Up to so many octets are padded here and handed over as whole blocks: OpenSSL's own end of a hash costs
/// more than a block.
constexpr std::size_t kShort = 8 * kBlock;
constexpr std::size_t kPadding = 1 + sizeof(std::uint64_t);

/// The hash of `size` octets that stand at the front of `room`; at most kShort - kPadding.
Hash hash_short(std::array<std::byte, kShort>& room, std::size_t size) {
    const auto whole = (size + kPadding + kBlock - 1) / kBlock * kBlock;
    std::memset(&room.at(size), 0, whole - size);
    room.at(size) = std::byte{0x80};
    room.at(whole - 2) = static_cast<std::byte>(size * 8 >> 8U);
    room.at(whole - 1) = static_cast<std::byte>(size * 8 & 0xFFU);
    SHA256_CTX context;
    SHA256_Init(&context);
    SHA256_Update(&context, room.data(), whole);
    return words_of(context);
}

/// The padding of FIPS 180-4 section 5.1.1 behind a node's 65 octets, written out: two whole blocks.
consteval std::array<std::byte, 2 * kBlock> padded_node() {
    std::array<std::byte, 2 * kBlock> blocks{};
    blocks[0] = std::byte{1};
    blocks[kNode] = std::byte{0x80};
    blocks[2 * kBlock - 2] = static_cast<std::byte>(kNode * 8 >> 8U);
    blocks[2 * kBlock - 1] = static_cast<std::byte>(kNode * 8 & 0xFFU);
    return blocks;
}

}  // namespace

struct Sha256::State {
    SHA256_CTX context;
};

Sha256::Sha256() : state_(std::make_unique<State>()) {
    SHA256_Init(&state_->context);
}
Sha256::Sha256(const Sha256& other) : state_(std::make_unique<State>(*other.state_)) {}
Sha256& Sha256::operator=(const Sha256& other) {
    *state_ = *other.state_;
    return *this;
}
Sha256::Sha256(Sha256&&) noexcept = default;
Sha256& Sha256::operator=(Sha256&&) noexcept = default;
Sha256::~Sha256() = default;

Sha256& Sha256::update(ByteView bytes) {
    SHA256_Update(&state_->context, bytes.data(), bytes.size());
    return *this;
}

Hash Sha256::finish() const {
    SHA256_CTX copy = state_->context;
    return final_of(copy);
}

Hash sha256(ByteView bytes) {
    return sha256({bytes});
}

Hash sha256(std::initializer_list<ByteView> pieces) {
    std::size_t size = 0;
    for (const auto piece : pieces) {
        size += piece.size();
    }
    if (size > kShort - kPadding) {
        SHA256_CTX context;
        SHA256_Init(&context);
        for (const auto piece : pieces) {
            SHA256_Update(&context, piece.data(), piece.size());
        }
        return final_of(context);
    }
    alignas(kBlock) std::array<std::byte, kShort>
        room;  // NOLINT(cppcoreguidelines-pro-type-member-init): filled
    auto* to = room.data();
    for (const auto piece : pieces) {
        to = std::copy(piece.begin(), piece.end(), to);
    }
    return hash_short(room, size);
}

Hash leaf_hash(ByteView entry) {
    constexpr std::array kLeaf{std::byte{0}};
    return sha256({kLeaf, entry});
}

Hash node_hash(const Hash& left, const Hash& right) {
    static constexpr auto kPadded = padded_node();
    alignas(kBlock) auto blocks = kPadded;
    std::memcpy(&blocks[1], left.data(), left.size());
    std::memcpy(&blocks[1 + sizeof(Hash)], right.data(), right.size());
    SHA256_CTX context;
    SHA256_Init(&context);
    SHA256_Update(&context, blocks.data(), blocks.size());
    return words_of(context);
}

}  // namespace fedtrail::ledger
