#include "app/master_key.hpp"

#include <array>

#include "fedtrail/core/hex.hpp"

#include "app/files.hpp"
#include "app/stores.hpp"
#include "backends/openssl/private_file.hpp"

namespace fedtrail::app {

namespace {

constexpr std::size_t kOctets = 32;
constexpr const char* kCredential = "fedtrail.master-key";

/// The error never repeats the text: it may be nearly the key.
Result<Bytes> parsed_key(std::string_view text, const std::string& place) {
    while (!text.empty() && (text.back() == '\n' || text.back() == '\r' || text.back() == ' ')) {
        text.remove_suffix(1);
    }
    auto key = from_hex(text);
    if (!key || key->size() != kOctets) {
        return fail(
            ErrorKind::Invalid,
            place + " is not a master key",
            "It is 64 hexadecimal digits; restore it from its copy: without it the vault stays shut.");
    }
    return *std::move(key);
}

std::optional<std::string> said(const Environment& environment, std::string_view name) {
    const auto found = environment.find(name);
    return found == environment.end() ? std::nullopt : std::optional{found->second};
}

/// The key's text and where it came from.
using Source = std::pair<std::string, std::string>;

Result<std::optional<Source>> find_key(const Config& config, const Environment& environment) {
    if (auto text = said(environment, "FEDTRAIL_MASTER_KEY")) {
        return std::optional{Source{*text, "FEDTRAIL_MASTER_KEY"}};
    }
    if (const auto folder = said(environment, "CREDENTIALS_DIRECTORY")) {
        const auto file = std::filesystem::path{*folder} / kCredential;
        auto text = read_file(file);
        if (!text) {
            return fail(text);
        }
        if (*text) {
            return std::optional{Source{**text, file.string()}};
        }
    }
    auto text = openssl::read_small(config.master_key_file, openssl::Readers::OwnerOnly);
    if (!text) {
        return fail(text);
    }
    return *text ? std::optional{Source{**text, config.master_key_file.string()}} : std::optional<Source>{};
}

/// A new key would open nothing that is there.
bool has_vault(const Config& config) {
    std::error_code ec;
    return std::filesystem::exists(vault_file(config), ec) || ec;
}

tl::unexpected<Error> missing(const Config& config) {
    return fail(ErrorKind::Unavailable,
                config.master_key_file.string() + " is not there",
                has_vault(config) ? "Put the key back from its copy: without it the vault stays shut."
                                  : "Run `fedtrail init`; to restore a backup, put its key there first.");
}

}  // namespace

Result<Bytes> master_key(const Config& config, const Environment& environment) {
    const auto found = find_key(config, environment);
    if (!found) {
        return fail(found);
    }
    if (!*found) {
        return missing(config);
    }
    return parsed_key((*found)->first, (*found)->second);
}

Result<bool> make_master_key(const Config& config, const Environment& environment, const Cipher& cipher) {
    const auto found = find_key(config, environment);
    if (!found) {
        return fail(found);
    }
    if (*found) {
        const auto key = parsed_key((*found)->first, (*found)->second);
        return key ? Result<bool>{false} : Result<bool>{fail(key)};
    }
    if (has_vault(config)) {
        return missing(config);
    }
    std::array<std::byte, kOctets> key{};
    cipher.random(key);
    return openssl::write_once(config.master_key_file, hex(key) + "\n", openssl::Readers::OwnerOnly);
}

}  // namespace fedtrail::app
