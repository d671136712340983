/// Observation: one thing seen by intake, before anybody decided what it means.

#pragma once

#include <cstdint>
#include <string>

#include "fedtrail/core/personal.hpp"
#include "fedtrail/core/time.hpp"
#include "fedtrail/core/uri.hpp"
#include "fedtrail/fediverse/digest.hpp"
#include "fedtrail/privacy/disclosure.hpp"

namespace fedtrail::records {

struct Observation {
    Instant at{};
    privacy::Channel channel{privacy::Channel::Push};
    Host origin;                    ///< Empty: the host of the first local actor in the activity.
    Host recipient;                 ///< Where it went, or who fetched.
    Personal<std::string> inbox{};  ///< URI it was POSTed to; "" if not known. The ledger does not keep it.
    privacy::Outcome outcome;
    fediverse::ActivityDigest activity;

    friend bool operator==(const Observation&, const Observation&) = default;
};

/// Of a tunnel, whose content could not be read: all that is known is that something went there.
struct TunnelObservation {
    Instant at{};
    Host recipient;
    std::uint64_t bytes_sent{};
    std::uint64_t bytes_received{};
    std::uint64_t connections{1};  ///< 0: these octets belong to a connection that was counted before.
};

/// Deliveries that left while the ledger could not be written (`on_ledger_failure = "pass"`).
struct GapObservation {
    Instant from{};
    Instant until{};
    std::uint64_t deliveries{};
};

}  // namespace fedtrail::records
