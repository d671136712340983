/// Vaults under one master key, and whom they know first.

#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <utility>

#include <catch2/catch.hpp>

#include "backends/openssl/cipher.hpp"
#include "backends/sqlite/vault.hpp"

namespace fedtrail::testing {

inline const Bytes kMasterKey(32, std::byte{0x42});
inline constexpr privacy::SubjectNumber kAlice{1};
inline constexpr privacy::SubjectNumber kBob{2};

inline const Cipher& cipher() {
    static const auto kMade = openssl::OpensslCipher::make();
    return **kMade;
}

inline Result<std::unique_ptr<sqlite::SqliteVault>> open_at(const std::filesystem::path& file,
                                                            sqlite::VaultOptions options = {},
                                                            ByteView master = kMasterKey) {
    return sqlite::SqliteVault::open(file, master, cipher(), std::move(options));
}

inline std::unique_ptr<sqlite::SqliteVault> vault_at(const std::filesystem::path& file,
                                                     sqlite::VaultOptions options = {}) {
    auto opened = open_at(file, std::move(options));
    INFO((opened ? "" : opened.error().what));
    REQUIRE(opened);
    return std::move(*opened);
}

inline Uri actor(const std::string& name) {
    return *Uri::parse("https://origin.example/users/" + name);
}

}  // namespace fedtrail::testing
