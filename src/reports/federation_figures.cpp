#include "reports/federation_figures.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

#include "fedtrail/records/counted_recipients.hpp"
#include "fedtrail/records/recipient_label.hpp"

namespace fedtrail::reports {

namespace {

/// Each page merges the open part of the ledger anew: few large ones take a tenth less than many small ones.
constexpr std::size_t kRecipientsAtOnce = 20'000;
/// What servers call themselves is theirs to choose: beyond so many kinds the rest is "not known".
constexpr std::size_t kMostSoftware = 1'000;

using Place = std::tuple<std::optional<privacy::Country>,
                         std::optional<privacy::Country>,
                         privacy::BasisKind,
                         std::string,
                         std::string>;

struct There {
    std::uint64_t servers{};
    std::set<std::string> documents;
};

/// A decision that does not cover the recipient is nothing to rest on.
std::string decision_of(const privacy::TransferBasis& basis) {
    const bool rests =
        basis.kind == privacy::BasisKind::Adequacy || basis.kind == privacy::BasisKind::AdequacyUnverified;
    return rests ? basis.decision : std::string{};
}

/// Adds up one host after the other, and each recipient once.
class Sum {
public:
    explicit Sum(std::size_t largest) : most_(largest) {}

    void add(const RecipientTotals& totals, const records::RecipientCard& card) {
        auto& figures = figures_;
        figures.disclosures += totals.disclosures;
        figures.categories.add(totals.categories);
        figures.channels.add(totals.channels);
        figures.since = figures.since ? std::min(*figures.since, totals.first) : totals.first;
        recipients_.add(card, totals.channels, totals.disclosures);
        if (records::may_be_named(card)) {
            keep(totals, card);
        }
    }

    void add_unread() { ++figures_.unread; }

    [[nodiscard]] FederationFigures take() {
        for (const auto& recipient : recipients_.take()) {
            count(recipient);
        }
        std::set<privacy::Country> countries;
        for (const auto& [place, there] : places_) {
            const auto& [country, hint, basis, decision, article] = place;
            figures_.places.push_back({country,
                                       hint,
                                       basis,
                                       decision,
                                       article,
                                       there.servers,
                                       {there.documents.begin(), there.documents.end()}});
            if (country) {
                countries.insert(*country);
            }
        }
        figures_.countries = countries.size();
        for (const auto& [software, servers] : software_) {
            figures_.software.push_back({software, servers});
        }
        std::stable_sort(figures_.places.begin(), figures_.places.end(), [](const auto& a, const auto& b) {
            return std::tuple{!a.country, !a.country && !a.hint, b.servers} <
                   std::tuple{!b.country, !b.country && !b.hint, a.servers};
        });
        std::stable_sort(
            figures_.software.begin(), figures_.software.end(), [](const auto& a, const auto& b) {
                return std::tuple{a.software.empty(), b.servers} < std::tuple{b.software.empty(), a.servers};
            });
        std::sort(figures_.largest.begin(), figures_.largest.end(), larger);
        return std::move(figures_);
    }

private:
    void count(const records::CountedRecipient& recipient) {
        const auto& basis = recipient.basis;
        ++figures_.recipients;
        const bool undocumented = basis.kind == privacy::BasisKind::Undocumented;
        figures_.undocumented += undocumented ? 1U : 0U;
        figures_.undocumented_nowhere += undocumented && !recipient.country ? 1U : 0U;
        figures_.passing_on += recipient.passes_on ? 1U : 0U;
        auto& there =
            places_[{recipient.country, recipient.hint, basis.kind, decision_of(basis), basis.article}];
        ++there.servers;
        if (!basis.document.empty()) {
            there.documents.insert(basis.document);
        }
        ++software_[known(recipient.software)];
    }

    static bool larger(const LargeRecipient& a, const LargeRecipient& b) {
        return a.disclosures != b.disclosures ? a.disclosures > b.disclosures : a.host < b.host;
    }

    [[nodiscard]] std::string known(const std::string& software) const {
        const bool room = software_.size() < kMostSoftware || software_.find(software) != software_.end();
        return room ? software : "";
    }

    /// The largest so far, the least of them at the front (a heap).
    void keep(const RecipientTotals& totals, const records::RecipientCard& card) {
        auto& largest = figures_.largest;
        LargeRecipient one{totals.recipient,
                           card.software,
                           records::established_in(card.country),
                           records::hinted_in(card.country),
                           card.basis.kind,
                           decision_of(card.basis),
                           card.basis.article,
                           totals.disclosures};
        if (largest.size() == most_ && (most_ == 0 || !larger(one, largest.front()))) {
            return;
        }
        if (largest.size() == most_) {
            std::pop_heap(largest.begin(), largest.end(), larger);
            largest.pop_back();
        }
        largest.push_back(std::move(one));
        std::push_heap(largest.begin(), largest.end(), larger);
    }

    std::size_t most_;
    FederationFigures figures_;
    records::CountedRecipients recipients_;
    std::map<Place, There> places_;
    std::map<std::string, std::uint64_t> software_;
};

Result<void> add_page(const std::vector<RecipientTotals>& page,
                      const RecipientRegister& recipients,
                      privacy::Day today,
                      Sum& sum) {
    std::vector<Host> hosts;
    hosts.reserve(page.size());
    for (const auto& each : page) {
        hosts.push_back(each.recipient);
    }
    const auto cards = recipients.cards(hosts, today);
    if (!cards) {
        return fail(cards);
    }
    for (std::size_t i = 0; i < page.size(); ++i) {
        if (page[i].disclosures > 0) {
            sum.add(page[i], cards->at(i));
        } else {
            sum.add_unread();
        }
    }
    return {};
}

}  // namespace

Result<FederationFigures> federation_figures(const LedgerReader& ledger,
                                             const RecipientRegister& recipients,
                                             privacy::Day today,
                                             std::size_t largest) {
    Sum sum{largest};
    std::string after;
    while (true) {
        const auto page = ledger.recipients(after, kRecipientsAtOnce);
        if (!page) {
            return fail(page);
        }
        if (page->empty()) {
            return sum.take();
        }
        if (auto added = add_page(*page, recipients, today, sum); !added) {
            return fail(added);
        }
        after = page->back().recipient.text();
    }
}

}  // namespace fedtrail::reports
