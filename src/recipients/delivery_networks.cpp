#include "recipients/delivery_networks.hpp"

#include <algorithm>
#include <utility>

#include "fediverse/policy_json.hpp"

namespace fedtrail::recipients {

namespace {

AddressNetwork address_network_in(const nlohmann::json& text) {
    const auto network = AddressNetwork::parse(text.get<std::string>());
    if (!network) {
        throw fediverse::PolicyFault{network.error().what};
    }
    return *network;
}

}  // namespace

Result<DeliveryNetworks> DeliveryNetworks::parse(std::string_view json) {
    DeliveryNetworks known;
    const auto read = fediverse::read_policy(
        json, "fedtrail/delivery-networks/1", "networks", [&known](const nlohmann::json& entry) {
            Row row;
            row.title = entry.at("title").get<std::string>();
            for (const auto& text : entry.at("addresses")) {
                row.networks.push_back(address_network_in(text));
            }
            known.rows_.push_back(std::move(row));
        });
    return read ? Result<DeliveryNetworks>{std::move(known)} : Result<DeliveryNetworks>{fail(read)};
}

std::string_view DeliveryNetworks::holding(const IpAddress& address) const {
    const auto holds = [&address](const AddressNetwork& network) { return network.holds(address); };
    for (const auto& row : rows_) {
        if (std::any_of(row.networks.begin(), row.networks.end(), holds)) {
            return row.title;
        }
    }
    return {};
}

}  // namespace fedtrail::recipients
