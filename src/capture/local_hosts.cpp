#include "capture/local_hosts.hpp"

namespace fedtrail::capture {

LocalHosts::LocalHosts(std::span<const OriginHosts> origins) {
    for (OriginIndex index = 0; index < origins.size(); ++index) {
        origins_.emplace(origins[index].origin.text(), index);
        paths_.push_back(origins[index].paths);
        for (const auto& alias : origins[index].aliases) {
            origins_.emplace(alias.text(), index);
        }
    }
}

std::optional<OriginIndex> LocalHosts::origin_of(const Host& host) const {
    const auto found = origins_.find(host.text());
    return found == origins_.end() ? std::nullopt : std::optional{found->second};
}

std::optional<OriginIndex> LocalHosts::origin_of_uri(std::string_view uri) const {
    const auto found = origins_.find(fediverse::host_in(uri));
    return found == origins_.end() ? std::nullopt : std::optional{found->second};
}

std::optional<OriginIndex> LocalHosts::origin_of_person(std::string_view actor) const {
    const auto origin = origin_of_uri(actor);
    return origin && fediverse::is_instance_actor(actor, paths_[*origin]) ? std::nullopt : origin;
}

}  // namespace fedtrail::capture
