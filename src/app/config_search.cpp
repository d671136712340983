#include <fstream>
#include <sstream>

#include "app/config.hpp"

namespace fedtrail::app {

namespace fs = std::filesystem;

namespace {

constexpr std::uintmax_t kLargestConfig = std::uintmax_t{1024} * 1024;

Result<fs::path> must_exist(const fs::path& file, std::string_view said_by) {
    std::error_code ignored;
    if (fs::is_regular_file(file, ignored)) {
        return file;
    }
    return fail(ErrorKind::Unavailable,
                file.string() + " (named by " + std::string{said_by} + ") is not a file",
                "Give an existing file, or run `fedtrail init` to write one.");
}

}  // namespace

Result<fs::path> find_config(const std::string& named, const Environment& environment) {
    if (!named.empty()) {
        return must_exist(named, "--config");
    }
    if (const auto said = environment.find("FEDTRAIL_CONFIG"); said != environment.end()) {
        return must_exist(said->second, "FEDTRAIL_CONFIG");
    }
    for (const fs::path file : {"fedtrail.toml", "/etc/fedtrail/fedtrail.toml"}) {
        std::error_code ignored;
        if (fs::is_regular_file(file, ignored)) {
            return file;
        }
    }
    return fail(ErrorKind::Unavailable,
                "there is no ./fedtrail.toml and no /etc/fedtrail/fedtrail.toml",
                "Run `fedtrail init --origin YOUR.HOST`, or name a file with --config.");
}

Result<Config> load_config(const fs::path& file, const Environment& environment) {
    std::error_code size_error;
    const auto size = fs::file_size(file, size_error);
    std::ifstream in{file, std::ios::binary};
    if (size_error || !in) {
        return fail(ErrorKind::Unavailable,
                    file.string() + " cannot be read",
                    "Check that it exists and that this user may read it.");
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
