/// FederationFigures: to whom data of everybody here went, added up for papers about the instance. No data
/// subject is in it, and by name no server that is, or may be, a single person's.

#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "fedtrail/core/result.hpp"
#include "fedtrail/core/time.hpp"
#include "fedtrail/core/uri.hpp"
#include "fedtrail/fediverse/category.hpp"
#include "fedtrail/ports/ledger_reader.hpp"
#include "fedtrail/ports/recipient_register.hpp"
#include "fedtrail/privacy/country.hpp"
#include "fedtrail/privacy/disclosure.hpp"
#include "fedtrail/privacy/transfer_basis.hpp"

namespace fedtrail::reports {

/// Recipients whose operator is established in one country and whose transfer rests on one basis, one
/// decision, one article.
struct CountryShare {
    std::optional<privacy::Country> country;  ///< Absent: not known.
    std::optional<privacy::Country> hint;     ///< Not known, and this is where a hint points to.
    privacy::BasisKind basis{privacy::BasisKind::Undocumented};
    std::string decision;  ///< The adequacy decision's number; "" if it rests on none.
    std::string article;   ///< "49(1)(c)": what the controller declared; "" if nothing.
    std::uint64_t servers{};
    std::vector<std::string> documents{};  ///< Where what was declared is written down; none twice.
};

struct SoftwareShare {
    std::string software;  ///< "" is not known.
    std::uint64_t servers{};
};

struct LargeRecipient {
    Host host;
    std::string software;
    std::optional<privacy::Country> country;  ///< Both as CountryShare has them.
    std::optional<privacy::Country> hint;
    privacy::BasisKind basis{privacy::BasisKind::Undocumented};
    std::string decision;  ///< As CountryShare has them.
    std::string article;
    std::uint64_t disclosures{};
};

struct FederationFigures {
    std::optional<Instant> since;  ///< The first disclosure; absent: there is none.
    std::uint64_t recipients{};    ///< Servers that received something; one with several hosts is one.
    std::uint64_t disclosures{};
    std::uint64_t countries{};             ///< Known ones.
    std::uint64_t passing_on{};            ///< Of the recipients: relays, bridges, servers with communities.
    std::uint64_t undocumented{};          ///< Of the recipients: no basis on record.
    std::uint64_t undocumented_nowhere{};  ///< Of these: the country is not known either.
    std::uint64_t unread{};                ///< Servers to which nothing but unread connections went.
    fediverse::CategorySet categories;
    privacy::ChannelSet channels;
    std::vector<CountryShare> places;     ///< Most servers first; hints and the unknown last.
    std::vector<SoftwareShare> software;  ///< Most servers first; the unknown last.
    std::vector<LargeRecipient> largest;  ///< Most disclosures first.
};

/// Reads all recipients, page by page. Memory grows with the number of their hosts, not with the disclosures.
/// Errors: those of the two.
[[nodiscard]] Result<FederationFigures> federation_figures(const LedgerReader& ledger,
                                                           const RecipientRegister& recipients,
                                                           privacy::Day today,
                                                           std::size_t largest);

}  // namespace fedtrail::reports
