#include "app/log_keys.hpp"

#include <array>

#include "fedtrail/core/address.hpp"
#include "fedtrail/core/hex.hpp"
#include "fedtrail/core/secret.hpp"

#include "app/files.hpp"

namespace fedtrail::app {

namespace {

/// This machine itself, by address: what is sent there no third party reads.
bool is_this_machine(const Uri& url) {
    const auto& host = url.host().text();
    return host.starts_with('[') ? is_loopback(host.substr(1, host.find(']') - 1))
                                 : is_loopback(host.substr(0, host.find(':')));
}

}  // namespace

std::filesystem::path log_file(const Config& config) {
    return config.data_dir / "log.db";
}
std::filesystem::path log_key_file(const Config& config) {
    return config.data_dir / "log.key";
}
std::filesystem::path witness_file(const Config& config) {
    return config.data_dir / "witness.db";
}

std::filesystem::path witness_key_file(const Config& config) {
    return config.data_dir / "witness.key";
}

std::string log_name(const Config& config) {
    return !config.log.name.empty()  ? config.log.name
           : !config.origins.empty() ? config.origins.front().host.text()
                                     : std::string{};
}

Result<audit::AskedWitness> asked_witness(const std::string& text) {
    const auto space = text.find(' ');
    auto address = text.substr(0, space);
    while (address.ends_with('/')) {
        address.pop_back();
    }
    auto url = Uri::parse(address);
    auto key = ledger::VerifierKey::parse(space == std::string::npos ? "" : text.substr(space + 1));
    if (!url || !key || key->kind != ledger::NoteKeyKind::Witness) {
        return fail(ErrorKind::Invalid,
                    "it is not an address and a witness's key",
                    "Write it as \"https://w.example/witness w.example+1a2b3c4d+BA…\".");
    }
    if (url->scheme() != "https" && !is_this_machine(*url)) {
        return fail(ErrorKind::Invalid,
                    "it would be asked without TLS",
                    "Write its address with https; http is for this machine's own addresses, as 127.0.0.1.");
    }
    return audit::AskedWitness{std::move(*url), std::move(*key)};
}

Result<ledger::VerifierKey> witnessed_log(const std::string& text) {
    auto key = ledger::VerifierKey::parse(text);
    if (!key || key->kind != ledger::NoteKeyKind::Log) {
        return fail(ErrorKind::Invalid,
                    "\"" + text + "\" is no key of a log",
                    "`fedtrail audit checkpoint` prints it there, as \"log.example+1a2b3c4d+AQ…\".");
    }
    return key;
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
