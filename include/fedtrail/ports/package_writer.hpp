/// Files written into one package, one after the other (ZIP, APPNOTE.TXT 6.3).

#pragma once

#include <cstdint>
#include <functional>
#include <iosfwd>
#include <memory>
#include <string>

#include "fedtrail/core/result.hpp"
#include "fedtrail/core/time.hpp"

namespace fedtrail {

enum class Packing : std::uint8_t {
    Deflated,
    Stored,  ///< As it is, and nothing but its name before it: what a reader of "mimetype" looks for.
};

/// One package; one thread. The same files in the same order give the same octets.
class PackageWriter {
public:
    PackageWriter() = default;
    PackageWriter(const PackageWriter&) = delete;
    PackageWriter& operator=(const PackageWriter&) = delete;
    PackageWriter(PackageWriter&&) = delete;
    PackageWriter& operator=(PackageWriter&&) = delete;
    virtual ~PackageWriter() = default;

    /// Adds a file with what `write` writes, as it is written: unless it is stored, a large one is never held
    /// whole. After a failure there is no package. Errors: those of `write`, Invalid (the name is no relative
    /// path of at most 255 octets, or is there already), Unavailable (the package cannot be written).
    [[nodiscard]] virtual Result<void> add(const std::string& name,
                                           const std::function<Result<void>(std::ostream&)>& write,
                                           Packing packing) = 0;
    [[nodiscard]] Result<void> add(const std::string& name,
                                   const std::function<Result<void>(std::ostream&)>& write) {
        return add(name, write, Packing::Deflated);
    }
    /// Nothing is a package without it. Errors: Unavailable.
    [[nodiscard]] virtual Result<void> finish() = 0;
};

/// Begins a package of files dated `at`. `out` need not be seekable, and must outlive it.
using PackageMaker = std::function<std::unique_ptr<PackageWriter>(std::ostream& out, Instant at)>;

}  // namespace fedtrail
