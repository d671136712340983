/// Where operators are, as it was found out: kept until it is found out anew.

#pragma once

#include <span>
#include <vector>

#include "fedtrail/core/result.hpp"
#include "fedtrail/core/uri.hpp"
#include "fedtrail/records/recipient_card.hpp"

namespace fedtrail {

struct HostCountry {
    Host host;
    records::CountryFinding finding;  ///< Without a country: somebody looked, and found none.
};

/// Thread-safe; several processes may share it. Errors of all: Unavailable, Corrupt.
class CountryBook {
public:
    CountryBook() = default;
    CountryBook(const CountryBook&) = delete;
    CountryBook& operator=(const CountryBook&) = delete;
    CountryBook(CountryBook&&) = delete;
    CountryBook& operator=(CountryBook&&) = delete;
    virtual ~CountryBook() = default;

    /// All findings of each host, by source, in the order of `hosts`. A registration (WhoisFile) is found for
    /// the hosts below its domain as well.
    [[nodiscard]] virtual Result<std::vector<std::vector<records::CountryFinding>>> findings(
        std::span<const Host> hosts) const = 0;
    /// In place of what the same source said of the same host.
    [[nodiscard]] virtual Result<void> keep(std::span<const HostCountry> found) = 0;
};

}  // namespace fedtrail
