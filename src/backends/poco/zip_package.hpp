/// ZipPackage: a ZIP file, by Poco.

#pragma once

#include <cstdint>
#include <memory>
#include <set>
#include <string>

#include "fedtrail/ports/package_writer.hpp"

namespace fedtrail::poco {

/// Every file has the time of the package and, once unpacked, the rights of its owner alone. Up to 1 MiB of a
/// file is held; a larger one has its sizes behind it.
class ZipPackage final : public PackageWriter {
public:
    [[nodiscard]] static std::unique_ptr<PackageWriter> make(std::ostream& out, Instant at);

    using PackageWriter::add;
    [[nodiscard]] Result<void> add(const std::string& name,
                                   const std::function<Result<void>(std::ostream&)>& write,
                                   Packing packing) override;
    [[nodiscard]] Result<void> finish() override;

private:
    ZipPackage(std::ostream& out, Instant at) : out_(out), at_(at) {}

    std::ostream& out_;
    Instant at_;
    std::set<std::string, std::less<>> names_;
    std::string directory_;
    std::uint64_t offset_{};  ///< Of what comes next.
};

}  // namespace fedtrail::poco
