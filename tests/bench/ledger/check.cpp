#include "bench/ledger/check.hpp"

#include <string>
#include <unordered_map>

namespace fedtrail::bench {

namespace {

bool same(const PairAggregate& answer, const ExpectedPair& pair) {
    return to_unix_seconds(answer.first) == pair.first && to_unix_seconds(answer.last) == pair.last &&
           answer.objects == pair.objects && answer.disclosures == pair.disclosures &&
           answer.channels == pair.channels && answer.categories == pair.categories &&
           answer.strongest == pair.strongest;
}

bool same(const Holder& answer, const ExpectedHolder& holder) {
    return to_unix_seconds(answer.first) == holder.first && answer.strongest == holder.strongest;
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

}  // namespace fedtrail::bench
