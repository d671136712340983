/// The key that reports are signed with.

#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "fedtrail/ports/report_seal.hpp"

#include "backends/openssl/private_key.hpp"

namespace fedtrail::openssl {

class ReportKey final : public ReportSeal {
public:
    /// The Ed25519 key in `file` (PEM, PKCS#8, for its owner alone); made if there is none, whole or not at
    /// all. Errors: Denied (it cannot be read or made, or others may read it), Invalid (it is no Ed25519
    /// key).
    [[nodiscard]] static Result<std::unique_ptr<ReportKey>> open_or_make(const std::filesystem::path& file);

    [[nodiscard]] std::unique_ptr<RunningDigest> digest() const override;
    [[nodiscard]] Result<Bytes> sign(ByteView message) const override { return key_.sign(message); }
    [[nodiscard]] const std::string& public_key() const override { return key_.public_key(); }

private:
    explicit ReportKey(PrivateKey key) : key_(std::move(key)) {}
    PrivateKey key_;
};

}  // namespace fedtrail::openssl
