#include "app/log_keys.hpp"

#include <array>

#include "fedtrail/core/hex.hpp"
#include "fedtrail/core/secret.hpp"

#include "app/files.hpp"

namespace fedtrail::app {

std::filesystem::path log_file(const Config& config) {
    return config.data_dir / "log.db";
}
std::filesystem::path log_key_file(const Config& config) {
    return config.data_dir / "log.key";
}
std::filesystem::path witness_key_file(const Config& config) {
    return config.data_dir / "witness.key";
}

std::string log_name(const Config& config) {
    return !config.log.name.empty()  ? config.log.name
           : !config.origins.empty() ? config.origins.front().host.text()
                                     : std::string{};
}

Result<bool> make_note_key(const std::filesystem::path& file, const std::string& name, const Cipher& cipher) {
    std::error_code ignored;
    if (std::filesystem::exists(file, ignored)) {
        return false;
    }
    if (!ledger::is_key_name(name)) {
        return fail(ErrorKind::Invalid,
                    "there is no name for the key " + file.string(),
                    "Set log.name to an address without its scheme, without spaces and \"+\".");
    }
    std::array<std::byte, 32> seed{};
    cipher.random(seed);
    auto content = name + "\n" + hex(seed) + "\n";
    overwrite(seed);
    const auto written = replace_file(file, content);
    overwrite(content);
    return written ? Result<bool>{true} : Result<bool>{fail(written)};
}

Result<ledger::NoteSigner> read_note_key(const std::filesystem::path& file, ledger::NoteKeyKind kind) {
    auto content = read_file(file);
    if (!content) {
        return fail(content);
    }
    if (!*content) {
        return fail(ErrorKind::NotFound, file.string() + " is not there", "Run `fedtrail init`.");
    }
    auto& text = **content;
    const auto end = text.find('\n');
    const auto name = text.substr(0, end);
    auto digits = end == std::string::npos ? std::string{} : text.substr(end + 1);
    while (digits.ends_with('\n')) {
        digits.pop_back();
    }
    auto seed = from_hex(digits);
    overwrite(text);
    overwrite(digits);
    auto signer = seed ? ledger::NoteSigner::make(name, kind, *seed) : Result<ledger::NoteSigner>{fail(seed)};
    if (seed) {
        overwrite(*seed);
    }
    if (!signer) {
        return fail(ErrorKind::Invalid,
                    file.string() + " is not a name and 64 hexadecimal digits",
                    "Put it back from where it was last whole.");
    }
    return signer;
}

}  // namespace fedtrail::app
