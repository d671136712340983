/// Explicit consent of a person to transfers of their data to a third country (GDPR Art. 49(1)(a)).

#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "fedtrail/core/uri.hpp"
#include "fedtrail/privacy/country.hpp"
#include "fedtrail/privacy/disclosure.hpp"
#include "fedtrail/privacy/joined_hosts.hpp"
#include "fedtrail/privacy/legal_clock.hpp"
#include "fedtrail/records/recipient_card.hpp"

namespace fedtrail::records {

inline constexpr std::size_t kMaxEvidence = 1'000;  ///< Octets.

/// As the controller wrote it down. It always names a country: the person was told what it lacks.
struct Consent {
    privacy::SubjectNumber subject;
    std::uint64_t number{};  ///< From 1; given by the book.
    privacy::Country country;
    Host recipient{};  ///< Only it; empty: whoever is established in the country.
    privacy::Day given;
    std::optional<privacy::Day> withdrawn{};  ///< Art. 7(3): from this day on it carries nothing.
    std::string evidence{};                   ///< Where it can be read; "" after shredding. Sealed at rest.

    friend bool operator==(const Consent&, const Consent&) = default;
};

/// Whether a transfer on `day` to `recipient`, who is established in `country`, can rest on it. Ports do not
/// matter.
[[nodiscard]] bool carries(const Consent& consent,
                           const Host& recipient,
                           const privacy::Country& country,
                           const privacy::Day& day);

/// The same of a recipient by any of its hosts, where a consent changes what a transfer rests on.
[[nodiscard]] bool carries(const Consent& consent, const RecipientCard& card, const privacy::Day& day);

/// It, once for each host of its recipient; alone if it names none.
[[nodiscard]] std::vector<Consent> for_all_hosts(const Consent& consent, const privacy::JoinedHosts& joined);

}  // namespace fedtrail::records
