#include <openssl/evp.h>

#include "fedtrail/ledger/note.hpp"

#include "ledger/note_parts.hpp"

namespace fedtrail::ledger {

namespace {

using Context = std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)>;

const unsigned char* octets(ByteView bytes) {
    // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): OpenSSL's word for an octet
    return reinterpret_cast<const unsigned char*>(bytes.data());
}

unsigned char* room(std::span<std::byte> bytes) {
    // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): OpenSSL's word for an octet
    return reinterpret_cast<unsigned char*>(bytes.data());
}

EVP_PKEY* key_of(const void* key) {
    // NOLINTNEXTLINE(cppcoreguidelines-pro-type-const-cast): signing does not change a key, OpenSSL does not
    // say so
    return static_cast<EVP_PKEY*>(const_cast<void*>(key));
}

}  // namespace

bool verify_ed25519(const PublicKey& key, ByteView message, ByteView signature) {
    const std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> parsed{
        EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, octets(ByteView{key}), key.size()),
        EVP_PKEY_free};
    const Context context{EVP_MD_CTX_new(), EVP_MD_CTX_free};
    return parsed != nullptr && context != nullptr && signature.size() == kEd25519Signature &&
           EVP_DigestVerifyInit(context.get(), nullptr, nullptr, nullptr, parsed.get()) == 1 &&
           EVP_DigestVerify(
               context.get(), octets(signature), signature.size(), octets(message), message.size()) == 1;
}

Result<NoteSigner> NoteSigner::make(std::string name, NoteKeyKind kind, ByteView seed) {
    if (!is_key_name(name)) {
        return fail(ErrorKind::Invalid,
                    "log key: a key's name is not empty and has no white space and no +",
                    "name it after the host, e.g. \"origin.example/fedtrail\"");
    }
    if (seed.size() != kEd25519Seed) {
        return fail(ErrorKind::Invalid, "log key: it is made of 32 octets");
    }
    NoteSigner signer;
    signer.verifier_ = VerifierKey{std::move(name), kind, {}};
    const std::shared_ptr<EVP_PKEY> key{
        EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nullptr, octets(seed), seed.size()), EVP_PKEY_free};
    std::size_t size = signer.verifier_.key.size();
    if (key == nullptr ||
        EVP_PKEY_get_raw_public_key(key.get(), room(std::span{signer.verifier_.key}), &size) != 1) {
        return fail(ErrorKind::Unavailable, "log key: OpenSSL cannot make an Ed25519 key of it");
    }
    signer.key_ = key;
    return signer;
}

NoteSignature NoteSigner::sign(std::string_view text, std::uint64_t unix_seconds) const {
    const bool witness = verifier_.kind == NoteKeyKind::Witness;
    const auto message = witness ? cosigned_message(unix_seconds, text) : std::string{text};
    NoteSignature signature{verifier_.name, verifier_.id(), {}};
    for (unsigned shift = 64; witness && shift > 0; shift -= 8) {
        signature.signature.push_back(static_cast<std::byte>(unix_seconds >> (shift - 8)));
    }
    Bytes signed_octets(kEd25519Signature);
    std::size_t size = signed_octets.size();
    const Context context{EVP_MD_CTX_new(), EVP_MD_CTX_free};
    if (context != nullptr &&
        EVP_DigestSignInit(context.get(), nullptr, nullptr, nullptr, key_of(key_.get())) == 1 &&
        EVP_DigestSign(context.get(),
                       room(std::span{signed_octets}),
                       &size,
                       octets(bytes_of(message)),
                       message.size()) == 1) {
        signature.signature.insert(signature.signature.end(), signed_octets.begin(), signed_octets.end());
    }
    return signature;
}

}  // namespace fedtrail::ledger
