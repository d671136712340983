#include "backends/archive/packed_stream.hpp"

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

namespace fedtrail::zip {

namespace {

using namespace std::string_view_literals;

constexpr std::size_t kPiece = std::size_t{64} << 10U;
constexpr std::array kBeginnings{"\x1f\x8b"sv,
                                 "\x28\xb5\x2f\xfd"sv,
                                 "\xfd"
                                 "7zXZ\0"sv,
                                 "BZh"sv};

struct Freed {
    void operator()(archive* it) const noexcept { archive_read_free(it); }
};
using Archive = std::unique_ptr<archive, Freed>;

class PackedBuffer final : public std::streambuf {
public:
    /// `owner` becomes bad() when it meets damage: whoever reads the buffer alone sees only an end.
    PackedBuffer(Archive from, std::istream& owner) : from_(std::move(from)), owner_(owner), room_(kPiece) {}

protected:
    int_type underflow() override {
        const auto got = archive_read_data(from_.get(), room_.data(), room_.size());
        if (got < 0) {
            owner_.setstate(std::ios_base::badbit);
            return traits_type::eof();
        }
        setg(room_.data(), room_.data(), room_.data() + got);
        return got == 0 ? traits_type::eof() : traits_type::to_int_type(*gptr());
    }

private:
    Archive from_;
    std::istream& owner_;
    std::vector<char> room_;
};

class PackedStream final : public std::istream {
public:
    explicit PackedStream(Archive from) : std::istream(nullptr), buffer_(std::move(from), *this) {
        rdbuf(&buffer_);
    }

private:
    PackedBuffer buffer_;
};

/// What libarchive met: a fault of the system, or `otherwise`.
tl::unexpected<Error> unread(const std::filesystem::path& file, archive& from, Error otherwise) {
    const int fault = archive_errno(&from);
    // These two are libarchive's own, for a format or a use that it does not know; others are negative.
    if (fault <= 0 || fault == EILSEQ || fault == EINVAL) {
        return tl::unexpected<Error>{std::move(otherwise)};
    }
    const bool denied = fault == EACCES || fault == EPERM;
    return fail(
        denied ? ErrorKind::Denied : ErrorKind::Unavailable,
        file.string() + " cannot be read: " + std::error_code{fault, std::generic_category()}.message(),
        denied ? "Check the rights of the file." : "Look at the disk and at the kernel's log.");
}

}  // namespace

bool is_packed(const std::filesystem::path& file) {
    std::array<char, 6> start{};
    std::ifstream in{file, std::ios::binary};
    in.read(start.data(), start.size());
    const std::string_view begins{start.data(), static_cast<std::size_t>(in.gcount())};
    for (const auto beginning : kBeginnings) {
        if (begins.starts_with(beginning)) {
            return true;
        }
    }
    return false;
}

Result<std::unique_ptr<std::istream>> open_packed(const std::filesystem::path& file) {
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
    if (archive_read_open_filename(from.get(), file.c_str(), kPiece) != ARCHIVE_OK) {
        return unread(file,
                      *from,
                      {ErrorKind::Corrupt,
                       file.string() + " cannot be unpacked: it is damaged or cut off",
                       "Make the file again, or unpack it first."});
    }
    if (archive_read_next_header(from.get(), &entry) != ARCHIVE_OK) {
        return unread(
            file, *from, {ErrorKind::Invalid, file.string() + " cannot be unpacked", "Unpack it first."});
    }
    return std::unique_ptr<std::istream>{std::make_unique<PackedStream>(std::move(from))};
}

}  // namespace fedtrail::zip
