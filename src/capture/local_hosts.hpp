/// Which hosts are ours: the origins this process runs beside, and the aliases that mean the same.

#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "fedtrail/core/uri.hpp"
#include "fedtrail/fediverse/whose.hpp"

namespace fedtrail::capture {

/// One origin with every host name under which its actors, objects or inboxes stand.
struct OriginHosts {
    Host origin;
    std::vector<Host> aliases{};
    fediverse::AccountPaths paths{};
};

/// The place of an origin in the list it was given in.
using OriginIndex = std::size_t;

/// Immutable after it is made; any thread may ask.
class LocalHosts {
public:
    explicit LocalHosts(std::span<const OriginHosts> origins);

    /// The origin that a host, or the host of a normalised URI, belongs to; nothing for a remote one.
    [[nodiscard]] std::optional<OriginIndex> origin_of(const Host& host) const;
    [[nodiscard]] std::optional<OriginIndex> origin_of_uri(std::string_view uri) const;
    /// The same of somebody whose data it is: a server's own actor is nobody.
    [[nodiscard]] std::optional<OriginIndex> origin_of_person(std::string_view actor) const;

private:
    std::map<std::string, OriginIndex, std::less<>> origins_;
    std::vector<fediverse::AccountPaths> paths_;  // by OriginIndex
};

}  // namespace fedtrail::capture
