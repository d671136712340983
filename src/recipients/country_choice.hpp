/// Which of several findings about an operator's country is believed, and how far. Pure.

#pragma once

#include <chrono>
#include <span>
#include <string>

#include "fedtrail/core/time.hpp"
#include "fedtrail/ports/address_countries.hpp"
#include "fedtrail/privacy/legal_clock.hpp"
#include "fedtrail/records/recipient_card.hpp"

#include "recipients/delivery_networks.hpp"
#include "recipients/imprint_words.hpp"

namespace fedtrail::recipients {

/// In UTC.
[[nodiscard]] inline privacy::Day day_of(Instant at) {
    return privacy::Day{std::chrono::floor<std::chrono::days>(at)};
}

/// A registration is believed for so long after it was looked up: domains change hands, and owners move.
inline constexpr std::chrono::months kRegistrationHolds{24};

/// The strongest source (the order of records::CountrySource), of two of one kind the surer, else the first;
/// but what the controller did not find out themselves sinks to Low confidence if another source that is
/// better than a hint contradicts it, and a registration that was looked up more than kRegistrationHolds
/// before `today` does in any case; `why` says so.
[[nodiscard]] records::CountryFinding choose_country(std::span<const records::CountryFinding> findings,
                                                     const privacy::Day& today);

/// Whether `finding` is a registration that is too old to rest on.
[[nodiscard]] bool is_dated(const records::CountryFinding& finding, const privacy::Day& today);

/// What the server says in a field made for it: a code or a name. Without a country if it says none.
[[nodiscard]] records::CountryFinding declared_country(const std::string& text,
                                                       std::optional<Instant> known_at,
                                                       const ImprintWords& words);

struct AddressHint {
    records::CountryFinding finding;  ///< HostingAddress; without a country if the addresses say none.
    std::string delivery;  ///< The delivery network that stands before the server; then nothing is hinted at.
};

/// `countries` may be null: then only delivery networks are seen. Errors: Corrupt.
[[nodiscard]] Result<AddressHint> address_hint(std::span<const std::string> addresses,
                                               std::optional<Instant> known_at,
                                               const DeliveryNetworks& networks,
                                               const AddressCountries* countries);

}  // namespace fedtrail::recipients
