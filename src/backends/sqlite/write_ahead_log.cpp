#include "backends/sqlite/write_ahead_log.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <fstream>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fedtrail/core/bytes.hpp"
#include "fedtrail/core/count.hpp"

namespace fedtrail::sqlite {

namespace {

constexpr std::size_t kLogHeader = 32;
constexpr std::size_t kFrameHeader = 24;
constexpr std::size_t kSummed = 8;               ///< Octets of a frame's header that are in its checksum.
constexpr std::uint32_t kLogMagic = 0x377F0682;  ///< The lowest bit says that checksums are big-endian.
constexpr std::uint32_t kLeastLogPage = 512;
constexpr std::uint32_t kGreatestLogPage = 65'536;
constexpr int kLooks = 3;
/// So many frames behind a break are looked at for one that fits: a log may be long, and the rest of it old.
constexpr int kFarthest = 4096;

using Pair = std::pair<std::uint32_t, std::uint32_t>;

std::uint32_t four_octets(ByteView octets, std::size_t at, bool big_endian = true) {
    std::uint32_t number = 0;
    std::memcpy(&number, octets.data() + at, sizeof number);
    return big_endian == (std::endian::native == std::endian::big) ? number : __builtin_bswap32(number);
}

Pair two_numbers(ByteView octets, std::size_t at) {
    return {four_octets(octets, at), four_octets(octets, at + sizeof(std::uint32_t))};
}

Pair summed(Pair sum, ByteView octets, bool big_endian) {
    for (std::size_t i = 0; i + kSummed <= octets.size(); i += kSummed) {
        sum.first += four_octets(octets, i, big_endian) + sum.second;
        sum.second += four_octets(octets, i + sizeof(std::uint32_t), big_endian) + sum.first;
    }
    return sum;
}

struct LogHeader {
    std::array<std::byte, kLogHeader> octets{};
    bool whole{};
    bool big_endian{std::endian::native == std::endian::big};
    std::uint32_t page_size{};
    Pair salts;
    Pair sum;
};

/// What SQLite's index of a log says of it (https://sqlite.org/walformat.html, section 2.1). Numbers are in
/// the order of this machine.
struct LogIndex {
    Pair salts;
    std::uint64_t frames{};  ///< That were flushed, up to the last commit.
    std::uint64_t moved{};   ///< Of these, from the first on: into the database, and flushed there.
};

constexpr std::size_t kIndexHeader = 48;
constexpr std::uint32_t kIndexVersion = 3'007'000;

/// The index, open for reading. Closing a descriptor of this file would drop the locks of connections that
/// this process has: it is kept for the next time, as long as the file has a name. -1: there is none.
int descriptor_of(const std::filesystem::path& shm) {
    static std::mutex guard;
    static std::vector<int> kept;
    const std::scoped_lock held{guard};
    struct stat wanted {};
    std::erase_if(kept, [&wanted](int one) {
        const bool gone = ::fstat(one, &wanted) != 0 || wanted.st_nlink == 0;
        return gone && ::close(one) == 0;
    });
    if (::stat(shm.c_str(), &wanted) != 0) {
        return -1;
    }
    const auto same = std::find_if(kept.begin(), kept.end(), [&wanted](int one) {
        struct stat found {};
        return ::fstat(one, &found) == 0 && found.st_dev == wanted.st_dev && found.st_ino == wanted.st_ino;
    });
    if (same != kept.end()) {
        return *same;
    }
    const int opened = ::open(shm.c_str(), O_RDONLY | O_CLOEXEC);  // NOLINT(*-vararg): POSIX's own
    if (opened >= 0) {
        kept.push_back(opened);
    }
    return opened;
}

/// Whether a connection is open, of this process or of another: each holds a lock on this octet. Then SQLite
/// goes by its index and reads no log anew.
bool is_in_use(const std::filesystem::path& shm) {
    constexpr off_t kHeldByAll = 128;  // UNIX_SHM_DMS in SQLite's os_unix.c
    struct flock asked {};
    asked.l_type = F_WRLCK;
    asked.l_whence = SEEK_SET;
    asked.l_start = kHeldByAll;
    asked.l_len = 1;
    const int index = descriptor_of(shm);
    return index >= 0 && ::fcntl(index, F_OFD_GETLK, &asked) == 0 &&  // NOLINT(*-vararg): POSIX's own
           asked.l_type != F_UNLCK;
}

/// The first octets of an index: SQLite writes them twice, and how much was moved behind that.
std::string index_head(const std::filesystem::path& shm) {
    const int index = descriptor_of(shm);
    std::string octets(2 * kIndexHeader + sizeof(std::uint32_t), '\0');
    return index >= 0 &&
                   ::pread(index, octets.data(), octets.size(), 0) == static_cast<ssize_t>(octets.size())
               ? octets
               : std::string{};
}

std::optional<LogIndex> read_index(const std::filesystem::path& shm) {
    constexpr bool kBig = std::endian::native == std::endian::big;
    const auto text = index_head(shm);
    const auto octets = bytes_of(text);
    if (text.empty() || text.compare(0, kIndexHeader, text, kIndexHeader, kIndexHeader) != 0 ||
        four_octets(octets, 0, kBig) != kIndexVersion ||
        summed({}, octets.first(40), kBig) !=
            Pair{four_octets(octets, 40, kBig), four_octets(octets, 44, kBig)}) {
        return std::nullopt;
    }
    return LogIndex{
        two_numbers(octets, 32), four_octets(octets, 16, kBig), four_octets(octets, 2 * kIndexHeader, kBig)};
}

std::optional<LogHeader> read_header(std::ifstream& log, int page_size) {
    std::array<char, kLogHeader> text{};
    log.clear();
    if (!log.seekg(0) || !log.read(text.data(), text.size())) {
        return std::nullopt;
    }
    LogHeader header;
    const auto octets = std::as_bytes(std::span{text});
    std::copy(octets.begin(), octets.end(), header.octets.begin());
    const auto magic = four_octets(octets, 0);
    const bool big_endian = (magic & 1U) != 0;
    const auto page = four_octets(octets, 8);
    header.salts = two_numbers(octets, 16);
    header.sum = two_numbers(octets, 24);
    header.whole = (magic & ~1U) == kLogMagic && std::has_single_bit(page) && page >= kLeastLogPage &&
                   page <= kGreatestLogPage && summed({}, octets.first(24), big_endian) == header.sum;
    header.page_size = header.whole ? page : static_cast<std::uint32_t>(page_size);
    header.big_endian = header.whole ? big_endian : header.big_endian;
    return header;
}

struct Frame {
    Pair salts;
    Pair sum;     ///< As it stands there.
    bool page{};  ///< SQLite ends at a frame without one.
    bool ends_commit{};
};

/// The frames one by one, and what their checksums should be.
class Frames {
public:
    Frames(std::ifstream& log, const LogHeader& header)
        : log_(log), header_(header), text_(kFrameHeader + header.page_size, '\0') {}

    std::optional<Frame> next() {
        if (!log_.read(text_.data(), static_cast<std::streamsize>(text_.size()))) {
            return std::nullopt;  // SQLite does not read a part of one either
        }
        const auto octets = bytes_of(text_);
        return Frame{two_numbers(octets, 8),
                     two_numbers(octets, 16),
                     four_octets(octets, 0) != 0,
                     four_octets(octets, 4) != 0};
    }

    /// Of the frame that was read last, behind one with the checksum `before`.
    [[nodiscard]] Pair sum_behind(Pair before) const {
        const auto octets = bytes_of(text_);
        return summed(summed(before, octets.first(kSummed), header_.big_endian),
                      octets.subspan(kFrameHeader),
                      header_.big_endian);
    }

    [[nodiscard]] std::size_t size() const { return text_.size(); }

private:
    std::ifstream& log_;
    const LogHeader& header_;
    std::string text_;
};

/// The first run of frames behind the break of which each fits the one before it. A later run may be left of
/// something older, which SQLite had not overwritten yet.
struct Behind {
    std::uint64_t commits{};
    bool adjoins{};  ///< The run begins with the first frame, which fits the one at the break.
};

Behind what_is_behind(Frames& frames, std::optional<Pair> salts, Pair stored, Pair computed) {
    Behind found;
    bool first = true;
    bool in_run = false;
    int unfit = 0;
    std::optional<Pair> before_salts = salts;
    for (auto frame = frames.next(); frame && unfit < kFarthest; frame = frames.next()) {
        const bool same = frame->page && before_salts == frame->salts;
        const bool fits =
            same && (frames.sum_behind(stored) == frame->sum || frames.sum_behind(computed) == frame->sum);
        if (in_run && !fits) {
            break;
        }
        in_run = in_run || fits;
        found.adjoins = found.adjoins || (first && fits);
        first = false;
        unfit += fits ? 0 : 1;
        found.commits += fits && frame->ends_commit ? 1 : 0;
        stored = computed = frame->sum;
        before_salts = salts ? salts : frame->salts;  // with the header they are not known
    }
    return found;
}

/// `index`: what is known of this log; of another one nothing.
std::optional<LogBreak> look(std::ifstream& log, const LogHeader& header, const LogIndex& index) {
    Frames frames{log, header};
    if (!header.whole) {
        const auto commits = what_is_behind(frames, std::nullopt, header.sum, header.sum).commits;
        return commits > 0 ? std::optional{LogBreak{0, commits, 0}} : std::nullopt;
    }
    auto sum = header.sum;
    std::uint64_t whole = 0;
    std::uint64_t committed = 0;
    std::uint64_t commits = 0;
    bool surely = false;
    for (auto frame = frames.next(); frame; frame = frames.next()) {
        const auto computed = frames.sum_behind(sum);
        const bool ours = frame->page && frame->salts == header.salts;
        if (!ours || frame->sum != computed) {
            // The next commit begins only once the one before is flushed: a torn one is the last. Behind it
            // may stand one that was torn earlier, was longer, and does not adjoin.
            const auto behind = what_is_behind(frames, header.salts, frame->sum, computed);
            commits = behind.commits;
            surely = commits > (ours && frame->ends_commit && behind.adjoins ? 0U : 1U);
            break;
        }
        sum = computed;
        ++whole;
        committed = frame->ends_commit ? whole : committed;
    }
    if (!surely && index.frames <= committed) {
        return std::nullopt;
    }
    const auto at = kLogHeader + whole * frames.size();
    return LogBreak{at, std::max<std::uint64_t>(commits, 1), index.moved > whole ? 0 : at};
}

}  // namespace

std::optional<LogBreak> break_in_log(const std::filesystem::path& file, int page_size) {
    std::ifstream log{file.string() + "-wal", std::ios::binary};
    for (int i = 0; i < kLooks; ++i) {
        const auto index = read_index(file.string() + "-shm");  // before the log, which may grow
        const auto header = read_header(log, page_size);
        const bool known = header && index && index->salts == header->salts;
        const auto found = header ? look(log, *header, known ? *index : LogIndex{}) : std::nullopt;
        if (!found) {
            return std::nullopt;
        }
        // A log that is begun anew gets its new header first.
        const auto now = read_header(log, page_size);
        if (now && now->octets == header->octets) {
            return found;
        }
    }
    return std::nullopt;
}

Result<void> log_is_whole(const std::filesystem::path& file, int page_size) {
    if (is_in_use(file.string() + "-shm")) {
        return {};
    }
    const auto found = break_in_log(file, page_size);
    if (!found || is_in_use(file.string() + "-shm")) {  // whoever came meanwhile may write what was looked at
        return {};
    }
    const auto at = std::to_string(found->at);
    return fail(ErrorKind::Corrupt,
                file.string() + "-wal is damaged at octet " + at + ", and at least " +
                    counted(found->commits, "commit") + " behind that would be lost" +
                    (found->fits < found->at ? "; what is before that octet is older than the database" : ""),
                "Stop the service, keep a copy of the data folder, and restore the last backup "
                "(`fedtrail restore`); docs/backup.md says how to go on without one.");
}

}  // namespace fedtrail::sqlite
