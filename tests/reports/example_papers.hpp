/// An operator, the servers that data went to, and the papers made of both.

#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "fedtrail/ports/ledger_reader.hpp"
#include "fedtrail/ports/recipient_register.hpp"

#include "reports/assessment.hpp"
#include "reports/operator_facts.hpp"
#include "reports/paper_texts.hpp"
#include "reports/privacy_notice.hpp"

namespace fedtrail::reports::test {

/// Gives recipients page by page, as a store does.
class RecipientLedger : public LedgerReader {
public:
    explicit RecipientLedger(std::vector<RecipientTotals> recipients);

    [[nodiscard]] Result<std::vector<PairAggregate>> recipients_of(privacy::SubjectNumber subject,
                                                                   const Window& window) const override;
    [[nodiscard]] Result<std::vector<privacy::SubjectNumber>> subjects_at(
        const Host& recipient) const override;
    [[nodiscard]] Result<std::vector<Holder>> holders_of(privacy::SubjectNumber subject,
                                                         const Uri& object) const override;
    [[nodiscard]] Result<std::vector<RecipientTotals>> recipients(std::string_view after,
                                                                  std::size_t limit) const override;
    [[nodiscard]] Result<LedgerTotals> totals() const override;

private:
    std::vector<RecipientTotals> recipients_;  ///< By host.
};

/// Knows the cards it was given; of every other host nothing.
class CardRegister : public RecipientRegister {
public:
    CardRegister() = default;
    explicit CardRegister(std::vector<records::RecipientCard> cards);

    [[nodiscard]] Result<std::vector<records::RecipientCard>> cards(std::span<const Host> hosts,
                                                                    privacy::Day transfer) const override;

private:
    std::map<std::string, records::RecipientCard> cards_;
};

[[nodiscard]] const PaperTexts& papers_in(std::string_view language);
/// NL is within the EEA, US and XK are not; periods as they are delivered.
[[nodiscard]] const PaperPolicies& example_policies();
/// An association in the Netherlands that has said all that both papers need, in every language.
[[nodiscard]] OperatorFacts example_facts();

[[nodiscard]] RecipientTotals totals_of(std::string_view host, std::uint64_t disclosures);
[[nodiscard]] records::RecipientCard card_of(std::string_view host,
                                             std::string_view country,
                                             privacy::BasisKind basis,
                                             std::string software);

/// Seven servers: two countries and none, a relay, a single person's, an alias, one with unread connections
/// only.
[[nodiscard]] std::vector<RecipientTotals> example_totals();
[[nodiscard]] CardRegister example_register();

/// As much as can be said of a recipient at once: every point, topic and state, many hosts and texts.
[[nodiscard]] Assessment long_assessment(const PaperTexts& texts);

[[nodiscard]] PrivacyNotice notice_of(const OperatorFacts& facts, const PaperTexts& texts);

}  // namespace fedtrail::reports::test
