#include "backends/openssl/report_key.hpp"

#include <exception>
#include <system_error>

#include <openssl/pem.h>

#include "backends/openssl/owned.hpp"
#include "backends/openssl/private_file.hpp"

namespace fedtrail::openssl {

namespace {

/// Terminates where OpenSSL cannot hash: nothing that follows could be true.
class Sha256 final : public RunningDigest {
public:
    Sha256() : context_(EVP_MD_CTX_new()) {
        if (!context_ || EVP_DigestInit_ex(context_.get(), EVP_sha256(), nullptr) != 1) {
            std::terminate();
        }
    }
    void add(ByteView octets) override {
        if (EVP_DigestUpdate(context_.get(), octets.data(), octets.size()) != 1) {
            std::terminate();
        }
    }
    Digest256 finish() override {
        Digest256 digest{};
        // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): the same octets.
        auto* const out = reinterpret_cast<unsigned char*>(digest.data());
        if (EVP_DigestFinal_ex(context_.get(), out, nullptr) != 1) {
            std::terminate();
        }
        return digest;
    }

private:
    OwnedDigestContext context_;
};

Result<std::string> new_key() {
    const OwnedKey key{EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519")};
    const OwnedBio memory{BIO_new(BIO_s_mem())};
    char* text = nullptr;
    if (!key || !memory ||
        PEM_write_bio_PKCS8PrivateKey(memory.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr) != 1) {
        return fail(ErrorKind::Unavailable, "OpenSSL cannot make a key to sign reports with");
    }
    const auto size = BIO_get_mem_data(memory.get(), &text);
    return std::string{text, static_cast<std::size_t>(size)};
}

/// What is in `file`, written first if it is not there.
Result<std::string> kept(const std::filesystem::path& file) {
    auto there = read_small(file, Readers::OwnerOnly);
    if (!there) {
        return fail(there);
    }
    if (*there) {
        return std::move(**there);
    }
    const auto made = new_key();
    if (!made) {
        return fail(made);
    }
    std::error_code ignored;
    std::filesystem::create_directories(file.parent_path(), ignored);
    if (auto done = write_once(file, *made, Readers::OwnerOnly); !done) {
        return fail(done);
    }
    there = read_small(file, Readers::OwnerOnly);  // somebody may have been faster
    if (!there || !*there) {
        return fail(ErrorKind::Denied, file.string() + " cannot be read", "Look at the folder's rights.");
    }
    return std::move(**there);
}

}  // namespace

Result<std::unique_ptr<ReportKey>> ReportKey::open_or_make(const std::filesystem::path& file) {
    const auto text = kept(file);
    if (!text) {
        return fail(text);
    }
    auto key = PrivateKey::parse(*text);
    if (!key || key->algorithm() != KeyAlgorithm::Ed25519) {
        return fail(ErrorKind::Invalid,
                    file.string() + " is no Ed25519 key",
                    "Restore it from a backup; or remove it, and a new one is made.");
    }
    return std::unique_ptr<ReportKey>{new ReportKey{std::move(*key)}};
}

std::unique_ptr<RunningDigest> ReportKey::digest() const {
    return std::make_unique<Sha256>();
}

}  // namespace fedtrail::openssl
