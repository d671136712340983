#include "fedtrail/records/consent.hpp"

#include <algorithm>
#include <utility>

namespace fedtrail::records {

bool carries(const Consent& consent,
             const Host& recipient,
             const privacy::Country& country,
             const privacy::Day& day) {
    return consent.country == country &&
           (consent.recipient.empty() ||
            privacy::without_port(consent.recipient) == privacy::without_port(recipient)) &&
           consent.given <= day && (!consent.withdrawn || day < *consent.withdrawn);
}

bool carries(const Consent& consent, const RecipientCard& card, const privacy::Day& day) {
    const auto to = [&](const Host& host) { return carries(consent, host, card.if_consented->country, day); };
    return card.if_consented &&
           (to(card.host) || std::any_of(card.aliases.begin(), card.aliases.end(), [&](const auto& alias) {
                return to(alias.host);
            }));
}

std::vector<Consent> for_all_hosts(const Consent& consent, const privacy::JoinedHosts& joined) {
    if (consent.recipient.empty()) {
        return {consent};
    }
    std::vector<Consent> all;
    for (const auto& name : joined.names_of(consent.recipient)) {
        if (auto host = Host::parse(name)) {
            all.push_back(consent);
            all.back().recipient = std::move(*host);
        }
    }
    return all;
}

}  // namespace fedtrail::records
