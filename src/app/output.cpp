#include "app/output.hpp"

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <fstream>
#include <ostream>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "app/files.hpp"
#include "app/new_file.hpp"

namespace fedtrail::app {

namespace fs = std::filesystem;

namespace {

/// `error`: an errno; 0 if the stream left none.
tl::unexpected<Error> unwritten(const fs::path& file, int error) {
    const bool denied = error == EACCES || error == EPERM || error == EROFS;
    return fail(denied ? ErrorKind::Denied : ErrorKind::Unavailable,
                file.string() + " cannot be written" + (error == 0 ? "" : ": " + system_words(error)),
                "Look at the folder's rights and at the disk.");
}

/// A file that knows why it could not be written: whoever writes into it may do other things afterwards,
/// which leave an errno of their own.
class TellingBuffer final : public std::filebuf {
public:
    [[nodiscard]] int error() const { return error_; }

protected:
    std::streamsize xsputn(const char* text, std::streamsize size) override {
        return watched([&] { return std::filebuf::xsputn(text, size); }, size);
    }
    int_type overflow(int_type next) override {
        errno = 0;
        const auto done = std::filebuf::overflow(next);
        note(traits_type::eq_int_type(done, traits_type::eof()));
        return done;
    }
    int sync() override {
        return watched([&] { return std::filebuf::sync(); }, 0);
    }

private:
    template <typename Write, typename Done>
    Done watched(const Write& write, Done wanted) {
        errno = 0;
        const Done done = write();
        note(done != wanted);
        return done;
    }
    void note(bool failed) {
        if (failed && error_ == 0) {
            error_ = errno;
        }
    }

    int error_{};
};

/// Into `place`; errors name the `target`, as whoever asked did.
Result<void> write_plain(const fs::path& place,
                         const fs::path& target,
                         const DocumentWriter& write,
                         std::ios::openmode mode = std::ios::trunc) {
    const auto old_mask = ::umask(0077);
    TellingBuffer file;
    errno = 0;
    const bool opened = file.open(place, std::ios::out | std::ios::binary | mode) != nullptr;
    const int refused = errno;
    ::umask(old_mask);
    if (!opened) {
        return unwritten(target, refused);
    }
    std::ostream out{&file};
    if (auto written = write(out); !written) {
        return written;
    }
    out.flush();
    return out ? Result<void>{} : Result<void>{unwritten(target, file.error())};
}

/// What this program opens itself, as its stores, is not kept open in others.
bool has_been_handed(int number) {
    const int flags = ::fcntl(number, F_GETFD);  // NOLINT(cppcoreguidelines-pro-type-vararg)
    return flags >= 0 && (static_cast<unsigned>(flags) & FD_CLOEXEC) == 0;
}

Result<void> write_into(Session& session, int number, const fs::path& file, const DocumentWriter& write) {
    if (number == STDOUT_FILENO) {
        return write(session.out);
    }
    if (!has_been_handed(number)) {
        return fail(ErrorKind::Invalid,
                    file.string() + " is not open",
                    "Open it where the command is called, as with -o /dev/fd/3 3>FILE.");
    }
    if (number != STDERR_FILENO) {
        return write_plain(file, file, write, std::ios::app);
    }
    if (auto written = write(session.err); !written) {
        return written;
    }
    return session.err.flush() ? Result<void>{} : Result<void>{unwritten(file, 0)};
}

}  // namespace

Result<std::string> document_form(const Session& session,
                                  const std::string& asked,
                                  const std::string& file,
                                  std::span<const std::string_view> known,
                                  std::string_view usual) {
    auto form = asked.empty() && session.json ? "json" : asked;
    if (form.empty()) {
        form = fs::path{file}.extension().string();
        form.erase(0, form.empty() ? 0 : 1);
    }
    if (form.empty()) {
        return std::string{usual};
    }
    if (std::find(known.begin(), known.end(), form) != known.end()) {
        return form;
    }
    std::string forms;
    for (const auto& one : known) {
        forms += (forms.empty() ? "" : one == known.back() ? " or " : ", ") + std::string{one};
    }
    return fail(ErrorKind::Invalid,
                "this is written as " + forms + ", not as " + form,
                "Say which with --format, or let the file's name end so.");
}

Result<void> write_document(Session& session, const std::string& file, const DocumentWriter& write) {
    if (file.empty() || file == "-" || file == "/dev/stdout") {
        return write(session.out);
    }
    if (const auto number = own_descriptor(file)) {
        return write_into(session, *number, file, write);
    }
    std::error_code error;
    const auto target = behind_link(file);
    if (!is_foreign_link(target) && fs::exists(target, error) &&
        !fs::is_regular_file(fs::symlink_status(target, error))) {
        return write_plain(target, target, write);
    }
    const NewFile beside{target};
    if (const int refused = beside.make(); refused != 0) {
        return unwritten(target, refused);
    }
    if (auto written = write_plain(beside.part(), target, write); !written) {
        return written;
    }
    return beside.finish();
}

}  // namespace fedtrail::app
