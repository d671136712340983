/// Networks whose addresses say nothing of a server's operator: policies/delivery-networks.json. Pure.

#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "fedtrail/core/address.hpp"
#include "fedtrail/core/result.hpp"

namespace fedtrail::recipients {

class DeliveryNetworks {
public:
    DeliveryNetworks() = default;  ///< None are known.
    /// Errors: Invalid; names the row.
    [[nodiscard]] static Result<DeliveryNetworks> parse(std::string_view json);

    /// The title of the one that holds the address; "" if none does.
    [[nodiscard]] std::string_view holding(const IpAddress& address) const;

private:
    struct Row {
        std::string title;
        std::vector<AddressNetwork> networks;
    };
    std::vector<Row> rows_;
};

}  // namespace fedtrail::recipients
