/// Who was told already by the origin itself, as another request of the person has it.

#pragma once

#include <vector>

#include "erasure/plan_targets.hpp"

namespace fedtrail::erasure {

/// What servers send is a Delete of the actor with a plain URI, without removeData, and one of an object as
/// a Tombstone or as a plain URI: which, is not seen. Only software that obeys it either way was really told.
[[nodiscard]] bool obeys_the_origin(const fediverse::Dialect& dialect, bool account);

/// Sets `told_by_origin` where the origin was seen to delete what the request is about: the account, or each
/// of the chosen posts that the ledger counts there. Not where it took that back, where the copy was seen
/// since, or where the post was given anew. `targets` are by host, with their dialects. Errors: as
/// Planner::preview().
[[nodiscard]] Result<void> mark_told_elsewhere(const PlannerPorts& ports,
                                               const PlanCase& plan_case,
                                               std::vector<Target>& targets);

}  // namespace fedtrail::erasure
