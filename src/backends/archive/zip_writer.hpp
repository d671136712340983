/// ZipWriter: a zip file, written with libarchive.

#pragma once

#include <iosfwd>
#include <memory>

#include "fedtrail/core/time.hpp"
#include "fedtrail/ports/package_writer.hpp"

struct archive;  // libarchive's

namespace fedtrail::zip {

/// Deflated, with the time of the package on every file, readable by their owner alone once unpacked.
class ZipWriter final : public PackageWriter {
public:
    /// `out` must outlive it. Errors: Unavailable (libarchive cannot do it).
    [[nodiscard]] static Result<std::unique_ptr<PackageWriter>> make(std::ostream& out, Instant at);

    [[nodiscard]] Result<void> add(const std::string& name,
                                   const std::function<Result<void>(std::ostream&)>& write) override;
    [[nodiscard]] Result<void> finish() override;

private:
    struct Freed {
        void operator()(archive* it) const noexcept;
    };
    using Archive = std::unique_ptr<archive, Freed>;

    ZipWriter(Archive made, Instant at) : archive_(std::move(made)), at_(at) {}

    Archive archive_;
    Instant at_;
};

}  // namespace fedtrail::zip
