// OpenSSL's SHA-256 without its EVP layer, which costs more than the hash itself where the input is the 65
// octets of a tree's node: these calls use the processor's SHA instructions just the same.
#define OPENSSL_SUPPRESS_DEPRECATED  // NOLINT(cppcoreguidelines-macro-usage)

#include "fedtrail/ledger/hash.hpp"

#include <algorithm>

#include <openssl/sha.h>

namespace fedtrail::ledger {

namespace {

constexpr std::size_t kBlock = 64;
constexpr std::size_t kNode = 1 + 2 * sizeof(Hash);

Hash words_of(const SHA256_CTX& context) {
    Hash hash;
    for (std::size_t i = 0; i < hash.size(); ++i) {
        hash[i] = static_cast<std::byte>(context.h[i / 4] >> (24 - 8 * (i % 4)));
    }
    return hash;
}

Hash final_of(SHA256_CTX& context) {
    std::array<unsigned char, SHA256_DIGEST_LENGTH> octets{};
    SHA256_Final(octets.data(), &context);
    Hash hash;
    std::transform(
        octets.begin(), octets.end(), hash.begin(), [](unsigned char octet) { return std::byte{octet}; });
    return hash;
}

/// The padding of FIPS 180-4 section 5.1.1 behind a node's 65 octets, written out: two whole blocks.
constexpr std::array<std::byte, 2 * kBlock> padded_node() {
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
    SHA256_CTX context;
    SHA256_Init(&context);
    SHA256_Update(&context, bytes.data(), bytes.size());
    return final_of(context);
}

Hash leaf_hash(ByteView entry) {
    constexpr unsigned char kLeaf = 0;
    SHA256_CTX context;
    SHA256_Init(&context);
    SHA256_Update(&context, &kLeaf, 1);
    SHA256_Update(&context, entry.data(), entry.size());
    return final_of(context);
}

Hash node_hash(const Hash& left, const Hash& right) {
    auto blocks = padded_node();
    std::copy(left.begin(), left.end(), blocks.begin() + 1);
    std::copy(right.begin(), right.end(), blocks.begin() + 1 + sizeof(Hash));
    SHA256_CTX context;
    SHA256_Init(&context);
    SHA256_Update(&context, blocks.data(), blocks.size());
    return words_of(context);
}

}  // namespace fedtrail::ledger
