/// One look at one recipient's copy: what is asked for, and what the answers say together. Pure.

#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "fedtrail/fediverse/probe.hpp"
#include "fedtrail/ports/remote_http.hpp"
#include "fedtrail/records/erasure.hpp"

namespace fedtrail::erasure {

/// The account, or one object.
struct LookPlace {
    fediverse::ProbeTarget target{fediverse::ProbeTarget::Account};
    fediverse::ProbePlaces places;
};

/// What was found at one place.
struct Finding {
    fediverse::Presence presence{fediverse::Presence::Unknown};
    bool passing{};  ///< Another time the answer may be another: nobody answered, or too many asked.
    bool unread{};   ///< What may be the copy was not read: too long (2xx), or under another handle.
    bool heard{};    ///< The probe knows such an answer, if only as one that says nothing.
};

/// What one answer says. Not Gone where the status says that nothing was looked up (401, 403, 408, 429, 501
/// and above), whatever a probe makes of it.
[[nodiscard]] Finding finding_of(std::span<const fediverse::ProbeMeaning> meanings,
                                 const fediverse::ProbePlaces& places,
                                 const RemoteResponse& response);

/// All places together, pessimistically. Present beats everything; then what may be different another time;
/// Gone only where every place that can tell says so, and only if `whole`: nothing was left out. What could
/// not be read may be the copy: beside it nothing is Gone, and by itself it says nothing.
[[nodiscard]] fediverse::Presence combined(std::span<const Finding> findings, bool whole);

/// Whether everything that the probe asks for is known.
[[nodiscard]] bool can_ask(const fediverse::Probe& probe, const fediverse::ProbePlaces& places);

/// Whether the probe asks for somebody by their handle or a part of it.
[[nodiscard]] bool asks_by_name(const fediverse::Probe& probe);

/// Whether a handle's name could be an id that was taken for a name: it stands in the actor's URI below
/// /users/ and has the shape of an id without a digit (fediverse/signer.hpp).
[[nodiscard]] bool may_be_an_id(const std::string& handle, const std::string& actor);

/// Indexes of the objects that a notice's steps delete, ascending and each once.
[[nodiscard]] std::vector<std::uint32_t> deleted_objects(std::span<const records::NoticeStep> steps);

/// At most `most` of them, spread evenly and other ones in every round.
[[nodiscard]] std::vector<std::uint32_t> sample(std::span<const std::uint32_t> all,
                                                std::size_t most,
                                                std::size_t round);

}  // namespace fedtrail::erasure
