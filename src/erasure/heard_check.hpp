/// HeardCheck: of which posts it is sure that the origin's own Delete left nothing of them at a server.

#pragma once

#include <set>
#include <string_view>
#include <vector>

#include "erasure/plan_targets.hpp"

namespace fedtrail::erasure {

/// The origin's queue may bring a post to a server behind its own Delete, and nothing takes it along there.
/// So the ledger has to know of no other attempt with it, from a while before on, than the one that was
/// taken.
class HeardCheck {
public:
    /// What it is given must outlive it.
    HeardCheck(const PlannerPorts& ports, const PlanCase& plan_case, std::vector<Target>& targets)
        : ports_(ports), case_(plan_case), targets_(targets) {}

    /// Marks the post, by its URI, where it is not sure of it, in Target::heard. Asks the ledger once for a
    /// post, and only where the origin told somebody of it. What is damaged is not sure. Errors: Unavailable.
    [[nodiscard]] Result<void> confirm(std::string_view post);

private:
    [[nodiscard]] Result<std::vector<ObservedAttempt>> attempts_with(std::string_view post) const;

    const PlannerPorts& ports_;
    const PlanCase& case_;
    std::vector<Target>& targets_;
    std::set<std::uint32_t> asked_;
};

}  // namespace fedtrail::erasure
