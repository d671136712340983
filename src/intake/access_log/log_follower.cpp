#include "intake/access_log/log_follower.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "intake/access_log/access_line.hpp"

namespace fedtrail::intake::access_log {

namespace fs = std::filesystem;

namespace {

constexpr std::uint64_t kStart = 1024;
constexpr std::size_t kMaxSiblings = 1'000;
constexpr std::array<std::string_view, 4> kPacked{".gz", ".zst", ".xz", ".bz2"};

std::int64_t nanoseconds(const timespec& at) {
    return static_cast<std::int64_t>(at.tv_sec) * 1'000'000'000 + at.tv_nsec;
}

std::int64_t nanoseconds(Instant at) {
    return std::chrono::nanoseconds{at.time_since_epoch()}.count();
}

bool same_file(const struct stat& a, const struct stat& b) {
    return a.st_dev == b.st_dev && a.st_ino == b.st_ino;
}

std::optional<struct stat> facts_of(const fs::path& file) {
    struct stat found {};
    return ::stat(file.c_str(), &found) == 0 ? std::optional{found} : std::nullopt;
}

bool is_digit_at(std::string_view text, std::size_t at) {
    return at < text.size() && text[at] >= '0' && text[at] <= '9';
}

/// What `log` is called once it is rotated: log.1, log-20261128, or, by Caddy, access-2026-11-28T….log.
bool is_rotated_name(const fs::path& log, std::string_view other) {
    const auto name = log.filename().string();
    const auto stem = log.stem().string();
    const bool behind = other.starts_with(name) && is_digit_at(other, name.size() + 1) &&
                        (other[name.size()] == '.' || other[name.size()] == '-');
    const bool between = other.starts_with(stem + "-") && is_digit_at(other, stem.size() + 1) &&
                         other.ends_with(log.extension().string());
    const bool packed = std::any_of(
        kPacked.begin(), kPacked.end(), [&](std::string_view ending) { return other.ends_with(ending); });
    return (behind || between) && !packed;
}

}  // namespace

LogFollower::LogFollower(fs::path path, LogPlace place, const Clock& clock, Options options)
    : path_(std::move(path)), place_(place), clock_(clock), options_(options), room_(options.piece) {}

std::vector<fs::path> LogFollower::siblings() const {
    std::vector<fs::path> found;
    std::error_code failed;
    for (fs::directory_iterator entry{path_.parent_path(), failed}, end; !failed && entry != end;
         entry.increment(failed)) {
        if (is_rotated_name(path_, entry->path().filename().string()) && found.size() < kMaxSiblings) {
            found.push_back(entry->path());
        }
    }
    return found;
}

/// Whether the last line that was taken ended in this file, at the same place.
bool LogFollower::is_place(const OpenFile& file) const {
    const auto facts = file.facts();
    if (!facts || static_cast<std::uint64_t>(facts->st_size) < place_.offset) {
        return false;
    }
    return place_.start_length == 0 ? facts->st_ino == place_.inode && facts->st_dev == place_.device
                                    : file.start_hash(place_.start_length) == place_.start;
}

std::optional<fs::path> LogFollower::find_place() const {
    auto files = siblings();
    files.insert(files.begin(), path_);
    for (const auto& name : files) {
        const auto file = OpenFile::open(name);
        if (file && is_place(*file)) {
            return name;
        }
    }
    return std::nullopt;
}

Result<void> LogFollower::open_at(const fs::path& name, std::uint64_t offset) {
    auto file = OpenFile::open(name);
    const auto facts = file ? file->facts() : std::nullopt;
    if (!facts) {
        return file ? Result<void>{fail(
                          ErrorKind::Unavailable, "the access log cannot be read", "Look at its disk.")}
                    : Result<void>{fail(file)};
    }
    file_ = std::move(*file);
    const bool anew = offset == 0;
    place_ = LogPlace{
        facts->st_dev, facts->st_ino, offset, anew ? 0 : place_.start, anew ? 0 : place_.start_length};
    leave_at_.reset();
    in_long_line_ = false;
    return {};
}

Result<void> LogFollower::open() {
    if (place_.inode == 0) {
        return open_at(options_.since ? file_after(nanoseconds(*options_.since)) : path_, 0);
    }
    if (const auto found = find_place()) {
        return open_at(*found, place_.offset);
    }
    auto opened = open_at(path_, 0);
    gaps_ += opened ? 1 : 0;
    return opened;
}

/// The file that was written last soonest after this time: the rotated ones in their order, then the log.
fs::path LogFollower::file_after(std::int64_t nanoseconds_since) const {
    std::optional<std::pair<std::int64_t, fs::path>> next;
    for (const auto& name : siblings()) {
        const auto facts = facts_of(name);
        if (!facts || !S_ISREG(facts->st_mode)) {
            continue;
        }
        const auto at = nanoseconds(facts->st_mtim);
        if (at > nanoseconds_since && (!next || at < next->first)) {
            next.emplace(at, name);
        }
    }
    return next ? next->second : path_;
}

/// At the end of the open file: whether it is still the log, and if not, to the next one.
Result<bool> LogFollower::move_on() {
    const auto own = file_.facts();
    const auto named = facts_of(path_);
    if (!own || !named || same_file(*own, *named)) {
        return false;  // between the renaming and the new file there is none
    }
    if (!leave_at_) {
        leave_at_ = clock_.now() + options_.linger;
    }
    if (clock_.now() < *leave_at_) {
        return false;
    }
    auto opened = open_at(file_after(nanoseconds(own->st_mtim)), 0);
    return opened ? Result<bool>{true} : Result<bool>{fail(opened)};
}

void LogFollower::note_start() {
    const auto length = std::min(kStart, place_.offset);
    if (length > place_.start_length) {
        if (const auto hash = file_.start_hash(length)) {
            place_.start = *hash;
            place_.start_length = length;
        }
    }
}

Result<bool> LogFollower::take_lines(std::string_view piece, const Take& take) {
    bool any = false;
    while (!piece.empty()) {
        const auto end = piece.find('\n');
        if (end == std::string_view::npos && piece.size() <= kMaxLineBytes) {
            break;  // the rest is yet to be written
        }
        auto line = piece.substr(0, end);
        const auto used = end == std::string_view::npos ? piece.size() : end + 1;
        if (line.ends_with('\r')) {
            line.remove_suffix(1);
        }
        const bool whole = !in_long_line_ && !line.empty();
        if (auto taken = whole ? take(line) : Result<void>{}; !taken) {
            return fail(taken);
        }
        in_long_line_ = end == std::string_view::npos;
        place_.offset += used;
        piece.remove_prefix(used);
        any = true;
    }
    return any;
}

Result<bool> LogFollower::read(const Take& take) {
    if (file_.is_open() && !is_place(file_)) {
        file_ = OpenFile{};  // truncated: the rest may lie in a copy
    }
    if (!file_.is_open()) {
        if (auto opened = open(); !opened) {
            return fail(opened);
        }
    }
    const auto got = file_.read_at(place_.offset, room_);
    if (!got) {
        return fail(got);
    }
    auto any = take_lines({room_.data(), *got}, take);
    note_start();
    if (!any || *any) {
        return any;
    }
    return move_on();
}

std::uint64_t LogFollower::behind() const {
    const auto facts = file_.facts();
    const auto size = facts ? static_cast<std::uint64_t>(facts->st_size) : 0;
    return size > place_.offset ? size - place_.offset : 0;
}

}  // namespace fedtrail::intake::access_log
