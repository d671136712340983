/// Private keys as PEM files in a folder (docs/keys.md): named by handle, or as `keys.json` says.

#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "fedtrail/ports/signer.hpp"

namespace fedtrail::openssl {

/// The folder is read anew at every question: files may come and go while the service runs.
class KeyFolder final : public KeySource {
public:
    explicit KeyFolder(std::filesystem::path folder) : folder_(std::move(folder)) {}

    /// Errors: Unavailable (no such folder), Denied (file or folder not readable, or open to others), Invalid
    /// (keys.json is not as its schema says or names a file that is not there; a file longer than 64 KiB).
    /// File names are people's handles and stand in no error.
    [[nodiscard]] Result<std::vector<FoundKey>> find(const Uri& actor) const override;
    [[nodiscard]] std::string name() const override { return "folder " + folder_.string(); }
    [[nodiscard]] Result<std::string> check() const override;

private:
    std::filesystem::path folder_;
};

}  // namespace fedtrail::openssl
