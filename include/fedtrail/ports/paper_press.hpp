/// Pages of HTML on paper: PDF.

#pragma once

#include <functional>
#include <iosfwd>
#include <string>

#include "fedtrail/core/result.hpp"

namespace fedtrail {

/// Thread-safe.
class PaperPress {
public:
    PaperPress() = default;
    PaperPress(const PaperPress&) = delete;
    PaperPress& operator=(const PaperPress&) = delete;
    PaperPress(PaperPress&&) = delete;
    PaperPress& operator=(PaperPress&&) = delete;
    virtual ~PaperPress() = default;

    /// What is there to print with ("WeasyPrint 57.2"). Errors: Unavailable (nothing, and the remedy says how
    /// to get it; or its own failure).
    [[nodiscard]] virtual Result<std::string> check() const = 0;
    /// Prints the one self-contained page that `page` writes, and nothing of it that lies elsewhere. Bounded
    /// in time, memory and size. Nothing is written to `pdf` on a failure. Errors: Unavailable (nothing to
    /// print with, it took too long, or its own failure), Denied (no room to work in).
    [[nodiscard]] virtual Result<void> print(const std::function<void(std::ostream&)>& page,
                                             std::ostream& pdf) const = 0;
};

}  // namespace fedtrail
