#include "backends/archive/zip_writer.hpp"

#include <array>
#include <ostream>
#include <streambuf>

#include <archive.h>
#include <archive_entry.h>

namespace fedtrail::zip {

namespace {

constexpr std::size_t kPiece = std::size_t{64} << 10U;
constexpr int kOwnerOnly = 0600;

tl::unexpected<Error> broken(const char* doing) {
    return fail(ErrorKind::Unavailable,
                std::string{"the zip file cannot be written: "} + doing,
                "Look at the disk, and whether its folder may be written.");
}

/// Hands everything to the file that is being written into an archive.
class EntryBuffer final : public std::streambuf {
public:
    explicit EntryBuffer(archive* into) : into_(into) { setp(room_.data(), room_.data() + room_.size()); }

protected:
    int_type overflow(int_type c) override {
        if (!flush()) {
            return traits_type::eof();
        }
        if (!traits_type::eq_int_type(c, traits_type::eof())) {
            *pptr() = traits_type::to_char_type(c);
            pbump(1);
        }
        return traits_type::not_eof(c);
    }
    int sync() override { return flush() ? 0 : -1; }

private:
    bool flush() {
        const auto size = static_cast<std::size_t>(pptr() - pbase());
        setp(room_.data(), room_.data() + room_.size());
        return size == 0 || archive_write_data(into_, room_.data(), size) == static_cast<la_ssize_t>(size);
    }

    archive* into_;
    std::array<char, kPiece> room_{};
};

la_ssize_t to_stream(archive* /*from*/, void* stream, const void* octets, std::size_t size) {
    auto& out = *static_cast<std::ostream*>(stream);
    out.write(static_cast<const char*>(octets), static_cast<std::streamsize>(size));
    return out.good() ? static_cast<la_ssize_t>(size) : -1;
}

}  // namespace

void ZipWriter::Freed::operator()(archive* it) const noexcept {
    archive_write_free(it);
}

Result<std::unique_ptr<PackageWriter>> ZipWriter::make(std::ostream& out, Instant at) {
    Archive made{archive_write_new()};
    const bool ready =
        made && archive_write_set_format_zip(made.get()) == ARCHIVE_OK &&
        archive_write_set_options(made.get(), "zip:compression=deflate,zip:hdrcharset=UTF-8") == ARCHIVE_OK &&
        archive_write_set_bytes_in_last_block(made.get(), 1) == ARCHIVE_OK &&
        archive_write_open(made.get(), &out, nullptr, &to_stream, nullptr) == ARCHIVE_OK;
    if (!ready) {
        return broken("it cannot be begun");
    }
    return std::unique_ptr<PackageWriter>{new ZipWriter{std::move(made), at}};
}

Result<void> ZipWriter::add(const std::string& name,
                            const std::function<Result<void>(std::ostream&)>& write) {
    const std::unique_ptr<archive_entry, decltype(&archive_entry_free)> entry{archive_entry_new(),
                                                                              &archive_entry_free};
    archive_entry_set_pathname(entry.get(), name.c_str());
    archive_entry_set_filetype(entry.get(), AE_IFREG);
    archive_entry_set_perm(entry.get(), kOwnerOnly);
    archive_entry_set_mtime(entry.get(), to_unix_seconds(at_), 0);
    if (archive_write_header(archive_.get(), entry.get()) != ARCHIVE_OK) {
        return broken("a file cannot be begun");
    }
    EntryBuffer buffer{archive_.get()};
    std::ostream stream{&buffer};
    if (auto written = write(stream); !written) {
        return written;
    }
    stream.flush();
    if (!stream.good() || archive_write_finish_entry(archive_.get()) != ARCHIVE_OK) {
        return broken("a file cannot be written");
    }
    return {};
}

Result<void> ZipWriter::finish() {
    if (archive_write_close(archive_.get()) != ARCHIVE_OK) {
        return broken("it cannot be ended");
    }
    return {};
}

}  // namespace fedtrail::zip
