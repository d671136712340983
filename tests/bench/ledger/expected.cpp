#include "bench/ledger/expected.hpp"

#include <algorithm>
#include <numeric>
#include <set>

namespace fedtrail::bench {

namespace {

std::uint64_t key_of(std::uint32_t user, std::uint32_t object) {
    return (static_cast<std::uint64_t>(user) << 32U) | object;
}

}  // namespace

Expected::Expected(std::vector<std::uint32_t> users, std::vector<ObjectName> objects)
    : users_(std::move(users)), objects_(std::move(objects)) {
    for (const auto user : users_) {
        pairs_[user] = {};
    }
    for (const auto& object : objects_) {
        attempts_[key_of(object.user, object.object)] = {};
    }
}

void Expected::add(const Attempt& attempt, const Activity& activity) {
    const auto object = attempts_.find(key_of(attempt.user, activity.object));
    if (object != attempts_.end()) {
        object->second.push_back(
            ExpectedAttempt{attempt.at_seconds, attempt.server, attempt.channel, attempt.outcome});
    }
    const auto evidence = privacy::evidence_of(attempt.outcome);
    const auto person = pairs_.find(attempt.user);
    if (!evidence || person == pairs_.end()) {
        return;
    }
    const auto [found, is_new] = person->second.try_emplace(attempt.server);
    Pair& pair = found->second;
    ExpectedPair& sum = pair.sum;
    sum.first = is_new ? attempt.at_seconds : std::min(sum.first, attempt.at_seconds);
    sum.last = is_new ? attempt.at_seconds : std::max(sum.last, attempt.at_seconds);
    ++sum.disclosures;
    sum.channels.add(attempt.channel);
    sum.categories.add(activity.categories);
    sum.strongest = std::max(sum.strongest, *evidence);
    const std::size_t word = activity.object / 64;
    const std::uint64_t bit = std::uint64_t{1} << (activity.object % 64);
    if (pair.seen.size() <= word) {
        pair.seen.resize(word + 1);
    }
    sum.objects += (pair.seen[word] & bit) == 0 ? 1 : 0;
    pair.seen[word] |= bit;
}

std::map<std::uint32_t, ExpectedPair> Expected::pairs_of(std::uint32_t user) const {
    std::map<std::uint32_t, ExpectedPair> pairs;
    for (const auto& [server, pair] : pairs_.at(user)) {
        pairs.emplace(server, pair.sum);
    }
    return pairs;
}

std::map<std::uint32_t, privacy::Evidence> Expected::holders_of(const ObjectName& object) const {
    std::map<std::uint32_t, privacy::Evidence> holders;
    for (const auto& attempt : attempts_of(object)) {
        if (const auto evidence = privacy::evidence_of(attempt.outcome)) {
            const auto found = holders.try_emplace(attempt.server, *evidence).first;
            found->second = std::max(found->second, *evidence);
        }
    }
    return holders;
}

const std::vector<ExpectedAttempt>& Expected::attempts_of(const ObjectName& object) const {
    return attempts_.at(key_of(object.user, object.object));
}

std::vector<std::uint32_t> sampled_users(const Workload& workload, std::uint32_t count) {
    const auto& persons = workload.persons();
    std::vector<std::uint32_t> users(persons.size());
    std::iota(users.begin(), users.end(), 0U);
    if (count >= users.size()) {
        return users;
    }
    std::stable_sort(users.begin(), users.end(), [&](std::uint32_t a, std::uint32_t b) {
        return persons[a].activities.size() > persons[b].activities.size();
    });
    std::set<std::uint32_t> chosen{users[0], users[1], users[2], users[users.size() / 2]};
    Random random{seed_of({workload.model().seed, 20})};
    while (chosen.size() < count) {
        chosen.insert(random.below(static_cast<std::uint32_t>(users.size())));
    }
    return {chosen.begin(), chosen.end()};
}

std::vector<ObjectName> sampled_objects(const Workload& workload, std::uint32_t count) {
    const auto& persons = workload.persons();
    std::vector<std::uint64_t> starts{0};
    for (const auto& person : persons) {
        starts.push_back(starts.back() + person.activities.size());
    }
    Random random{seed_of({workload.model().seed, 21})};
    std::set<ObjectName> chosen;
    for (std::uint32_t tries = 0; chosen.size() < count && tries < 20 * count; ++tries) {
        const std::uint64_t drawn = random.below(static_cast<std::uint32_t>(starts.back()));
        const auto after = std::upper_bound(starts.begin(), starts.end(), drawn);
        const auto user = static_cast<std::uint32_t>(after - starts.begin() - 1);
        const auto index = static_cast<std::uint32_t>(drawn - starts[user]);
        chosen.insert(ObjectName{user, workload.activity(user, index).object});
    }
    return {chosen.begin(), chosen.end()};
}

}  // namespace fedtrail::bench
