/// In which country addresses of the network are registered: a hint, and the last one to be believed.

#pragma once

#include <optional>
#include <string>

#include "fedtrail/core/address.hpp"
#include "fedtrail/core/result.hpp"
#include "fedtrail/privacy/country.hpp"

namespace fedtrail {

/// Thread-safe.
class AddressCountries {
public:
    AddressCountries() = default;
    AddressCountries(const AddressCountries&) = delete;
    AddressCountries& operator=(const AddressCountries&) = delete;
    AddressCountries(AddressCountries&&) = delete;
    AddressCountries& operator=(AddressCountries&&) = delete;
    virtual ~AddressCountries() = default;

    /// Nothing if the data does not say. Errors: Corrupt.
    [[nodiscard]] virtual Result<std::optional<privacy::Country>> country_of(
        const IpAddress& address) const = 0;
    /// Which data it is, with its day: "country ipvAll of 2026-06-17".
    [[nodiscard]] virtual std::string edition() const = 0;
};

}  // namespace fedtrail
