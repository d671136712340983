#include "app/rejected_files.hpp"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <fstream>
#include <mutex>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "app/files.hpp"

namespace fedtrail::app {

namespace fs = std::filesystem;

namespace {

constexpr std::uint64_t kRejectedKept = std::uint64_t{1} << 20U;

/// A day's file is renamed beside a search for files to remove: it would be in neither place.
std::mutex& names_guard() {
    static std::mutex guard;
    return guard;
}

bool has_bad_lines(const std::string& name) {
    return name.ends_with(".rejected") || name.ends_with(".rejected.reasons");
}

bool is_of_an_import(const std::string& name) {
    return has_bad_lines(name) || name.ends_with(".fedtrail-import");
}

/// The lines that still have room behind `size` octets: the last may reach beyond.
std::string_view with_room(std::string_view lines, std::uint64_t size) {
    std::size_t end = 0;
    while (end < lines.size() && size + end < kRejectedKept) {
        end = std::min(lines.find('\n', end), lines.size() - 1) + 1;
    }
    return lines.substr(0, end);
}

bool ends_in_half_a_line(const fs::path& file) {
    std::ifstream in{file, std::ios::binary};
    in.seekg(-1, std::ios::end);
    const int last = in.get();
    return in.good() && last != '\n';
}

/// Of the folder, and the access log's. Errors: Unavailable (nobody can tell what is there).
Result<std::vector<fs::path>> kept_files(const fs::path& data_dir, bool (*which)(const std::string& name)) {
    std::vector<fs::path> files;
    if (const auto file = ingress_rejected_file(data_dir); is_there(file)) {
        files.push_back(file);
    }
    const auto folder = imports_folder(data_dir);
    std::error_code fault;
    fs::directory_iterator entry{folder, fault};
    for (; !fault && entry != fs::directory_iterator{}; entry.increment(fault)) {
        if (which(entry->path().filename().string())) {
            files.push_back(entry->path());
        }
    }
    if (fault && fault != std::errc::no_such_file_or_directory) {
        return fail(ErrorKind::Unavailable,
                    folder.string() + " cannot be searched for rejected lines: " + fault.message(),
                    "Give the folder to the user of the service; it is tried again.");
    }
    return files;
}

}  // namespace

fs::path imports_folder(const fs::path& data_dir) {
    return data_dir / "imports";
}

fs::path ingress_rejected_file(const fs::path& data_dir) {
    return data_dir / "ingress.rejected";
}

Result<void> set_aside_past_day(const fs::path& data_dir, Instant now) {
    using std::chrono::days;
    using std::chrono::floor;
    constexpr std::size_t kDate = 10;  // 2026-01-01
    const std::scoped_lock held{names_guard()};
    const auto file = ingress_rejected_file(data_dir);
    std::error_code fault;
    const auto at = written_at(file, fault);
    if (fault || floor<days>(at) == floor<days>(now)) {
        return {};  // it is not there, or of today
    }
    if (auto made = make_folder(imports_folder(data_dir)); !made) {
        return made;
    }
    const auto name = "ingress-" + format_rfc3339(at).substr(0, kDate) + ".rejected";
    fs::rename(file, imports_folder(data_dir) / name, fault);
    return fault ? fail(ErrorKind::Unavailable, file.string() + " cannot be renamed: " + fault.message())
                 : Result<void>{};
}

Result<void> keep_rejected(const fs::path& data_dir, std::string_view lines, Instant now) {
    if (auto aside = set_aside_past_day(data_dir, now); !aside) {
        return aside;  // one more line would keep the old ones
    }
    const auto file = ingress_rejected_file(data_dir);
    std::error_code none;
    const auto size = fs::file_size(file, none);
    const auto kept = with_room(lines, none ? 0 : size);
    if (kept.empty()) {
        return {};
    }
    return append_to_file(file, (ends_in_half_a_line(file) ? "\n" : "") + std::string{kept});
}

Result<void> RejectedFiles::forget(privacy::SubjectNumber /*subject*/) {
    const std::scoped_lock held{names_guard()};
    const auto files = kept_files(data_dir_, has_bad_lines);
    if (!files) {
        return fail(files);
    }
    Result<void> all;
    for (const auto& file : *files) {
        if (auto gone = remove_file(file); !gone && all) {
            all = std::move(gone);
        }
    }
    return all;
}

Result<Expired> RejectedFiles::drop_before(Instant horizon, bool only_count) {
    const std::scoped_lock held{names_guard()};
    const auto files = kept_files(data_dir_, is_of_an_import);
    if (!files) {
        return fail(files);
    }
    Expired expired;
    for (const auto& file : *files) {
        std::error_code unread;
        const auto at = written_at(file, unread);
        if (unread || at >= horizon) {
            continue;
        }
        if (auto gone = only_count ? Result<void>{} : remove_file(file); !gone) {
            expired.left = gone.error();
            continue;
        }
        ++expired.dropped;
    }
    return expired;
}

}  // namespace fedtrail::app
