#include "recipients/policy_library.hpp"

#include <algorithm>
#include <array>

#include "recipients/policy_difference.hpp"

namespace fedtrail::recipients {

namespace {

using records::PolicyChange;
using records::PolicyKind;
using records::PolicySummary;
using records::PolicyVersion;

constexpr std::size_t kMostChanges = 20;
// What was written for the purpose is asked first.
constexpr std::array<PolicyKind, 4> kOrder{
    PolicyKind::Privacy, PolicyKind::Imprint, PolicyKind::Terms, PolicyKind::About};

}  // namespace

Result<records::PolicyHistory> PolicyLibrary::history(const Host& host) const {
    records::PolicyHistory history;
    auto versions = archive_.versions(host);
    if (!versions) {
        return fail(versions);
    }
    auto changed = changes(*versions);
    if (!changed) {
        return fail(changed);
    }
    auto summed = summary(*versions);
    if (!summed) {
        return fail(summed);
    }
    history.versions = std::move(*versions);
    history.changes = std::move(*changed);
    history.summary = std::move(*summed);
    return history;
}

Result<std::vector<PolicyChange>> PolicyLibrary::changes(const Versions& versions) const {
    std::vector<std::pair<const PolicyVersion*, const PolicyVersion*>> steps;
    for (std::size_t i = 1; i < versions.size(); ++i) {
        if (versions[i].kind == versions[i - 1].kind) {
            steps.emplace_back(&versions[i - 1], &versions[i]);
        }
    }
    std::sort(steps.begin(), steps.end(), [](const auto& a, const auto& b) {
        return a.second->first_seen > b.second->first_seen;
    });
    steps.resize(std::min(steps.size(), kMostChanges));
    std::vector<PolicyChange> found;
    for (const auto& [from, to] : steps) {
        const auto before = archive_.text(*from);
        const auto after = archive_.text(*to);
        if (!before || !after) {
            return fail(!before ? before : after);
        }
        auto difference = difference_of(before->reveal(), after->reveal());
        found.push_back({*from, *to, std::move(difference.pieces), difference.cut || from->cut || to->cut});
    }
    return found;
}

Result<PolicySummary> PolicyLibrary::summary(const Versions& versions) const {
    std::vector<Personal<std::string>> texts;
    std::vector<SummedText> summed;
    texts.reserve(kOrder.size());
    for (const auto kind : kOrder) {
        const auto newest = std::find_if(
            versions.rbegin(), versions.rend(), [&](const auto& one) { return one.kind == kind; });
        if (newest == versions.rend()) {
            continue;
        }
        auto text = archive_.text(*newest);
        if (!text) {
            return fail(text);
        }
        texts.push_back(std::move(*text));
        summed.push_back({kind, newest->number, texts.back().reveal()});
    }
    return summary_of(rules_, summed);
}

}  // namespace fedtrail::recipients
