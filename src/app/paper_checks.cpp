#include "app/checks.hpp"
#include "app/forgetting_wing.hpp"
#include "app/operator_facts.hpp"
#include "app/paper_room.hpp"
#include "app/policies.hpp"

namespace fedtrail::app {

void check_retention(const Session& session, const Config& config, std::vector<Check>& out) {
    const auto folders = find_policies(session.environment, session.program);
    if (!folders) {
        return;  // said already
    }
    const auto policy = load_retention(*folders);
    if (!policy) {
        out.push_back({"retention", Verdict::Fail, policy.error().what, policy.error().remedy});
        return;
    }
    if (retention::letters_outlast_cases(*policy)) {
        out.push_back(
            {"retention", Verdict::Warn, std::string{kLettersOutlast}, std::string{kLettersOutlastRemedy}});
    }
    if (const auto conflict = reports::retention_conflict(operator_facts(config), own_periods(*policy))) {
        out.push_back({"retention", Verdict::Warn, conflict->what, conflict->remedy});
        return;
    }
    out.push_back({"retention", Verdict::Ok, "the notice and retention.json agree", ""});
}

}  // namespace fedtrail::app
