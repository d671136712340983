#include "backends/archive/packed_stream.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <fstream>
#include <streambuf>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include <archive.h>
#include <archive_entry.h>
#include <fcntl.h>
#include <unistd.h>

namespace fedtrail::zip {

namespace {

using namespace std::string_view_literals;

constexpr std::size_t kPiece = std::size_t{64} << 10U;
constexpr std::array kBeginnings{"\x1f\x8b"sv,
                                 "\x28\xb5\x2f\xfd"sv,
                                 "\xfd"
                                 "7zXZ\0"sv,
                                 "BZh"sv};

/// Read by ourselves: libarchive's filters take a read that failed for the end of what is packed.
struct PackedFile {
    explicit PackedFile(const std::filesystem::path& file)
        : handle(::open(file.c_str(), O_RDONLY | O_CLOEXEC)), fault(handle < 0 ? errno : 0) {}
    PackedFile(const PackedFile&) = delete;
    PackedFile& operator=(const PackedFile&) = delete;
    PackedFile(PackedFile&&) = delete;
    PackedFile& operator=(PackedFile&&) = delete;
    ~PackedFile() {
        if (handle >= 0) {
            ::close(handle);
        }
    }

    int handle;
    int fault;  ///< errno of the read that failed, or 0.
    std::vector<char> room = std::vector<char>(kPiece);
};

la_ssize_t read_piece(archive* /*from*/, void* data, const void** piece) {
    auto& file = *static_cast<PackedFile*>(data);
    ssize_t got = -1;
    do {
        got = ::read(file.handle, file.room.data(), file.room.size());
    } while (got < 0 && errno == EINTR);
    if (got < 0) {
        file.fault = errno;
        return ARCHIVE_FATAL;
    }
    *piece = file.room.data();
    return got;
}

struct Freed {
    void operator()(archive* it) const noexcept { archive_read_free(it); }
};
using Archive = std::unique_ptr<archive, Freed>;

class PackedBuffer final : public std::streambuf {
public:
    /// `owner` becomes bad() when it meets damage: whoever reads the buffer alone sees only an end.
    PackedBuffer(Archive from, const PackedFile& file, std::istream& owner)
        : from_(std::move(from)), file_(file), owner_(owner), room_(kPiece) {}

protected:
    int_type underflow() override {
        const auto got = archive_read_data(from_.get(), room_.data(), room_.size());
        // Where one member ends and the next cannot be read, libarchive sees the end of the file.
        if (got < 0 || (got == 0 && file_.fault != 0)) {
            owner_.setstate(std::ios_base::badbit);
            return traits_type::eof();
        }
        setg(room_.data(), room_.data(), room_.data() + got);
        return got == 0 ? traits_type::eof() : traits_type::to_int_type(*gptr());
    }

    /// A file makes nobody wait: who asks whether more is there gets the next piece.
    std::streamsize showmanyc() override { return underflow() == traits_type::eof() ? -1 : egptr() - gptr(); }

private:
    Archive from_;
    const PackedFile& file_;
    std::istream& owner_;
    std::vector<char> room_;
};

class Unpacked final : public PackedStream {
public:
    Unpacked(std::unique_ptr<PackedFile> file, Archive from)
        : file_(std::move(file)), buffer_(std::move(from), *file_, *this) {
        rdbuf(&buffer_);
    }

    [[nodiscard]] std::error_code read_fault() const override {
        return {file_->fault, std::generic_category()};
    }

private:
    std::unique_ptr<PackedFile> file_;  // read through the archive in the buffer
    PackedBuffer buffer_;
};

/// Why the file could not be read, if that was it, or `otherwise`.
tl::unexpected<Error> unread(const std::filesystem::path& file, int fault, Error otherwise) {
    if (fault == 0) {
        return tl::unexpected<Error>{std::move(otherwise)};
    }
    const bool denied = fault == EACCES || fault == EPERM;
    return fail(
        denied ? ErrorKind::Denied : ErrorKind::Unavailable,
        file.string() + " cannot be read: " + std::error_code{fault, std::generic_category()}.message(),
        denied ? "Check the rights of the file." : "Look at the disk and at the kernel's log.");
}

}  // namespace

bool begins_packed(std::string_view content) {
    return std::any_of(kBeginnings.begin(), kBeginnings.end(), [&](std::string_view beginning) {
        return content.starts_with(beginning);
    });
}

bool is_packed(const std::filesystem::path& file) {
    std::array<char, 6> start{};
    std::ifstream in{file, std::ios::binary};
    in.read(start.data(), start.size());
    return begins_packed({start.data(), static_cast<std::size_t>(in.gcount())});
}

Result<std::unique_ptr<PackedStream>> open_packed(const std::filesystem::path& file) {
    auto source = std::make_unique<PackedFile>(file);
    Archive from{archive_read_new()};
    archive_entry* entry = nullptr;
    for (auto* support : {archive_read_support_filter_gzip,
                          archive_read_support_filter_zstd,
                          archive_read_support_filter_xz,
                          archive_read_support_filter_bzip2,
                          archive_read_support_format_raw}) {
        if (from == nullptr || support(from.get()) != ARCHIVE_OK) {
            return fail(ErrorKind::Invalid, "this system cannot unpack files", "Unpack it first.");
        }
    }
    if (source->fault != 0 ||
        archive_read_open(from.get(), source.get(), nullptr, read_piece, nullptr) != ARCHIVE_OK) {
        return unread(file,
                      source->fault,
                      {ErrorKind::Corrupt,
                       file.string() + " cannot be unpacked: it is damaged or cut off",
                       "Make the file again, or unpack it first."});
    }
    if (archive_read_next_header(from.get(), &entry) != ARCHIVE_OK) {
        return unread(file,
                      source->fault,
                      {ErrorKind::Invalid, file.string() + " cannot be unpacked", "Unpack it first."});
    }
    return std::unique_ptr<PackedStream>{std::make_unique<Unpacked>(std::move(source), std::move(from))};
}

}  // namespace fedtrail::zip
