#include "bench/ledger/check.hpp"

#include <algorithm>
#include <iterator>
#include <string>
#include <tuple>
#include <unordered_map>

namespace fedtrail::bench {

namespace {

bool same(const PairAggregate& answer, const ExpectedPair& pair) {
    return to_unix_seconds(answer.first) == pair.first && to_unix_seconds(answer.last) == pair.last &&
           answer.objects == pair.objects && answer.disclosures == pair.disclosures &&
           answer.channels == pair.channels && answer.categories == pair.categories &&
           answer.strongest == pair.strongest;
}

bool same(const Holder& answer, const privacy::Evidence& strongest) {
    return answer.strongest == strongest;
}

using AttemptKey = std::tuple<std::int64_t, std::string, int, int, int>;

AttemptKey key_of(std::int64_t at,
                  std::string host,
                  privacy::Channel channel,
                  const privacy::Outcome& outcome) {
    return AttemptKey{
        at, std::move(host), static_cast<int>(channel), static_cast<int>(outcome.kind), outcome.status};
}

std::vector<AttemptKey> sorted(std::vector<AttemptKey> keys) {
    std::sort(keys.begin(), keys.end());
    return keys;
}

/// Those only in one of the two, and those that differ.
template <typename Answer, typename Wanted>
void compare(const std::vector<Answer>& answers,
             const std::map<std::uint32_t, Wanted>& wanted,
             CheckSum& sum) {
    std::unordered_map<std::string, const Wanted*> by_host;
    for (const auto& [server, value] : wanted) {
        by_host.emplace(Servers::host_of(server), &value);
    }
    for (const auto& answer : answers) {
        const auto found = by_host.find(answer.recipient.text());
        ++sum.compared;
        if (found == by_host.end()) {
            ++sum.different;
            continue;
        }
        sum.different += same(answer, *found->second) ? 0 : 1;
        by_host.erase(found);
    }
    sum.compared += by_host.size();
    sum.different += by_host.size();
}

}  // namespace

Result<CheckSum> check_pairs(const LedgerReader& ledger,
                             const Expected& expected,
                             const std::vector<privacy::SubjectNumber>& subjects) {
    CheckSum sum;
    for (const auto user : expected.users()) {
        const auto answers = ledger.recipients_of(subjects[user], Window{});
        if (!answers) {
            return fail(answers);
        }
        compare(*answers, expected.pairs_of(user), sum);
    }
    return sum;
}

Result<CheckSum> check_holders(const LedgerReader& ledger,
                               const Expected& expected,
                               const Workload& workload,
                               const std::vector<privacy::SubjectNumber>& subjects) {
    CheckSum sum;
    for (const auto& object : expected.objects()) {
        const auto wanted = expected.holders_of(object);
        const auto uri = Uri::parse(workload.text(object.user, object.object).object);
        if (!uri) {
            return fail(uri);
        }
        const auto answers = ledger.holders_of(subjects[object.user], *uri);
        if (!answers) {
            return fail(answers);
        }
        compare(*answers, wanted, sum);
    }
    return sum;
}

Result<CheckSum> check_attempts(const LedgerEvidence& ledger,
                                const Expected& expected,
                                const Workload& workload,
                                const std::vector<privacy::SubjectNumber>& subjects) {
    CheckSum sum;
    for (const auto& object : expected.objects()) {
        const auto uri = Uri::parse(workload.text(object.user, object.object).object);
        if (!uri) {
            return fail(uri);
        }
        const auto answers = ledger.attempts_of(subjects[object.user], *uri);
        if (!answers) {
            return fail(answers);
        }
        std::vector<AttemptKey> wanted;
        for (const auto& attempt : expected.attempts_of(object)) {
            wanted.push_back(
                key_of(attempt.at, Servers::host_of(attempt.server), attempt.channel, attempt.outcome));
        }
        std::vector<AttemptKey> found;
        for (const auto& answer : *answers) {
            found.push_back(
                key_of(to_unix_seconds(answer.at), answer.recipient.text(), answer.channel, answer.outcome));
        }
        wanted = sorted(std::move(wanted));
        found = sorted(std::move(found));
        std::vector<AttemptKey> only_one;
        std::set_symmetric_difference(
            wanted.begin(), wanted.end(), found.begin(), found.end(), std::back_inserter(only_one));
        sum.compared += wanted.size();
        sum.different += only_one.size();
    }
    return sum;
}

}  // namespace fedtrail::bench
