#include "erasure/letter_folder.hpp"

#include <cerrno>
#include <string>
#include <string_view>
#include <system_error>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace fedtrail::erasure {

namespace {

constexpr mode_t kFileMode = 0600;
constexpr std::size_t kLongestName = 120;
constexpr const char* kHalf = ".part";

tl::unexpected<Error> unwritten(const std::filesystem::path& path) {
    return fail(
        ErrorKind::Unavailable,
        "a letter cannot be written to " + path.string() + ": " + std::generic_category().message(errno),
        "see that the folder belongs to the service and that the disk has room");
}

/// Closes what it holds.
class File {
public:
    // NOLINTNEXTLINE(cppcoreguidelines-pro-type-vararg): the interface of POSIX.
    explicit File(const char* path)
        : handle_(::open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, kFileMode)) {}
    File(const File&) = delete;
    File& operator=(const File&) = delete;
    File(File&&) = delete;
    File& operator=(File&&) = delete;
    ~File() {
        if (handle_ >= 0) {
            ::close(handle_);
        }
    }
    [[nodiscard]] bool is_open() const { return handle_ >= 0; }
    [[nodiscard]] bool write(std::string_view text) const {
        while (!text.empty()) {
            const auto written = ::write(handle_, text.data(), text.size());
            if (written < 0 && errno != EINTR) {
                return false;
            }
            text.remove_prefix(written > 0 ? static_cast<std::size_t>(written) : 0);
        }
        return true;
    }
    [[nodiscard]] bool keep() const { return ::fchmod(handle_, kFileMode) == 0 && ::fsync(handle_) == 0; }

private:
    int handle_;
};

}  // namespace

std::string reference_of(const records::Notice& notice) {
    return std::to_string(notice.request.get()) + "-" + std::to_string(notice.number.get());
}

std::string letter_id(const std::string& reference, const std::string& rung, const std::string& mail_domain) {
    return "<fedtrail." + reference + "." + rung + "@" + mail_domain + ">";
}

bool is_half_a_letter(const std::filesystem::path& file) {
    return file.extension() == kHalf;
}

std::filesystem::path LetterFolder::file_of(const std::string& message_id) const {
    std::string name;
    for (const char c : message_id.substr(0, message_id.find('@'))) {
        const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        if (plain) {
            name += c;
        } else if (!name.empty() && name.back() != '-') {
            name += '-';
        }
    }
    return folder_ / (name.substr(0, kLongestName) + ".txt");
}

std::string LetterFolder::names_begin(const std::string& reference) const {
    return file_of(letter_id(reference, "", "")).stem().string();
}

Result<void> LetterFolder::send(const Letter& letter) {
    const auto path = file_of(letter.message_id);
    if (path.filename() == ".txt") {
        return fail(ErrorKind::Invalid, "a letter has no message id to be named after", "");
    }
    std::error_code fault;
    if (!std::filesystem::exists(folder_, fault)) {
        std::filesystem::create_directories(folder_, fault);
        std::filesystem::permissions(folder_, std::filesystem::perms::owner_all, fault);
    }
    auto part = path;
    part += kHalf;
    const auto text = "To: " + letter.to.reveal() + "\nSubject: " + letter.subject +
                      "\nMessage-ID: " + letter.message_id + "\nContent-Language: " + letter.language +
                      "\n\n" + letter.text;
    {
        const File file{part.c_str()};
        if (!file.is_open() || !file.write(text) || !file.keep()) {
            return unwritten(path);
        }
    }
    std::filesystem::rename(part, path, fault);
    if (fault) {
        errno = fault.value();
        return unwritten(path);
    }
    return {};
}

}  // namespace fedtrail::erasure
