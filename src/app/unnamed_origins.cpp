#include "app/unnamed_origins.hpp"

#include <algorithm>

namespace fedtrail::app {

namespace {

bool is_below(std::string_view host, std::string_view other) {
    return other.find('.') != std::string_view::npos && host.size() > other.size() && host.ends_with(other) &&
           host[host.size() - other.size() - 1] == '.';
}

bool is_related(const std::string& host, const OriginConfig& origin) {
    const auto related = [&](const Host& ours) {
        return is_below(host, ours.text()) || is_below(ours.text(), host);
    };
    return related(origin.host) || std::any_of(origin.aliases.begin(), origin.aliases.end(), related);
}

}  // namespace

std::map<std::string, std::uint64_t> unnamed_origins(const capture::RecorderFigures& figures,
                                                     const std::vector<OriginConfig>& origins) {
    std::map<std::string, std::uint64_t> found;
    for (const auto& [host, count] : figures.senders) {
        const bool nearly_all = figures.recorded == 0 && count * 2 > figures.without_subject;
        if (nearly_all || std::any_of(origins.begin(), origins.end(), [&sender = host](const auto& origin) {
                return is_related(sender, origin);
            })) {
            found.emplace(host, count);
        }
    }
    return found;
}

}  // namespace fedtrail::app
