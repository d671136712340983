/// What the planner of erasures asks the transfer rules: which servers are kept even from deletions.

#pragma once

#include <string>
#include <vector>

#include "fedtrail/ports/clock.hpp"
#include "fedtrail/ports/consent_book.hpp"
#include "fedtrail/ports/recipient_register.hpp"
#include "fedtrail/ports/subject_facts.hpp"

#include "capture/rules_in_force.hpp"
#include "erasure/planner.hpp"

namespace fedtrail::app {

/// Asks privacy::decide() about a Delete, with what is known of the servers today. All must outlive it.
[[nodiscard]] erasure::Planner::Barred deletion_bar(const capture::RulesInForce& rules,
                                                    const RecipientRegister& recipients,
                                                    const SubjectFacts& facts,
                                                    const ConsentBook& consents,
                                                    const Clock& clock);

/// What the guard of addresses says of a server that is named by its address; others are not looked up.
/// `allowed` as proxy.allow_addresses.
[[nodiscard]] erasure::Planner::Permits address_permits(const std::vector<std::string>& allowed);

}  // namespace fedtrail::app
