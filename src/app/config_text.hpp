/// fedtrail.toml as `fedtrail init` writes it and docs/fedtrail.example.toml shows it.

#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace fedtrail::app {

struct NewOrigin {
    std::string host;      ///< As given; checked by the caller.
    std::string software;  ///< May be empty.
};

struct NewConfig {
    std::vector<NewOrigin> origins;
    std::filesystem::path data_dir;  ///< Empty: the default, commented out.
};

/// Every setting with its meaning; what has its default value stands commented out.
[[nodiscard]] std::string config_text(const NewConfig& config);

/// A TOML basic string with quotes.
[[nodiscard]] std::string toml_quoted(std::string_view text);

}  // namespace fedtrail::app
