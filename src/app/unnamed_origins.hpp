/// Origins that the configuration forgot.

#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "app/config.hpp"
#include "capture/recorder_figures.hpp"

namespace fedtrail::app {

/// Of the hosts whose people's deliveries concern nobody local, those that are likely ours, with how many
/// deliveries: a host below or above that of an origin (Mastodon's LOCAL_DOMAIN and WEB_DOMAIN), or the one
/// nearly all come from while nothing was recorded. Others are people elsewhere whose posts are passed on.
[[nodiscard]] std::map<std::string, std::uint64_t> unnamed_origins(const capture::RecorderFigures& figures,
                                                                   const std::vector<OriginConfig>& origins);

}  // namespace fedtrail::app
