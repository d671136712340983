#include <cerrno>
#include <fstream>
#include <sstream>
#include <system_error>

#include "app/config.hpp"
#include "app/files.hpp"

namespace fedtrail::app {

namespace fs = std::filesystem;

namespace {

constexpr std::uintmax_t kLargestConfig = std::uintmax_t{1024} * 1024;

tl::unexpected<Error> config_unread(const fs::path& file, int error) {
    return fail(error == EACCES ? ErrorKind::Denied : ErrorKind::Unavailable,
                file.string() + " cannot be read: " + system_words(error),
                "Run as the user that the sidecar runs as, or name another file with --config.");
}

Result<fs::path> must_exist(const fs::path& file, std::string_view said_by) {
    const auto there = config_is_there(file);
    if (!there) {
        return fail(there);
    }
    if (*there) {
        return file;
    }
    return fail(ErrorKind::Unavailable,
                file.string() + " (named by " + std::string{said_by} + ") is not a file",
                "Give an existing file, or run `fedtrail init` to write one.");
}

}  // namespace

Result<bool> config_is_there(const fs::path& file) {
    std::error_code error;
    const bool there = fs::is_regular_file(file, error);
    if (error && error != std::errc::no_such_file_or_directory && error != std::errc::not_a_directory) {
        return config_unread(file, error.value());
    }
    return there;
}

Result<std::optional<fs::path>> usual_config() {
    for (const fs::path file : {"fedtrail.toml", "/etc/fedtrail/fedtrail.toml"}) {
        const auto there = config_is_there(file);
        if (!there) {
            return fail(there);
        }
        if (*there) {
            return std::optional{file};
        }
    }
    return std::optional<fs::path>{};
}

Result<fs::path> find_config(const std::string& named, const Environment& environment) {
    if (!named.empty()) {
        return must_exist(named, "--config");
    }
    if (const auto said = environment.find("FEDTRAIL_CONFIG"); said != environment.end()) {
        return must_exist(said->second, "FEDTRAIL_CONFIG");
    }
    auto usual = usual_config();
    if (!usual) {
        return fail(usual);
    }
    if (*usual) {
        return **std::move(usual);
    }
    return fail(ErrorKind::Unavailable,
                "there is no ./fedtrail.toml and no /etc/fedtrail/fedtrail.toml",
                "Run `fedtrail init --origin YOUR.HOST`, or name a file with --config.");
}

Result<Config> load_config(const fs::path& file, const Environment& environment) {
    std::error_code size_error;
    const auto size = fs::file_size(file, size_error);
    errno = 0;
    std::ifstream in{file, std::ios::binary};
    const int refused = errno;
    if (size_error || !in) {
        return config_unread(file, size_error ? size_error.value() : refused);
    }
    if (size > kLargestConfig) {
        return fail(ErrorKind::Invalid, file.string() + " is larger than 1 MiB", "That is no configuration.");
    }
    std::ostringstream text;
    text << in.rdbuf();
    auto config = parse_config(text.str(), file.string(), fs::absolute(file).parent_path(), environment);
    if (config) {
        config->file = fs::absolute(file).lexically_normal();
    }
    return config;
}

}  // namespace fedtrail::app
