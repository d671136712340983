/// What the configuration says to each part of an erasure. Pure.

#pragma once

#include <string>

#include "app/config.hpp"
#include "backends/curl/curl_http.hpp"
#include "erasure/courier.hpp"
#include "erasure/deletion_spotter.hpp"
#include "erasure/escalation.hpp"
#include "erasure/handle_check.hpp"
#include "erasure/handle_learner.hpp"
#include "erasure/looker.hpp"
#include "erasure/origin_watch.hpp"
#include "erasure/scout.hpp"

namespace fedtrail::app {

/// "Fedtrail/0.1.0 (+https://origin.example/)": who asks, and where to complain.
[[nodiscard]] std::string user_agent(const Config& config);

/// Every host name that is an origin's own.
[[nodiscard]] std::vector<Host> own_hosts(const Config& config);

[[nodiscard]] curl::CurlOptions curl_options(const Config& config);
[[nodiscard]] erasure::CourierOptions courier_options(const Config& config);
/// From the closing of a request, or from when its origin was gone, to the end of the last look at what it
/// erased, and a day: so long a copy that is seen wakes it, and its keys stay.
[[nodiscard]] std::chrono::seconds looking_ends_after(const Config& config);
[[nodiscard]] erasure::OriginWatchOptions origin_options(const Config& config);
[[nodiscard]] erasure::HandleCheckOptions handle_options(const Config& config);
[[nodiscard]] erasure::HandleLearnerOptions learner_options(const Config& config);
[[nodiscard]] erasure::LookerOptions looker_options(const Config& config);
[[nodiscard]] erasure::EscalationOptions escalation_options(const Config& config);
[[nodiscard]] erasure::ScoutOptions scout_options(const Config& config);
[[nodiscard]] erasure::SpotterOptions spotter_options(const Config& config);

}  // namespace fedtrail::app
