/// A ledger in a folder of its own, sealed with real keys.

#pragma once

#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <string>

#include "backends/openssl/cipher.hpp"
#include "backends/sqlite/ledger_store.hpp"

namespace fedtrail::test {

/// A folder that goes when its owner goes.
class Folder {
public:
    Folder() {
        std::string name = (std::filesystem::temp_directory_path() / "fedtrail-test-XXXXXX").string();
        path_ = mkdtemp(name.data());
    }
    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;
    Folder(Folder&&) = delete;
    Folder& operator=(Folder&&) = delete;
    ~Folder() {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }
    [[nodiscard]] const std::filesystem::path& path() const noexcept { return path_; }

private:
    std::filesystem::path path_;
};

/// Seals under a key made from the subject's number: the vault's place, without its file.
class NumberedKeys : public SubjectSealer {
public:
    [[nodiscard]] Result<Bytes> seal(privacy::SubjectNumber subject,
                                     std::string_view context,
                                     ByteView plain) const override {
        return cipher_->seal(key_of(subject), bytes_of(context), plain);
    }
    [[nodiscard]] Result<Bytes> open(privacy::SubjectNumber subject,
                                     std::string_view context,
                                     ByteView sealed) const override {
        return cipher_->open(key_of(subject), bytes_of(context), sealed);
    }

private:
    static SealingKey key_of(privacy::SubjectNumber subject) {
        SealingKey key{};
        for (std::size_t i = 0; i < key.size(); ++i) {
            key[i] = static_cast<std::byte>(subject.get() + i * 7);
        }
        return key;
    }
    std::unique_ptr<openssl::OpensslCipher> cipher_{std::move(*openssl::OpensslCipher::make())};
};

}  // namespace fedtrail::test
