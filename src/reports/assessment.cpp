#include "reports/assessment.hpp"

#include <algorithm>
#include <array>
#include <iterator>
#include <set>
#include <span>
#include <utility>

#include "reports/paper_texts.hpp"

namespace fedtrail::reports {

namespace {

using fediverse::CategorySet;
using fediverse::DataCategory;
using fediverse::Visibility;

constexpr std::size_t kNoticePage = 1'000;
constexpr std::size_t kMostNotices = 100'000;

struct Sample {
    Visibility visibility;
    CategorySet categories;
};

/// What people send, from the most public to the least.
constexpr std::array kSamples{
    Sample{Visibility::Public, CategorySet{DataCategory::Handle, DataCategory::PostText}},
    Sample{Visibility::Unlisted, CategorySet{DataCategory::Handle, DataCategory::PostText}},
    Sample{Visibility::Followers, CategorySet{DataCategory::Handle, DataCategory::PostText}},
    Sample{Visibility::Direct, CategorySet{DataCategory::Handle, DataCategory::DirectMessage}}};

/// The largest text below `host` that no host can be: what a list that goes on "after" it begins with `host`.
std::string just_before(std::string host) {
    host.back() = static_cast<char>(host.back() - 1);
    return host + "\x7f";
}

Result<std::optional<RecipientTotals>> totals_at(const LedgerReader& ledger, const Host& host) {
    auto found = ledger.recipients(just_before(host.text()), 1);
    if (!found) {
        return fail(found);
    }
    const bool there = !found->empty() && found->front().recipient == host;
    return there ? std::optional{std::move(found->front())} : std::optional<RecipientTotals>{};
}

void join_totals(std::optional<RecipientTotals>& sum, const std::optional<RecipientTotals>& more) {
    if (!sum || !more) {
        sum = sum ? sum : more;
        return;
    }
    sum->first = std::min(sum->first, more->first);
    sum->last = std::max(sum->last, more->last);
    sum->disclosures += more->disclosures;
    sum->channels.add(more->channels);
    sum->categories.add(more->categories);
    sum->strongest = std::max(sum->strongest, more->strongest);
    sum->tunnels += more->tunnels;
    sum->tunnel_bytes += more->tunnel_bytes;
}

/// Everybody whose data any of `hosts` has.
Result<std::set<privacy::SubjectNumber>> subjects_at(const LedgerReader& ledger,
                                                     std::span<const Host> hosts) {
    std::set<privacy::SubjectNumber> all;
    for (const auto& host : hosts) {
        const auto subjects = ledger.subjects_at(host);
        if (!subjects) {
            return fail(subjects);
        }
        all.insert(subjects->begin(), subjects->end());
    }
    return all;
}

/// At least: the same thing may lie at several of `hosts`.
Result<std::optional<std::uint64_t>> objects_of(const LedgerReader& ledger,
                                                const std::set<privacy::SubjectNumber>& subjects,
                                                std::span<const Host> hosts) {
    if (subjects.size() > kMostSubjectsCounted) {
        return std::optional<std::uint64_t>{};
    }
    std::uint64_t objects = 0;
    for (const auto subject : subjects) {
        const auto pairs = ledger.recipients_of(subject, {});
        if (!pairs) {
            return fail(pairs);
        }
        std::uint64_t most = 0;
        for (const auto& pair : *pairs) {
            const bool here = std::find(hosts.begin(), hosts.end(), pair.recipient) != hosts.end();
            most = here ? std::max<std::uint64_t>(most, pair.objects) : most;
        }
        objects += most;
    }
    return std::optional{objects};
}

/// A topic is answered by the first of the hosts whose texts say something of it.
void join_summary(records::PolicySummary& summary, records::PolicySummary more) {
    if (summary.statements.empty()) {
        summary = std::move(more);
        return;
    }
    for (auto& statement : summary.statements) {
        const auto other = std::find_if(
            more.statements.begin(), more.statements.end(), [&](const records::PolicyStatement& one) {
                return one.topic == statement.topic && one.sentence;
            });
        if (!statement.sentence && other != more.statements.end()) {
            statement = *other;
        }
    }
}

void join_policy(records::PolicyHistory& policy, records::PolicyHistory more) {
    std::move(more.versions.begin(), more.versions.end(), std::back_inserter(policy.versions));
    std::move(more.changes.begin(), more.changes.end(), std::back_inserter(policy.changes));
    std::stable_sort(policy.changes.begin(), policy.changes.end(), [](const auto& a, const auto& b) {
        return a.to.first_seen > b.to.first_seen;
    });
    join_summary(policy.summary, std::move(more.summary));
}

Result<void> count_notices(const NoticeBook& book,
                           const Host& host,
                           std::map<fediverse::NoticeState, std::uint64_t>& states) {
    NoticeFilter filter;
    filter.recipient = host;
    filter.limit = kNoticePage;
    for (std::size_t seen = 0; seen < kMostNotices; seen += kNoticePage) {
        const auto page = book.notices(filter);
        if (!page) {
            return fail(page);
        }
        for (const auto& notice : *page) {
            ++states[notice.state];
        }
        if (page->size() < kNoticePage) {
            break;
        }
        filter.after = page->back().number;
    }
    return {};
}

std::vector<RuleAnswer> answers(const privacy::TransferRules& in_force, const records::RecipientCard& card) {
    privacy::JoinedHosts hosts;
    join(hosts, card);
    const auto rules = in_force.joined(hosts);
    std::vector<RuleAnswer> all;
    for (const auto& sample : kSamples) {
        privacy::RuleFacts facts;
        facts.recipient = card.host;
        facts.country = records::established_in(card.country);
        facts.basis = card.basis.kind;
        facts.software = card.software;
        facts.judged = records::judged(card);
        facts.gone = card.gone;
        facts.categories = sample.categories.bits();
        facts.visibility = static_cast<std::uint8_t>(sample.visibility);
        const auto decision = privacy::decide(rules, facts);
        all.push_back(
            {sample.visibility, decision.effect, decision.rule ? rules.rules().at(*decision.rule).name : ""});
    }
    return all;
}

bool is_described(const Assessment& assessment) {
    const auto& card = assessment.card;
    return assessment.totals || !assessment.notices.empty() || !assessment.policy.versions.empty() ||
           card.known_at || !card.software.empty() || card.country.country || !card.aliases.empty() ||
           !card.operator_name.reveal().empty() || !card.contact.reveal().empty() || card.told > 0;
}

/// What was written down of one host of the recipient.
Result<void> read_host(const Host& host, const AssessmentSources& sources, Assessment& assessment) {
    const auto totals = totals_at(sources.ledger, host);
    auto policy = sources.policies.history(host);
    if (!totals || !policy) {
        return !totals ? Result<void>{fail(totals)} : fail(policy);
    }
    join_totals(assessment.totals, *totals);
    join_policy(assessment.policy, std::move(*policy));
    return count_notices(sources.notices, host, assessment.notices);
}

Result<void> read_all(const Host& host, const AssessmentSources& sources, Assessment& assessment) {
    const privacy::Day today{std::chrono::floor<std::chrono::days>(sources.now)};
    auto cards = sources.recipients.cards(std::array{host}, today);
    if (!cards) {
        return fail(cards);
    }
    assessment.card = std::move(cards->front());
    const auto hosts = records::hosts_of(assessment.card);
    for (const auto& each : hosts) {
        if (auto done = read_host(each, sources, assessment); !done) {
            return done;
        }
    }
    if (!assessment.totals) {
        return {};
    }
    const auto subjects = subjects_at(sources.ledger, hosts);
    const auto objects = subjects ? objects_of(sources.ledger, *subjects, hosts) : fail(subjects);
    if (!objects) {
        return fail(objects);
    }
    assessment.totals->recipient = host;
    assessment.totals->subjects = subjects->size();
    assessment.objects = *objects;
    return {};
}

}  // namespace

Result<Assessment> build_assessment(const Host& host,
                                    const AssessmentSources& sources,
                                    const PaperTexts& texts) {
    Assessment assessment;
    assessment.language = texts.language();
    assessment.generated_at = sources.now;
    if (auto done = read_all(host, sources, assessment); !done) {
        return fail(done);
    }
    if (!is_described(assessment)) {
        return fail(ErrorKind::NotFound,
                    "nothing is known of " + host.text() + ": nothing went there, and it was never asked",
                    "Ask it first: `fedtrail recipients refresh " + host.text() + "`.");
    }
    assessment.rules = answers(sources.rules, assessment.card);
    assessment.rules_file = sources.rules_file;
    const RiskFacts facts{
        assessment.card, assessment.policy, assessment.totals ? &*assessment.totals : nullptr};
    std::copy_if(sources.risks.begin(),
                 sources.risks.end(),
                 std::back_inserter(assessment.risks),
                 [&](const RiskRule& rule) { return applies(rule, facts); });
    std::stable_sort(assessment.risks.begin(), assessment.risks.end(), [](const auto& a, const auto& b) {
        return a.weight < b.weight;
    });
    return assessment;
}

}  // namespace fedtrail::reports
