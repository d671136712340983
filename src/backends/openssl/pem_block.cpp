#include "backends/openssl/pem_block.hpp"

#include <openssl/crypto.h>
#include <openssl/pem.h>

namespace fedtrail::openssl {

void CleansedOctets::operator()(unsigned char* octets) const {
    OPENSSL_secure_clear_free(octets, size);
}

PemReader::PemReader(std::string_view text)
    : memory_(BIO_new_mem_buf(text.data(), static_cast<int>(text.size()))) {}

std::optional<PemBlock> PemReader::next() {
    char* label = nullptr;
    char* header = nullptr;
    unsigned char* der = nullptr;
    long size = 0;
    // Not PEM_read_bio_PrivateKey(): it leaves what it decoded in memory it has freed.
    constexpr unsigned kFlags = PEM_FLAG_SECURE | PEM_FLAG_EAY_COMPATIBLE;
    if (PEM_read_bio_ex(memory_.get(), &label, &header, &der, &size, kFlags) != 1) {
        return std::nullopt;
    }
    const auto length = static_cast<std::size_t>(size);
    PemBlock block{label, header != nullptr && *header != '\0', {der, CleansedOctets{length}}, length};
    OPENSSL_secure_free(label);
    OPENSSL_secure_free(header);
    return block;
}

}  // namespace fedtrail::openssl
