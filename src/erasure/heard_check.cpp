#include "erasure/heard_check.hpp"

#include <algorithm>
#include <chrono>
#include <string>
#include <utility>

#include "erasure/told_elsewhere.hpp"

namespace fedtrail::erasure {

namespace {

/// Servers put off for so long what they cannot check at once, and take what came later first.
constexpr std::chrono::hours kOvertaken{1};

/// For each the ledger opens all that tells of the post, as it does for its holders. What is beyond is sent.
constexpr std::size_t kMostAsked = 20'000;

/// Whether one attempt alone was made there since then, and was accepted. `attempts` are by host.
bool was_last(const std::vector<ObservedAttempt>& attempts, const Host& host, Instant since) {
    auto one = std::lower_bound(
        attempts.begin(), attempts.end(), host, [](const ObservedAttempt& attempt, const Host& wanted) {
            return attempt.recipient < wanted;
        });
    std::size_t later = 0;
    bool taken = false;
    for (; one != attempts.end() && one->recipient == host; ++one) {
        if (one->at >= since) {
            ++later;
            taken =
                one->channel == privacy::Channel::Push && one->outcome.kind == privacy::OutcomeKind::Accepted;
        }
    }
    return later == 1 && taken;
}

}  // namespace

Result<void> HeardCheck::confirm(std::string_view post) {
    const auto number = told_post(case_, post);
    if (!number || !asked_.insert(*number).second) {
        return {};
    }
    std::vector<std::pair<ToldPost*, const Host*>> told;
    for (auto& target : targets_) {
        if (auto* const one = told_of(target, number)) {
            told.emplace_back(one, &target.entry.host);
        }
    }
    if (told.empty()) {
        return {};
    }
    const auto attempts = attempts_with(post);
    if (!attempts) {
        return fail(attempts);
    }
    for (const auto& [one, host] : told) {
        one->unsure = !was_last(*attempts, *host, one->since - kOvertaken);
    }
    return {};
}

/// By host. Of what is damaged, and where nobody keeps it, none.
Result<std::vector<ObservedAttempt>> HeardCheck::attempts_with(std::string_view post) const {
    const auto uri = Uri::parse(post);
    if (!uri || ports_.evidence == nullptr || asked_.size() > kMostAsked) {
        return std::vector<ObservedAttempt>{};
    }
    auto attempts = ports_.evidence->attempts_of(case_.request.subject, *uri);
    if (!attempts && attempts.error().kind == ErrorKind::Corrupt) {
        return std::vector<ObservedAttempt>{};
    }
    if (attempts) {
        std::sort(attempts->begin(), attempts->end(), [](const auto& a, const auto& b) {
            return a.recipient < b.recipient;
        });
    }
    return attempts;
}

}  // namespace fedtrail::erasure
