/// The recipients of the ledger with their cards, page by page, and those of them that are asked for.

#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "fedtrail/ports/block_book.hpp"
#include "fedtrail/ports/ledger_reader.hpp"
#include "fedtrail/ports/recipient_directory.hpp"
#include "fedtrail/ports/recipient_register.hpp"

namespace fedtrail::recipients {

/// All that are given must hold.
struct ListFilter {
    /// Where the operator is, by a hint of any confidence; empty in the outer optional: not asked for, in the
    /// inner one: not known.
    std::optional<std::optional<privacy::Country>> country;
    std::optional<privacy::BasisKind> basis;
    std::optional<std::string> software;  ///< As NodeInfo names it; "" is not known.
    bool blocked{};                       ///< Some list blocks it.
};

/// `country`: ISO 3166-1 or "unknown"; `basis`: as printed; `software`: a name or "unknown"; "" asks for
/// none. Errors: Invalid.
[[nodiscard]] Result<ListFilter> list_filter(std::string_view country,
                                             std::string_view basis,
                                             std::string_view software);

struct ListedRecipient {
    RecipientTotals totals;
    records::RecipientCard card;
    std::optional<records::RecipientBlock> blocked;
};

struct RecipientPage {
    std::vector<ListedRecipient> recipients;
    std::string next;  ///< Go on after this host; "" at the end.
};

struct ListPorts {
    const LedgerReader& ledger;
    const RecipientRegister& cards;
    const BlockBook& blocks;
};

/// With the basis of a transfer on the day `transfer`. Errors: Unavailable, Corrupt.
[[nodiscard]] Result<RecipientPage> list_recipients(const ListPorts& ports,
                                                    const ListFilter& filter,
                                                    std::string_view after,
                                                    std::size_t limit,
                                                    privacy::Day transfer);

/// The totals of one host; nothing if the ledger knows of no delivery to it. Errors: Unavailable, Corrupt.
[[nodiscard]] Result<std::optional<RecipientTotals>> totals_of(const LedgerReader& ledger, const Host& host);

/// As RecipientDirectory::by_software(), but `hosts` counts the recipients of the ledger alone: a server that
/// was only asked about is none. Software that no recipient runs and that was told nothing is left out.
/// Errors: Unavailable, Corrupt.
[[nodiscard]] Result<std::map<std::string, SoftwareRecord>> software_of_recipients(
    const LedgerReader& ledger, const RecipientDirectory& directory);

}  // namespace fedtrail::recipients
