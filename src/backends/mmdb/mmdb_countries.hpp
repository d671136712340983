/// Countries of addresses from a file in MaxMind's DB format (maxmind.github.io/MaxMind-DB).

#pragma once

#include <filesystem>
#include <memory>

#include "fedtrail/ports/address_countries.hpp"

namespace fedtrail::mmdb {

/// Thread-safe.
class MmdbCountries final : public AddressCountries {
public:
    /// The file's records have `country_code`, or `country.iso_code` as GeoLite2 and its like do. It is
    /// mapped into memory: replace it by renaming, never by writing into it. Errors: NotFound, Invalid (no
    /// such file).
    [[nodiscard]] static Result<std::unique_ptr<MmdbCountries>> open_file(const std::filesystem::path& file);
    MmdbCountries(const MmdbCountries&) = delete;
    MmdbCountries& operator=(const MmdbCountries&) = delete;
    MmdbCountries(MmdbCountries&&) = delete;
    MmdbCountries& operator=(MmdbCountries&&) = delete;
    ~MmdbCountries() override;

    [[nodiscard]] Result<std::optional<privacy::Country>> country_of(const IpAddress& address) const override;
    [[nodiscard]] std::string edition() const override;

private:
    struct State;
    explicit MmdbCountries(std::unique_ptr<State> state);
    std::unique_ptr<State> state_;
};

}  // namespace fedtrail::mmdb
