#include "app/import_source.hpp"

#include <algorithm>
#include <cerrno>

#include <fcntl.h>
#include <nlohmann/json.hpp>
#include <sys/stat.h>
#include <unistd.h>

#include "fedtrail/core/bytes.hpp"
#include "fedtrail/ledger/hash.hpp"

#include "app/files.hpp"
#include "app/stop_signals.hpp"

namespace fedtrail::app {

namespace fs = std::filesystem;

namespace {

constexpr std::string_view kImportStateFormat = "fedtrail/import-state/1";
constexpr std::size_t kFingerprinted = 4096;
constexpr std::size_t kNamedOfPath = 150;  // with all that is added, a name of less than 255 octets
constexpr std::size_t kPathDigits = 8;

fs::path beside(const fs::path& file, const char* suffix) {
    return file.string() + suffix;
}

/// What a shell hands on as a file, as `<(zcat old.gz)`: nothing can be written beside it.
bool is_handed_on(const std::string& name) {
    return name == "/dev/stdin" || name.starts_with("/dev/fd/") || name.starts_with("/proc/");
}

/// Tried, since rights do not say it: the medium may be read only, and root may do what rights forbid.
bool can_write_beside(const fs::path& file) {
    const auto probe = beside(file, ".fedtrail-probe");
    const Descriptor made{
        ::open(probe.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, S_IRUSR | S_IWUSR)};
    std::error_code ignored;
    return made.open() && fs::remove(probe, ignored);
}

/// FNV-1a: told apart, not protected.
std::string digits_of(std::string_view octets) {
    std::uint64_t hash = 0xcbf29ce484222325U;
    for (const char c : octets) {
        hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3U;
    }
    return std::to_string(hash);
}

/// "/var/log/nginx/access.log" as "var-log-nginx-access.log-1f0c…": digits of the path keep "/a-b/c" and
/// "/a/b-c" apart. Of a long one only the end is said.
std::string path_as_name(const fs::path& file) {
    const auto path = fs::absolute(file).lexically_normal().relative_path().string();
    auto name = path.substr(path.size() - std::min(path.size(), kNamedOfPath));
    std::replace(name.begin(), name.end(), '/', '-');
    const auto digest = ledger::sha256(bytes_of(path));
    return name + "-" + hex(ByteView{digest}.first(kPathDigits));
}

/// What stands in the file from `begin` on, up to `end` or the file's own.
std::string piece_of(const fs::path& file, std::uint64_t begin, std::uint64_t end) {
    std::ifstream in{file, std::ios::binary};
    in.seekg(static_cast<std::streamoff>(begin));
    std::string piece(static_cast<std::size_t>(end - begin), '\0');
    in.read(piece.data(), static_cast<std::streamsize>(piece.size()));
    piece.resize(static_cast<std::size_t>(in.gcount()));
    return piece;
}

}  // namespace

void ImportSource::keep_beside(const fs::path& file) {
    rejected_.file = beside(file, ".rejected");
    reasons_.file = beside(file, ".rejected.reasons");
    state_file_ = beside(file, ".fedtrail-import");
}

Result<void> ImportSource::open_stream(const std::string& name) {
    std::error_code error;
    if (standard_input_ || !fs::is_regular_file(file_, error)) {
        Descriptor from{standard_input_ ? ::fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, STDERR_FILENO + 1)
                                        : ::open(file_.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY)};
        if (from.open()) {
            pipe_ = std::make_unique<PipeStream>(std::move(from), stop_asked);
            return {};
        }
    } else if (in_.open(file_, std::ios::binary); in_) {
        return {};
    }
    return fail(ErrorKind::Denied,
                (standard_input_ ? std::string{"standard input"} : name) + " cannot be read",
                standard_input_ ? "Give it something to read." : "Check the rights of the file.");
}

Result<ImportSource> ImportSource::open(const std::string& name, const fs::path& elsewhere) {
    ImportSource source;
    source.standard_input_ = name == "-";
    source.file_ = source.standard_input_ ? fs::path{"stdin"} : fs::path{name};
    source.keep_beside(is_handed_on(name) ? fs::path{"stdin"} : source.file_);
    std::error_code error;
    if (!source.standard_input_ &&
        (!fs::exists(source.file_, error) || fs::is_directory(source.file_, error))) {
        return fail(ErrorKind::NotFound, name + " is not a file", "Name a file, or - for standard input.");
    }
    if (auto opened = source.open_stream(name); !opened) {
        return fail(opened);
    }
    if (source.standard_input_) {
        return Result<ImportSource>{std::move(source)};
    }
    if (!is_handed_on(name) && !can_write_beside(source.file_)) {
        if (auto made = make_folder(elsewhere); !made) {
            return fail(made);
        }
        give_to_owner_of(elsewhere.parent_path(), elsewhere);
        source.keep_beside(elsewhere / path_as_name(source.file_));
        source.rejected_.owner = source.reasons_.owner = elsewhere;
    }
    if (!source.pipe_ && zip::is_packed(source.file_)) {
        auto packed = zip::open_packed(source.file_);
        if (!packed) {
            return fail(packed);
        }
        source.packed_ = std::move(*packed);
    }
    if (!source.pipe_ && !is_handed_on(name)) {
        source.size_ = fs::file_size(source.file_, error);
        source.recall();
    }
    return Result<ImportSource>{std::move(source)};
}

std::istream& ImportSource::stream() {
    if (pipe_) {
        return *pipe_;
    }
    return packed_ ? static_cast<std::istream&>(*packed_) : in_;
}

std::optional<Error> ImportSource::fault() {
    if (!stream().bad()) {
        return std::nullopt;
    }
    const auto unread = packed_ ? packed_->read_fault()
                        : pipe_ ? pipe_->read_fault()
                                : std::make_error_code(std::errc::io_error);
    if (unread) {
        return Error{
            ErrorKind::Unavailable,
            unread.message(),
            "What stands before is in the ledger. Look at the disk and at the kernel's log, then import "
            "it again: nothing counts twice."};
    }
    return Error{
        ErrorKind::Corrupt,
        "it is damaged or cut off",
        "What stands before is in the ledger. Make the file again and import it: nothing counts twice."};
}

/// The beginning of the file: another file of the same name must not be resumed in its middle.
std::string ImportSource::fingerprint() const {
    const auto start = piece_of(file_, 0, kFingerprinted);
    return digits_of(start.substr(0, start.find('\n')));
}

/// What stands before the place where it goes on: what was changed there was not read. Of a packed file,
/// which has no such place, its end, with the checksum of what is in it.
std::string ImportSource::fingerprint_before(std::uint64_t offset) const {
    const auto end = packed_ ? size_ : offset;
    return digits_of(piece_of(file_, end - std::min<std::uint64_t>(end, kFingerprinted), end));
}

void ImportSource::recall() {
    const auto text = read_file(state_file_);
    const auto state = nlohmann::json::parse(text && *text ? **text : "", nullptr, false);
    try {
        recall(state);
    } catch (const nlohmann::json::exception&) {  // not as we write it: nothing is lost from the beginning
        resume_ = {};
        earlier_ = {};
        rejected_.size = reasons_.size = 0;
    }
}

void ImportSource::recall(const nlohmann::json& state) {
    if (!state.is_object() || state.value("format", "") != kImportStateFormat) {
        return;
    }
    const auto offset = state.value("offset", std::uint64_t{0});
    changed_ = state.value("fingerprint", "") != fingerprint() || (!packed_ && offset > size_) ||
               (state.contains("before") && state.value("before", "") != fingerprint_before(offset));
    if (changed_) {
        return;
    }
    resume_ = {offset, state.value("lines", std::uint64_t{0})};
    earlier_ = {state.value("new", std::uint64_t{0}),
                state.value("duplicate", std::uint64_t{0}),
                state.value("rejected", std::uint64_t{0}),
                state.value("without_subject", std::uint64_t{0}),
                state.value("to_own_origin", std::uint64_t{0})};
    rejected_.size = state.value("rejected_size", std::uint64_t{0});
    reasons_.size = state.value("reasons_size", std::uint64_t{0});
}

void ImportSource::Aside::hand_over(const fs::path& made) const {
    if (!owner.empty()) {
        give_to_owner_of(owner, made);
    }
}

Result<void> ImportSource::Aside::add(const std::string& line) {
    if (out.is_open() && !is_there(file)) {  // whoever is shredded takes all bad lines along
        out.close();
        size = 0;
    }
    if (!out.is_open()) {
        std::error_code ignored;
        const auto old_mask = ::umask(0077);  // the lines are personal data
        if (size > 0 && fs::file_size(file, ignored) >= size && !ignored) {
            fs::resize_file(file, size, ignored);
            out.open(file, std::ios::binary | std::ios::app);
        } else {
            size = 0;
            out.open(file, std::ios::binary | std::ios::trunc);
        }
        ::umask(old_mask);
        hand_over(file);
    }
    out << line << '\n';
    size += line.size() + 1;
    return out ? Result<void>{} : cannot_keep();
}

/// To the disk: the lines are nowhere else once it is remembered that they were read, or nothing is any more.
Result<void> ImportSource::Aside::keep() {
    if (!out.is_open()) {
        return {};
    }
    out.flush();
    const Descriptor written{
        ::open(file.c_str(), O_WRONLY | O_CLOEXEC)};  // NOLINT(cppcoreguidelines-pro-type-vararg)
    const bool forgotten = !written.open() && errno == ENOENT;
    const bool kept = forgotten || (written.open() && ::fsync(written.get()) == 0);
    return out && kept ? Result<void>{} : cannot_keep();
}

Result<void> ImportSource::Aside::cannot_keep() const {
    return fail(ErrorKind::Unavailable,
                file.string() + " cannot be written, and bad lines would be lost",
                "Look at the folder's rights and at the disk, then run the same again.");
}

Result<void> ImportSource::reject(std::uint64_t number, std::string_view line, std::string_view reason) {
    if (auto kept = rejected_.add(std::string{line}); !kept) {
        return kept;
    }
    return reasons_.add(std::to_string(number) + "\t" + std::string{reason});
}

Result<void> ImportSource::remember(const intake::events::Position& position, const ImportCounts& counts) {
    if (auto kept = keep_asides(); !kept) {
        return kept;
    }
    if (!can_resume()) {
        return {};
    }
    const nlohmann::json state{{"format", std::string{kImportStateFormat}},
                               {"fingerprint", fingerprint()},
                               {"before", fingerprint_before(position.offset)},
                               {"offset", position.offset},
                               {"lines", position.lines},
                               {"new", counts.fresh},
                               {"duplicate", counts.duplicate},
                               {"rejected", counts.rejected},
                               {"without_subject", counts.without_subject},
                               {"to_own_origin", counts.to_own_origin},
                               {"rejected_size", rejected_.size},
                               {"reasons_size", reasons_.size}};
    auto kept = replace_file(state_file_, state.dump() + "\n");
    rejected_.hand_over(state_file_);
    return kept;
}

Result<void> ImportSource::keep_asides() {
    auto kept = rejected_.keep();
    return kept ? reasons_.keep() : kept;
}

Result<void> ImportSource::finish() {
    if (auto kept = keep_asides(); !kept) {
        return kept;
    }
    std::error_code ignored;
    fs::remove(state_file_, ignored);
    const auto folder = state_file_.parent_path();
    remove_unfinished(folder.empty() ? fs::path{"."} : folder, state_file_.filename().string());
    for (auto* aside : {&rejected_, &reasons_}) {
        if (aside->out.is_open()) {
            aside->out.close();
        }
    }
    return {};
}

}  // namespace fedtrail::app
