#include "app/backup_set.hpp"

#include <array>
#include <cerrno>
#include <fstream>

#include <fcntl.h>
#include <nlohmann/json.hpp>
#include <sys/stat.h>
#include <unistd.h>

#include "fedtrail/core/hex.hpp"
#include "fedtrail/ledger/hash.hpp"

#include "app/case_room.hpp"
#include "app/files.hpp"
#include "app/log_keys.hpp"
#include "app/stores.hpp"

namespace fedtrail::app {

namespace fs = std::filesystem;

namespace {

using Json = nlohmann::ordered_json;

constexpr const char* kBackupFormat = "fedtrail/backup/1";
constexpr std::size_t kBackupPiece = 1U << 20U;
constexpr std::size_t kIdLength = 32;

tl::unexpected<Error> cannot_be(const fs::path& file, const std::string& act) {
    const int code = errno;
    const auto kind = code == EACCES || code == EPERM ? ErrorKind::Denied
                      : code == ENOENT                ? ErrorKind::NotFound
                                                      : ErrorKind::Unavailable;
    return fail(
        kind,
        file.string() + " cannot be " + act + ": " + system_words(code),
        code == ENOSPC || code == EDQUOT ? "Free some disk space, then give the same command again." : "");
}

/// Calls `take` with the file's octets, piece by piece.
template <typename Take>
Result<void> each_piece(const fs::path& file, Take take) {
    const Descriptor in{::open(file.c_str(), O_RDONLY | O_CLOEXEC)};
    if (!in.open()) {
        return cannot_be(file, "read");
    }
    Bytes piece(kBackupPiece);
    for (;;) {
        const auto got = ::read(in.get(), piece.data(), piece.size());
        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got < 0) {
            return cannot_be(file, "read");
        }
        if (got == 0) {
            return {};
        }
        if (auto taken = take(ByteView{piece}.first(static_cast<std::size_t>(got))); !taken) {
            return taken;
        }
    }
}

Result<void> write_all(int descriptor, ByteView octets, const fs::path& file) {
    while (!octets.empty()) {
        const auto written = ::write(descriptor, octets.data(), octets.size());
        if (written < 0 && errno == EINTR) {
            continue;
        }
        if (written < 0) {
            return cannot_be(file, "written");
        }
        octets = octets.subspan(static_cast<std::size_t>(written));
    }
    return {};
}

tl::unexpected<Error> no_manifest(const std::string& what) {
    return fail(ErrorKind::Invalid, "the manifest of the backup " + what, "Take another backup.");
}

bool is_plain_name(const std::string& name) {
    return !name.empty() && name.size() <= 255 && name != "." && name.find("..") == std::string::npos &&
           name.front() != '/';
}

Result<std::vector<BackupFile>> files_in(const Json& list) {
    std::vector<BackupFile> files;
    for (const auto& one : list) {
        if (!one.is_object() || !one.contains("name") || !one["name"].is_string() ||
            !one.contains("octets") || !one["octets"].is_number_unsigned() || !one.contains("sha256") ||
            !one["sha256"].is_string()) {
            return no_manifest("names a file without name, octets and sha256");
        }
        files.push_back({one["name"], one["octets"], one["sha256"]});
        if (!is_plain_name(files.back().name)) {
            return no_manifest("names a file outside its folder");
        }
    }
    return files;
}

}  // namespace

std::string_view name_of(BackupPart part) {
    return part == BackupPart::Ledger ? "ledger" : "vault";
}

std::vector<BackupItem> backup_items(const Config& config, const fs::path& config_file) {
    const auto& home = config.data_dir;
    using Part = BackupPart;
    return {{"log.db", log_file(config), Part::Ledger, true, false},
            {"log.key", log_key_file(config), Part::Ledger, false, false},
            {"fedtrail.toml", config_file, Part::Ledger, false, true},
            {"ca.pem", home / "ca.pem", Part::Ledger, false, false},
            {"ca.key", home / "ca.key", Part::Ledger, false, false},
            {"report-signing-key.pem", home / "report-signing-key.pem", Part::Ledger, false, false},
            {"transfer-rules.json",
             config.transfer_rules.empty() ? home / "transfer-rules.json" : config.transfer_rules,
             Part::Ledger,
             false,
             true},
            // A token that was revoked since must not come back to life.
            {"tokens.json", home / "tokens.json", Part::Ledger, false, true},
            {"directory.db", home / "directory.db", Part::Ledger, true, false},
            {"ledger.db", config.store, Part::Ledger, true, false},
            {"cases.db", cases_file(config), Part::Ledger, true, false},
            {"vault.db", vault_file(config), Part::Vault, true, false}};
}

std::string BackupManifest::text() const {
    auto list = Json::array();
    for (const auto& file : files) {
        list.push_back({{"name", file.name}, {"octets", file.octets}, {"sha256", file.sha256}});
    }
    return Json{{"format", kBackupFormat},
                {"id", id},
                {"part", name_of(part)},
                {"at", format_rfc3339(at)},
                {"program", program},
                {"vault", vault},
                {"files", std::move(list)}}
               .dump(2) +
           "\n";
}

Result<BackupManifest> BackupManifest::parse(const std::string& text) {
    const auto document = Json::parse(text, nullptr, false);
    if (!document.is_object() || !document.contains("format") || document["format"] != kBackupFormat) {
        return no_manifest("is not of the format " + std::string{kBackupFormat});
    }
    BackupManifest manifest;
    for (const auto* name : {"id", "part", "at", "program", "vault"}) {
        if (!document.contains(name) || !document[name].is_string()) {
            return no_manifest("lacks \"" + std::string{name} + "\"");
        }
    }
    manifest.id = document["id"];
    manifest.program = document["program"];
    manifest.vault = document["vault"];
    const auto at = parse_rfc3339(document["at"].get<std::string>());
    const auto part = document["part"].get<std::string>();
    if (!at || manifest.id.size() != kIdLength || !from_hex(manifest.id) ||
        (part != "ledger" && part != "vault") || !document.contains("files") ||
        !document["files"].is_array()) {
        return no_manifest("says nothing that can be read");
    }
    manifest.at = *at;
    manifest.part = part == "ledger" ? BackupPart::Ledger : BackupPart::Vault;
    auto files = files_in(document["files"]);
    if (!files) {
        return fail(files);
    }
    manifest.files = std::move(*files);
    return manifest;
}

Result<BackupManifest> read_manifest(const fs::path& folder) {
    const auto text = read_file(folder / kBackupManifest);
    if (!text) {
        return fail(text);
    }
    if (!*text) {
        return fail(ErrorKind::NotFound,
                    folder.string() + " is no backup: it has no " + kBackupManifest,
                    "Name the folder that `fedtrail backup` made.");
    }
    return BackupManifest::parse(**text);
}

Result<BackupFile> measured(const fs::path& file, std::string name) {
    ledger::Sha256 hash;
    BackupFile found{std::move(name), 0, ""};
    auto read = each_piece(file, [&](ByteView piece) -> Result<void> {
        hash.update(piece);
        found.octets += piece.size();
        return {};
    });
    if (!read) {
        return fail(read);
    }
    found.sha256 = hex(hash.finish());
    return found;
}

Result<void> copy_plain(const fs::path& from, const fs::path& to) {
    const Descriptor out{::open(to.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600)};
    if (!out.open()) {
        return cannot_be(to, "written");
    }
    auto copied = each_piece(from, [&](ByteView piece) { return write_all(out.get(), piece, to); });
    if (!copied) {
        return copied;
    }
    struct stat found {};
    if (::stat(from.c_str(), &found) != 0) {
        return cannot_be(from, "read");
    }
    const std::array times{found.st_atim, found.st_mtim};
    if (::futimens(out.get(), times.data()) != 0) {
        return cannot_be(to, "dated");
    }
    return ::fsync(out.get()) == 0 ? Result<void>{} : Result<void>{cannot_be(to, "flushed")};
}

Result<void> flush_folder(const fs::path& folder) {
    const Descriptor opened{::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
    return opened.open() && ::fsync(opened.get()) == 0 ? Result<void>{}
                                                       : Result<void>{cannot_be(folder, "flushed")};
}

}  // namespace fedtrail::app
