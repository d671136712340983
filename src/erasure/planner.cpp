#include "erasure/planner.hpp"

#include <algorithm>
#include <utility>

#include "erasure/plan_run.hpp"
#include "erasure/plan_targets.hpp"
#include "erasure/told_elsewhere.hpp"

namespace fedtrail::erasure {

std::string_view name_of(InboxSource source) {
    switch (source) {
        case InboxSource::Declared:
            return "declared";
        case InboxSource::SharedKnown:
            return "shared_known";
        case InboxSource::WellKnownPath:
            return "well_known_path";
        case InboxSource::PersonalKnown:
            return "personal_known";
        case InboxSource::ToBeAsked:
            return "to_be_asked";
        case InboxSource::None:
            return "none";
    }
    return "none";
}

Planner::Planner(PlannerPorts ports, const fediverse::Dialects& dialects, Options options)
    : ports_(ports), dialects_(&dialects), options_(std::move(options)) {}

Result<std::vector<Host>> Planner::widened(const records::ErasureRequest& request) const {
    auto hosts = request.scope.recipients;
    if (hosts.empty()) {
        return hosts;
    }
    auto plan_case = read_case(ports_, request);
    if (!plan_case) {
        return fail(plan_case);
    }
    const auto targets = find_targets(ports_, *dialects_, *plan_case);
    if (!targets) {
        return fail(targets);
    }
    for (const auto& target : *targets) {
        if (!target.joined_to.empty()) {
            hosts.push_back(target.entry.host);
        }
    }
    std::sort(hosts.begin(), hosts.end());
    return hosts;
}

Result<std::set<Host>> Planner::passing_on(std::span<const Host> hosts) const {
    const auto entries = ports_.directory.entries(hosts);
    if (!entries) {
        return fail(entries);
    }
    std::set<Host> found;
    for (std::size_t at = 0; at < hosts.size(); ++at) {
        const auto& entry = (*entries)[at];
        if (passes_on(entry, dialects_->of(hosts[at], entry.software, entry.relay))) {
            found.insert(hosts[at]);
        }
    }
    return found;
}

Result<std::size_t> Planner::told_before(const records::Notice& notice) const {
    const auto request = ports_.requests.request(notice.request);
    if (!request) {
        return fail(request);
    }
    const auto places = left_out_places(ports_.requests, ports_.notices, dialects_, *request, notice);
    return places ? Result<std::size_t>{places->size()} : fail(places);
}

Result<PlanPreview> Planner::preview(const records::ErasureRequest& request) const {
    return PlanRun{ports_, *dialects_, options_, nullptr}.make(request);
}

Result<PlanTotals> Planner::plan(const records::ErasureRequest& request) {
    auto made = PlanRun{ports_, *dialects_, options_, &ports_.notices}.make(request);
    if (!made) {
        return fail(made);
    }
    return std::move(made->totals);
}

}  // namespace fedtrail::erasure
