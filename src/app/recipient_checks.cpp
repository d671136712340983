#include "app/checks.hpp"
#include "app/recipient_room.hpp"

namespace fedtrail::app {

namespace {

Check failed(const std::string& name, const Error& error) {
    return {name, Verdict::Fail, error.what, error.remedy};
}

/// Decisions that are no longer believed for want of a look.
Check adequacy_check(const recipients::RegisterPolicies& policies, const privacy::Day& today) {
    const auto& adequacy = policies.adequacy.adequacy;
    const auto stale = recipients::stale_decisions(adequacy, today);
    if (stale.empty()) {
        return {"adequacy",
                Verdict::Ok,
                std::to_string(adequacy.decisions.size()) + " decisions, none too old",
                ""};
    }
    std::string names;
    for (const auto& number : stale) {
        names += (names.empty() ? "" : ", ") + number;
    }
    return {"adequacy",
            Verdict::Warn,
            "checked too long ago, and never called adequate: " + names,
            "Compare them with the Commission's list, and change checked_at in policies/adequacy.json."};
}

}  // namespace

void check_recipients(const Session& session, const Config& config, std::vector<Check>& out) {
    const auto folders = find_policies(session.environment, session.program);
    if (!folders) {
        return;  // said already
    }
    const auto policies = load_register_policies(*folders, config);
    if (!policies) {
        out.push_back(failed("adequacy", policies.error()));
        return;
    }
    const SystemClock clock;
    const privacy::Day today{std::chrono::floor<std::chrono::days>(clock.now())};
    out.push_back(adequacy_check(**policies, today));
    const auto& addresses = (*policies)->addresses;
    out.push_back({"addresses",
                   Verdict::Ok,
                   addresses ? "countries of network addresses: " + addresses->edition()
                             : "no countries of network addresses: that hint is left out",
                   ""});
}

}  // namespace fedtrail::app
