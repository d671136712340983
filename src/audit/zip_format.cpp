#include "audit/zip_format.hpp"

#include <algorithm>
#include <set>

#include <libdeflate.h>

namespace fedtrail::audit {

namespace {

constexpr std::uint16_t kVersion = 45;       // ZIP64
constexpr std::uint16_t kMadeBy = 0x032D;    // the same, on Unix
constexpr std::uint16_t kUtf8 = 0x0800;      // the names
constexpr std::uint16_t kDay = 0x0021;       // 1980-01-01
constexpr std::uint32_t kFile = 0x81A40000;  // a file that everybody may read
constexpr std::uint32_t kIn64 = 0xFFFFFFFF;  // see the ZIP64 field
constexpr std::size_t kLocal = 30 + 20;
constexpr std::size_t kCentral = 46 + 28;
constexpr std::size_t kEnds = 56 + 20 + 22;
constexpr std::uint64_t kMaxDirectory = kMaxMembers * (kCentral + kMaxMemberName);

/// Numbers as zip has them: little-endian.
class Octets {
public:
    Octets& u16(unsigned number) { return put(number, 2); }
    Octets& u32(std::uint32_t number) { return put(number, 4); }
    Octets& u64(std::uint64_t number) { return put(number, 8); }
    Octets& text(std::string_view text) {
        octets_ += text;
        return *this;
    }
    [[nodiscard]] std::string take() { return std::move(octets_); }

private:
    Octets& put(std::uint64_t number, unsigned size) {
        for (unsigned i = 0; i < size; ++i) {
            octets_ += static_cast<char>(number >> (8 * i) & 0xFFU);
        }
        return *this;
    }
    std::string octets_;
};

std::uint64_t number_at(ByteView octets, std::size_t at, std::size_t size) {
    std::uint64_t number = 0;
    for (std::size_t i = size; i > 0; --i) {
        number = number << 8U | std::to_integer<std::uint64_t>(octets[at + i - 1]);
    }
    return number;
}

std::string central_header(const ZipMember& member) {
    return Octets{}
        .u32(0x02014b50)
        .u16(kMadeBy)
        .u16(kVersion)
        .u16(kUtf8)
        .u16(0)
        .u16(0)
        .u16(kDay)
        .u32(member.crc)
        .u32(kIn64)
        .u32(kIn64)
        .u16(static_cast<unsigned>(member.name.size()))
        .u16(28)
        .u16(0)
        .u16(0)
        .u16(0)
        .u32(kFile)
        .u32(kIn64)
        .text(member.name)
        .u16(1)
        .u16(24)
        .u64(member.size)
        .u64(member.size)
        .u64(member.offset)
        .take();
}

std::string ends_of(std::uint64_t count, std::uint64_t offset, std::uint64_t size) {
    return Octets{}
        .u32(0x06064b50)
        .u64(44)
        .u16(kMadeBy)
        .u16(kVersion)
        .u32(0)
        .u32(0)
        .u64(count)
        .u64(count)
        .u64(size)
        .u64(offset)
        .u32(0x07064b50)
        .u32(0)
        .u64(offset + size)
        .u32(1)
        .u32(0x06054b50)
        .u16(0)
        .u16(0)
        .u16(0xFFFF)
        .u16(0xFFFF)
        .u32(kIn64)
        .u32(kIn64)
        .u16(0)
        .take();
}

tl::unexpected<Error> not_canonical(const std::string& where) {
    return fail(ErrorKind::Corrupt, "zip: " + where + " is not as a bundle has it");
}

/// Reads the directory's rows; they are compared with the one form afterwards.
Result<std::vector<ZipMember>> rows_of(ByteView directory, std::uint64_t count) {
    std::vector<ZipMember> members;
    std::set<std::string, std::less<>> names;
    for (std::uint64_t i = 0; i < count; ++i) {
        const auto where = "row " + std::to_string(i + 1) + " of the directory";
        if (directory.size() < kCentral) {
            return not_canonical(where);
        }
        const auto name_size = static_cast<std::size_t>(number_at(directory, 28, 2));
        if (directory.size() < kCentral + name_size) {
            return not_canonical(where);
        }
        ZipMember member;
        member.name = text_of(directory.subspan(46, name_size));
        member.crc = static_cast<std::uint32_t>(number_at(directory, 16, 4));
        member.size = number_at(directory, 46 + name_size + 4, 8);
        member.offset = number_at(directory, 46 + name_size + 20, 8);
        const auto row = directory.first(kCentral + name_size);
        if (!is_member_name(member.name) || text_of(row) != central_header(member) ||
            !names.insert(member.name).second) {
            return not_canonical(where);
        }
        directory = directory.subspan(row.size());
        members.push_back(std::move(member));
    }
    if (!directory.empty()) {
        return not_canonical("the directory");
    }
    return members;
}

Result<void> check_places(const ByteSource& file,
                          std::span<const ZipMember> members,
                          std::uint64_t directory) {
    std::uint64_t at = 0;
    for (const auto& member : members) {
        const auto header = local_header(member);
        if (member.offset != at || member.size > directory - at ||
            directory - at - member.size < header.size()) {
            return not_canonical("the place of " + member.name);
        }
        Bytes found(header.size());
        if (const auto read = file.read(at, found); !read) {
            return fail(read);
        }
        if (text_of(found) != header) {
            return not_canonical("the header of " + member.name);
        }
        at += header.size() + member.size;
    }
    if (at != directory) {
        return not_canonical("the place of the directory");
    }
    return {};
}

}  // namespace

bool is_member_name(std::string_view name) {
    constexpr std::string_view kAllowed =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-/";
    if (name.empty() || name.size() > kMaxMemberName || name.back() == '/' ||
        name.find_first_not_of(kAllowed) != std::string_view::npos) {
        return false;
    }
    bool starts = true;
    for (const char letter : name) {
        if (starts && (letter == '.' || letter == '/')) {
            return false;
        }
        starts = letter == '/';
    }
    return true;
}

std::string local_header(const ZipMember& member) {
    return Octets{}
        .u32(0x04034b50)
        .u16(kVersion)
        .u16(kUtf8)
        .u16(0)
        .u16(0)
        .u16(kDay)
        .u32(member.crc)
        .u32(kIn64)
        .u32(kIn64)
        .u16(static_cast<unsigned>(member.name.size()))
        .u16(20)
        .text(member.name)
        .u16(1)
        .u16(16)
        .u64(member.size)
        .u64(member.size)
        .take();
}

std::string directory_of(std::span<const ZipMember> members, std::uint64_t offset) {
    std::string directory;
    for (const auto& member : members) {
        directory += central_header(member);
    }
    return directory + ends_of(members.size(), offset, directory.size());
}

std::uint32_t crc32_of(std::uint32_t crc, ByteView bytes) {
    return libdeflate_crc32(crc, bytes.data(), bytes.size());
}

std::uint64_t content_of(const ZipMember& member) {
    return member.offset + kLocal + member.name.size();
}

Result<std::vector<ZipMember>> read_directory(const ByteSource& file) {
    if (file.size() < kEnds) {
        return fail(ErrorKind::Corrupt, "zip: the file is too short to be a bundle");
    }
    Bytes ends(kEnds);
    const auto ends_at = file.size() - kEnds;
    if (const auto read = file.read(ends_at, ends); !read) {
        return fail(read);
    }
    const auto count = number_at(ends, 24, 8);
    const auto size = number_at(ends, 40, 8);
    const auto offset = number_at(ends, 48, 8);
    if (count > kMaxMembers || size > kMaxDirectory || offset > ends_at || size != ends_at - offset ||
        text_of(ends) != ends_of(count, offset, size)) {
        return not_canonical("its end");
    }
    Bytes directory(size);
    if (const auto read = file.read(offset, directory); !read) {
        return fail(read);
    }
    auto members = rows_of(directory, count);
    if (!members) {
        return fail(members);
    }
    if (const auto places = check_places(file, *members, offset); !places) {
        return fail(places);
    }
    return members;
}

}  // namespace fedtrail::audit
