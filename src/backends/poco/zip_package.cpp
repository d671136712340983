#include "backends/poco/zip_package.hpp"

#include <algorithm>
#include <optional>
#include <sstream>
#include <streambuf>

#include <Poco/DateTime.h>
#include <Poco/Exception.h>
#include <Poco/Path.h>
#include <Poco/Timestamp.h>
#include <Poco/Zip/ZipArchiveInfo.h>
#include <Poco/Zip/ZipFileInfo.h>
#include <Poco/Zip/ZipLocalFileHeader.h>
#include <Poco/Zip/ZipStream.h>

namespace fedtrail::poco {

namespace {

namespace pz = Poco::Zip;

constexpr std::size_t kLongestName = 255;
constexpr std::size_t kHeld = std::size_t{1} << 20U;
constexpr std::size_t kFixedRow = 46;  // of the directory: what stands before a name

bool is_member_name(const std::string& name) {
    const bool apart = name == ".." || name.starts_with("../") || name.find("/../") != std::string::npos ||
                       name.ends_with("/..") || name.starts_with('/') || name.ends_with('/');
    const bool control = std::any_of(name.begin(), name.end(), [](char c) {
        return static_cast<unsigned char>(c) < 0x20 || c == 0x7f || c == '\\';
    });
    return !name.empty() && name.size() <= kLongestName && !apart && !control;
}

tl::unexpected<Error> unwritten(const std::string& what) {
    return fail(ErrorKind::Unavailable,
                "the zip file cannot be written: " + what,
                "Look at the disk, and whether its folder may be written.");
}

pz::ZipLocalFileHeader header_of(const std::string& name, Instant at, bool deflated, bool streamed) {
    const Poco::DateTime date{Poco::Timestamp::fromEpochTime(to_unix_seconds(at))};
    pz::ZipLocalFileHeader header{Poco::Path{name, Poco::Path::PATH_UNIX},
                                  date,
                                  deflated ? pz::ZipCommon::CM_DEFLATE : pz::ZipCommon::CM_STORE,
                                  pz::ZipCommon::CL_NORMAL,
                                  streamed};
    header.setStartPos(0);  // of itself: it is the member that is written, not the package
    return header;
}

/// Holds a member's content, until that is more than may be held; from then on it packs what comes.
class MemberBuffer final : public std::streambuf {
public:
    MemberBuffer(std::ostream& out, const std::string& name, Instant at, Packing packing)
        : out_(out), name_(name), at_(at), packing_(packing) {}

    /// The row of the directory but for the place; and how many octets were written. Throws what Poco does.
    struct Done {
        pz::ZipFileInfo row;
        std::uint64_t octets{};
    };
    Done finish() {
        if (streamed_) {
            stream_->write(held_.data(), static_cast<std::streamsize>(held_.size()));
            Poco::UInt64 behind = 0;
            stream_->close(behind);
            return {pz::ZipFileInfo{*streamed_}, static_cast<std::uint64_t>(streamed_->getEndPos()) + behind};
        }
        // Poco's deflate makes nothing of nothing, which no reader takes.
        const bool deflated = packing_ == Packing::Deflated && !held_.empty();
        auto header = header_of(name_, at_, deflated, false);
        std::stringstream whole;  // Poco writes a header again when the sizes are known
        pz::ZipOutputStream stream{whole, header, true};
        stream.write(held_.data(), static_cast<std::streamsize>(held_.size()));
        Poco::UInt64 behind = 0;
        stream.close(behind);
        const auto octets = std::move(whole).str();
        out_.write(octets.data(), static_cast<std::streamsize>(octets.size()));
        return {pz::ZipFileInfo{header}, octets.size()};
    }

protected:
    int_type overflow(int_type c) override {
        const char one = traits_type::to_char_type(c);
        const bool end = traits_type::eq_int_type(c, traits_type::eof());
        return end || xsputn(&one, 1) == 1 ? traits_type::not_eof(c) : traits_type::eof();
    }
    std::streamsize xsputn(const char* text, std::streamsize size) override {
        held_.append(text, static_cast<std::size_t>(size));
        if (held_.size() <= kHeld || packing_ == Packing::Stored) {
            return size;
        }
        if (!streamed_) {
            streamed_.emplace(header_of(name_, at_, true, true));
            stream_ = std::make_unique<pz::ZipOutputStream>(out_, *streamed_, false);
        }
        stream_->write(held_.data(), static_cast<std::streamsize>(held_.size()));
        held_.clear();
        return stream_->good() && out_.good() ? size : 0;
    }

private:
    std::ostream& out_;
    const std::string& name_;
    Instant at_;
    Packing packing_;
    std::string held_;
    std::optional<pz::ZipLocalFileHeader> streamed_;
    std::unique_ptr<pz::ZipOutputStream> stream_;
};

/// A row of the directory, as one made on Unix for its owner alone. Poco knows no rights but its own.
std::string row_of(pz::ZipFileInfo info, std::uint64_t offset) {
    info.setOffset(offset);
    info.setZip64Data();
    auto row = info.createHeader();
    row.replace(5, 1, 1, '\x03');
    row.replace(kFixedRow - 8, 4, std::string{"\x00\x00\x80\x81", 4});  // 0100600 in the upper half
    return row;
}

std::string ends_of(std::uint64_t count, std::uint64_t offset, std::uint64_t size) {
    const auto in32 = [](std::uint64_t number) {
        return number >= pz::ZipCommon::ZIP64_MAGIC ? pz::ZipCommon::ZIP64_MAGIC
                                                    : static_cast<Poco::UInt32>(number);
    };
    std::string ends;
    if (offset + size >= pz::ZipCommon::ZIP64_MAGIC || count >= pz::ZipCommon::ZIP64_MAGIC_SHORT) {
        pz::ZipArchiveInfo64 large;
        large.setCentralDirectorySize(size);
        large.setCentralDirectoryOffset(offset);
        large.setNumberOfEntries(count);
        large.setTotalNumberOfEntries(count);
        large.setHeaderOffset(static_cast<std::streamoff>(offset + size));
        large.setTotalNumberOfDisks(1);
        ends = large.createHeader();
    }
    const auto in16 = count >= pz::ZipCommon::ZIP64_MAGIC_SHORT ? pz::ZipCommon::ZIP64_MAGIC_SHORT
                                                                : static_cast<Poco::UInt16>(count);
    pz::ZipArchiveInfo end;
    end.setCentralDirectorySize(in32(size));
    end.setCentralDirectoryOffset(in32(offset));
    end.setNumberOfEntries(in16);
    end.setTotalNumberOfEntries(in16);
    return ends + end.createHeader();
}

}  // namespace

std::unique_ptr<PackageWriter> ZipPackage::make(std::ostream& out, Instant at) {
    return std::unique_ptr<PackageWriter>{new ZipPackage{out, at}};
}

Result<void> ZipPackage::add(const std::string& name,
                             const std::function<Result<void>(std::ostream&)>& write,
                             Packing packing) {
    if (!is_member_name(name) || !names_.insert(name).second) {
        return fail(ErrorKind::Invalid, "the name of a file in a zip is no relative path, or is there twice");
    }
    try {
        MemberBuffer buffer{out_, name, at_, packing};
        std::ostream stream{&buffer};
        if (auto written = write(stream); !written) {
            return written;
        }
        if (!stream.good()) {
            return unwritten("its file " + name);
        }
        const auto done = buffer.finish();
        directory_ += row_of(done.row, offset_);
        offset_ += done.octets;
    } catch (const Poco::Exception& error) {
        return unwritten(error.displayText());
    }
    return out_.good() ? Result<void>{} : Result<void>{unwritten("its file " + name)};
}

Result<void> ZipPackage::finish() {
    out_ << directory_ << ends_of(names_.size(), offset_, directory_.size()) << std::flush;
    return out_.good() ? Result<void>{} : Result<void>{unwritten("its end")};
}

}  // namespace fedtrail::poco
