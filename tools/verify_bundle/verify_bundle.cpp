/// verify_bundle FILE [--key VKEY]... [--checkpoint FILE] [--json]: checks an audit bundle with nothing but
/// the file.

#include <array>
#include <cerrno>
#include <exception>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <string>
#include <system_error>
#include <vector>

#include "fedtrail/audit/verify.hpp"

namespace {

using namespace fedtrail;  // NOLINT(google-build-using-namespace): a program of one file

constexpr int kFailed = 1;
constexpr int kUsage = 2;
constexpr int kNotFound = 3;
constexpr int kDenied = 4;
constexpr int kOpen = 5;

constexpr const char* kHelp =
    "verify_bundle FILE [--key VKEY]... [--checkpoint FILE] [--json]\n\n"
    "Checks an audit bundle that `fedtrail audit export` made. It needs nothing but the file.\n\n"
    "  --key VKEY         The log's key as its operator publishes it, or a witness's; may be repeated\n"
    "  --checkpoint FILE  A checkpoint of the log that you kept: is the bundle's log the same one?\n"
    "  --json             Answer in JSON\n\n"
    "Example:\n  verify_bundle request-7.zip --key 'origin.example/log+1a2b3c4d+AQ...'\n\n"
    "Exit codes: 0 the bundle holds, 1 it does not or cannot be read, 2 usage, 3 there is no such\n"
    "file, 4 it may not be read, 5 nothing fails, but a checkpoint or a witness that was given could not be\n"
    "compared, or neither the log's key nor a checkpoint was given: then whose the bundle is was not "
    "shown.\n";

/// Why the file could not be opened, `error` as the system gives it.
Error unopened(const std::string& name, int error) {
    const auto kind = error == ENOENT                     ? ErrorKind::NotFound
                      : error == EACCES || error == EPERM ? ErrorKind::Denied
                                                          : ErrorKind::Invalid;
    return {
        kind, name + " cannot be opened: " + std::error_code{error, std::generic_category()}.message(), {}};
}

struct Words {
    std::string file;
    audit::Trusted trusted;
    bool json{};
};

class File final : public audit::ByteSource {
public:
    explicit File(const std::string& name) : stream_(name, std::ios::binary | std::ios::ate) {
        size_ = stream_ ? static_cast<std::uint64_t>(stream_.tellg()) : 0;
    }
    [[nodiscard]] bool open() const { return stream_.is_open() && stream_.good(); }
    [[nodiscard]] std::uint64_t size() const override { return size_; }
    [[nodiscard]] Result<void> read(std::uint64_t offset, std::span<std::byte> out) const override {
        stream_.seekg(static_cast<std::streamoff>(offset));
        // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): the stream's word for an octet
        stream_.read(reinterpret_cast<char*>(out.data()), static_cast<std::streamsize>(out.size()));
        if (!stream_) {
            return fail(ErrorKind::Unavailable, "the file cannot be read");
        }
        return {};
    }

private:
    mutable std::ifstream stream_;
    std::uint64_t size_{};
};

/// So much of it as a checkpoint may have, and more.
Result<std::string> beginning_of(const std::string& name) {
    errno = 0;
    std::ifstream stream{name, std::ios::binary};
    if (!stream.is_open()) {
        return tl::unexpected{unopened(name, errno)};
    }
    std::string text(ledger::kMaxNote + 1, '\0');
    stream.read(text.data(), static_cast<std::streamsize>(text.size()));
    text.resize(static_cast<std::size_t>(stream.gcount()));
    if (text.empty()) {
        return fail(ErrorKind::NotFound, name + " is empty");
    }
    return text;
}

Result<void> take_key(Words& words, const std::string& text) {
    auto key = ledger::VerifierKey::parse(text);
    if (!key) {
        return fail(key);
    }
    words.trusted.keys.push_back(*std::move(key));
    return {};
}

Result<void> take_checkpoint(Words& words, const std::string& name) {
    const auto text = beginning_of(name);
    auto kept = text ? audit::checkpoint_in(*text, name) : fail(text);
    if (!kept) {
        return fail(kept);
    }
    words.trusted.checkpoint = *std::move(kept);
    return {};
}

Result<Words> words_of(const std::vector<std::string>& arguments) {
    Words words;
    for (auto word = arguments.begin(); word != arguments.end(); ++word) {
        Result<void> taken;
        if (*word == "--json") {
            words.json = true;
        } else if (*word == "--key" || *word == "--checkpoint") {
            const auto take = *word == "--key" ? take_key : take_checkpoint;
            const auto value = std::next(word);
            taken = value == arguments.end() ? fail(ErrorKind::Invalid, *word + " needs a value")
                                             : take(words, *value);
            word = value == arguments.end() ? word : value;
        } else if (word->starts_with("-") || !words.file.empty()) {
            taken = fail(ErrorKind::Invalid, "\"" + *word + "\" is not understood");
        } else {
            words.file = *word;
        }
        if (!taken) {
            return fail(taken);
        }
    }
    if (words.file.empty()) {
        return fail(ErrorKind::Invalid, "no file was named");
    }
    return words;
}

/// As `fedtrail audit verify` ends; `otherwise` for what is neither missing nor closed to us.
int exit_of(const Error& error, int otherwise) {
    return error.kind == ErrorKind::NotFound ? kNotFound
           : error.kind == ErrorKind::Denied ? kDenied
                                             : otherwise;
}

/// A pipe that nobody writes into would be waited for, and no place in it can be gone to.
bool is_pipe_or_device(const std::string& name) {
    std::error_code unknown;
    const auto status = std::filesystem::status(name, unknown);
    return std::filesystem::exists(status) && !std::filesystem::is_regular_file(status);
}

int run(const std::vector<std::string>& arguments) {
    if (!arguments.empty() && (arguments.front() == "--help" || arguments.front() == "-h")) {
        std::cout << kHelp;
        return 0;
    }
    const auto words = words_of(arguments);
    if (!words) {
        std::cerr << "verify_bundle: " << words.error().what << "; see verify_bundle --help\n";
        return exit_of(words.error(), kUsage);
    }
    if (is_pipe_or_device(words->file)) {
        std::cerr << "verify_bundle: " << words->file << " is no file; name the bundle itself\n";
        return kFailed;
    }
    errno = 0;
    const File file{words->file};
    if (!file.open()) {
        const auto why = unopened(words->file, errno);
        std::cerr << "verify_bundle: " << why.what << "\n";
        return exit_of(why, kFailed);
    }
    const auto found = audit::verify(file, words->trusted);
    if (!found) {
        std::cerr << "verify_bundle: " << found.error().what << "\n";
        return kFailed;
    }
    (words->json ? audit::write_json : audit::write_text)(*found, std::cout);
    constexpr std::array kExits{0, kFailed, kOpen};  // of holds, fails, open
    return kExits.at(static_cast<std::size_t>(found->outcome()));
}

}  // namespace

int main(int count, char** words) {
    try {
        return run({words + 1, words + count});
    } catch (const std::exception& error) {
        std::cerr << "verify_bundle: this should not have happened: " << error.what() << "\n";
        return kFailed;
    }
}
