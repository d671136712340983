#include "backends/openssl/key_folder.hpp"

#include <algorithm>
#include <optional>
#include <system_error>
#include <utility>

#include "fedtrail/core/count.hpp"

#include "backends/openssl/key_index.hpp"
#include "backends/openssl/private_file.hpp"

namespace fedtrail::openssl {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMaxIndex = std::size_t{4} << 20U;
constexpr std::size_t kMaxFiles = 100'000;
constexpr std::string_view kIndex = "keys.json";
constexpr auto kOthersRead = fs::perms::group_all | fs::perms::others_all;
constexpr auto kOthersWrite = fs::perms::group_write | fs::perms::others_write;

bool any(fs::perms have, fs::perms of) {
    return (have & of) != fs::perms::none;
}

Result<void> usable(const fs::path& folder) {
    std::error_code code;
    const auto status = fs::status(folder, code);
    if (!fs::is_directory(status)) {
        return fail(ErrorKind::Unavailable,
                    "the key folder " + folder.string() + " is not there",
                    "make it (mode 700), or correct its name in the configuration");
    }
    if (any(status.permissions(), kOthersWrite)) {
        return fail(ErrorKind::Denied,
                    "others may write to the key folder " + folder.string(),
                    "run: chmod go-w " + folder.string());
    }
    return {};
}

/// An error about a file whose name is somebody's handle, without that name.
Error without_name(Error error, const fs::path& folder, const fs::path& file) {
    const auto replace = [&](std::string& text, const std::string& by) {
        for (auto at = text.find(file.string()); at != std::string::npos; at = text.find(file.string(), at)) {
            text.replace(at, file.string().size(), by);
            at += by.size();
        }
    };
    replace(error.what, "a key file in " + folder.string());
    replace(error.remedy, (folder / "*.pem").string());
    return error;
}

Result<std::optional<Secret>> read_key(const fs::path& folder, const std::string& name) {
    const auto file = folder / name;
    auto content = read_small(file, Readers::OwnerOnly);
    if (!content) {
        return tl::unexpected{without_name(content.error(), folder, file)};
    }
    return *content ? std::optional{Secret{std::move(**content)}} : std::nullopt;
}

Result<std::vector<IndexedKey>> read_index(const fs::path& folder) {
    const auto file = folder / kIndex;
    const auto content = read_small(file, Readers::Everybody, kMaxIndex);
    if (!content) {
        return fail(content);
    }
    if (!*content) {
        return std::vector<IndexedKey>{};
    }
    std::error_code code;
    if (any(fs::status(file, code).permissions(), kOthersWrite)) {
        return fail(
            ErrorKind::Denied, "others may write to " + file.string(), "run: chmod go-w " + file.string());
    }
    return parse_key_index(**content);
}

std::string default_id(const Uri& actor) {
    return actor.text() + "#main-key";
}

Result<std::vector<FoundKey>> indexed_keys(const fs::path& folder,
                                           const std::vector<IndexedKey>& index,
                                           const Uri& actor) {
    const auto handle = handle_of(actor);
    std::vector<FoundKey> keys;
    for (const auto& entry : index) {
        if (entry.actor != actor.text() && (handle.empty() || entry.actor != handle)) {
            continue;
        }
        auto pem = read_key(folder, entry.file);
        if (!pem) {
            return fail(pem);
        }
        if (!*pem) {
            return fail(ErrorKind::Invalid,
                        "keys.json in " + folder.string() + " names a file for this person that is not there",
                        "put it there, or take the entry out");
        }
        keys.push_back(FoundKey{entry.key_id.empty() ? default_id(actor) : entry.key_id, std::move(**pem)});
    }
    return keys;
}

struct Count {
    std::size_t files{};
    std::size_t open_to_others{};
};

Count count_files(const fs::path& folder, std::error_code& code) {
    Count count;
    for (auto entry = fs::directory_iterator{folder, code};
         !code && entry != fs::directory_iterator{} && count.files < kMaxFiles;
         entry.increment(code)) {
        std::error_code ignored;
        if (entry->path().extension() == ".pem") {
            ++count.files;
            count.open_to_others += any(entry->status(ignored).permissions(), kOthersRead) ? 1 : 0;
        }
    }
    return count;
}

Result<void> all_there(const fs::path& folder, const std::vector<IndexedKey>& index) {
    const auto lost = std::count_if(index.begin(), index.end(), [&](const IndexedKey& entry) {
        std::error_code code;
        return !fs::is_regular_file(folder / entry.file, code);
    });
    if (lost > 0) {
        return fail(ErrorKind::Invalid,
                    "keys.json in " + folder.string() + " names " +
                        counted(static_cast<std::uint64_t>(lost), "file that is", "files that are") +
                        " not there",
                    "put them there, or take the entries out");
    }
    return {};
}

}  // namespace

Result<std::vector<FoundKey>> KeyFolder::find(const Uri& actor) const {
    if (const auto fit = usable(folder_); !fit) {
        return fail(fit);
    }
    const auto index = read_index(folder_);
    if (!index) {
        return fail(index);
    }
    auto keys = indexed_keys(folder_, *index, actor);
    const auto handle = handle_of(actor);
    if (!keys || !keys->empty() || handle.empty()) {
        return keys;
    }
    auto pem = read_key(folder_, handle + ".pem");
    if (!pem) {
        return fail(pem);
    }
    if (*pem) {
        keys->push_back(FoundKey{default_id(actor), std::move(**pem)});
    }
    return keys;
}

Result<std::string> KeyFolder::check() const {
    if (const auto fit = usable(folder_); !fit) {
        return fail(fit);
    }
    const auto index = read_index(folder_);
    if (!index) {
        return fail(index);
    }
    std::error_code code;
    const auto count = count_files(folder_, code);
    if (code) {
        return fail(ErrorKind::Denied,
                    "the key folder " + folder_.string() + " cannot be listed: " + code.message(),
                    "give it to the service's user");
    }
    if (count.open_to_others > 0) {
        return fail(ErrorKind::Denied,
                    grouped(count.open_to_others) + " of " + counted(count.files, "key file") + " in " +
                        folder_.string() + " may be read by others than their owner",
                    "run: chmod 600 " + (folder_ / "*.pem").string());
    }
    if (const auto there = all_there(folder_, *index); !there) {
        return fail(there);
    }
    return counted(count.files, "file") + ", " + counted(index->size(), "entry", "entries") + " in keys.json";
}

}  // namespace fedtrail::openssl
