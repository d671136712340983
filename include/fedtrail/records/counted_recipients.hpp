/// Counts recipients where hosts come one after the other.

#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "fedtrail/privacy/basis_order.hpp"
#include "fedtrail/privacy/joined_hosts.hpp"
#include "fedtrail/records/recipient_card.hpp"

namespace fedtrail::records {

/// One recipient with all of its hosts that were counted.
struct CountedRecipient {
    privacy::TransferBasis
        basis;  ///< The weakest of any of its hosts: that is what a transfer to it rests on.
    std::optional<privacy::Country> country{};  ///< With that basis; as established_in().
    std::optional<privacy::Country> hint{};     ///< The same, as hinted_in().
    std::string software{};                     ///< Of the first host that says it; "" is unknown.
    bool passes_on{};                           ///< Any of them does; passes_on_as().
    std::uint64_t disclosures{};                ///< To all of them.
};

/// A recipient with several hosts is one, whichever of them comes first; ports do not matter.
class CountedRecipients {
public:
    void add(const RecipientCard& card, privacy::ChannelSet channels, std::uint64_t disclosures) {
        join(joined_, card);
        const CountedRecipient one{card.basis,
                                   established_in(card.country),
                                   hinted_in(card.country),
                                   card.software,
                                   !passes_on_as(card.marks, channels).empty(),
                                   disclosures};
        rows_.emplace_back(privacy::without_port(card.host), one);
    }

    /// In the order of their first hosts. Nothing is left here.
    [[nodiscard]] std::vector<CountedRecipient> take() {
        std::vector<CountedRecipient> recipients;
        std::unordered_map<std::string, std::size_t> places;
        for (auto& [name, row] : rows_) {
            const auto names = joined_.names(name);
            const auto [place, is_new] =
                places.try_emplace(names.empty() ? name : names.front(), recipients.size());
            if (is_new) {
                recipients.push_back(std::move(row));
            } else {
                merge(recipients[place->second], row);
            }
        }
        rows_.clear();
        joined_ = {};
        return recipients;
    }

private:
    static void merge(CountedRecipient& recipient, const CountedRecipient& more) {
        if (privacy::is_weaker(more.basis.kind, recipient.basis.kind)) {
            recipient.basis = more.basis;
            recipient.country = more.country;
            recipient.hint = more.hint;
        }
        if (recipient.software.empty()) {
            recipient.software = more.software;
        }
        recipient.passes_on = recipient.passes_on || more.passes_on;
        recipient.disclosures += more.disclosures;
    }

    privacy::JoinedHosts joined_;
    std::vector<std::pair<std::string, CountedRecipient>> rows_;  ///< By name, without its port.
};

}  // namespace fedtrail::records
