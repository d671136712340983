/// WeasyprintPress: PDF by WeasyPrint, run as a program of its own.

#pragma once

#include <filesystem>
#include <string>

#include "fedtrail/ports/paper_press.hpp"

#include "backends/weasyprint/bounded_program.hpp"

namespace fedtrail::weasyprint {

class WeasyprintPress final : public PaperPress {
public:
    struct Options {
        std::string program{"weasyprint"};  ///< Looked for in PATH.
        Bounds bounds;
    };

    /// `scratch` is a folder in which pages lie while they are printed, each in one of its own that only the
    /// owner can enter; it is made if it is not there.
    WeasyprintPress(std::filesystem::path scratch, Options options)
        : scratch_(std::move(scratch)), options_(std::move(options)) {}
    explicit WeasyprintPress(std::filesystem::path scratch)
        : WeasyprintPress(std::move(scratch), Options{}) {}

    [[nodiscard]] Result<std::string> check() const override;
    [[nodiscard]] Result<void> print(const std::function<void(std::ostream&)>& page,
                                     std::ostream& pdf) const override;

private:
    [[nodiscard]] Result<std::filesystem::path> program() const;

    std::filesystem::path scratch_;
    Options options_;
};

/// Removes pages in `scratch` whose printing was killed: whole reports. One that is being printed fails.
/// Errors: Unavailable (one cannot be removed, or nobody can tell what is there).
[[nodiscard]] Result<void> remove_pages(const std::filesystem::path& scratch);

}  // namespace fedtrail::weasyprint
