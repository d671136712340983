/// Files written into one package, one after the other.

#pragma once

#include <functional>
#include <iosfwd>
#include <string>

#include "fedtrail/core/result.hpp"

namespace fedtrail {

/// One package; one thread. The same files in the same order give the same octets.
class PackageWriter {
public:
    PackageWriter() = default;
    PackageWriter(const PackageWriter&) = delete;
    PackageWriter& operator=(const PackageWriter&) = delete;
    PackageWriter(PackageWriter&&) = delete;
    PackageWriter& operator=(PackageWriter&&) = delete;
    virtual ~PackageWriter() = default;

    /// Adds a file with what `write` writes, as it is written: it is never held whole. Errors: those of
    /// `write`, Unavailable (the package cannot be written).
    [[nodiscard]] virtual Result<void> add(const std::string& name,
                                           const std::function<Result<void>(std::ostream&)>& write) = 0;
    /// Nothing is a package without it. Errors: Unavailable.
    [[nodiscard]] virtual Result<void> finish() = 0;
};

}  // namespace fedtrail
