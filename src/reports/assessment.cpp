#include "reports/assessment.hpp"

#include <algorithm>
#include <array>

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

Result<std::optional<std::uint64_t>> objects_at(const LedgerReader& ledger, const Host& host) {
    const auto subjects = ledger.subjects_at(host);
    if (!subjects) {
        return fail(subjects);
    }
    if (subjects->size() > kMostSubjectsCounted) {
        return std::optional<std::uint64_t>{};
    }
    std::uint64_t objects = 0;
    for (const auto subject : *subjects) {
        const auto pairs = ledger.recipients_of(subject, {});
        if (!pairs) {
            return fail(pairs);
        }
        for (const auto& pair : *pairs) {
            objects += pair.recipient == host ? pair.objects : 0;
        }
    }
    return std::optional{objects};
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

Result<void> read_all(const Host& host, const AssessmentSources& sources, Assessment& assessment) {
    const privacy::Day today{std::chrono::floor<std::chrono::days>(sources.now)};
    const std::array hosts{host};
    auto cards = sources.recipients.cards(hosts, today);
    auto totals = totals_at(sources.ledger, host);
    auto policy = sources.policies.history(host);
    if (!cards || !totals || !policy) {
        return !cards ? Result<void>{fail(cards)} : !totals ? Result<void>{fail(totals)} : fail(policy);
    }
    assessment.card = std::move(cards->front());
    assessment.totals = std::move(*totals);
    assessment.policy = std::move(*policy);
    if (assessment.totals) {
        const auto objects = objects_at(sources.ledger, host);
        if (!objects) {
            return fail(objects);
        }
        assessment.objects = *objects;
    }
    return count_notices(sources.notices, host, assessment.notices);
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
