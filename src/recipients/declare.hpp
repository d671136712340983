/// Writing down what the controller declares of recipients.

#pragma once

#include <span>
#include <string>
#include <vector>

#include "fedtrail/core/time.hpp"
#include "fedtrail/ports/declaration_book.hpp"
#include "fedtrail/ports/recipient_directory.hpp"

#include "recipients/declaration.hpp"

namespace fedtrail::recipients {

struct DeclareOrder {
    Host host;
    std::vector<WantedWord> words;
    std::string by;      ///< Who says it.
    std::string reason;  ///< Why; must be there.
};

/// Of each host by itself. All of it or nothing. How many hosts changed. Errors: Invalid (a host, no reason,
/// and those of plan_words()), Unavailable, Corrupt.
[[nodiscard]] Result<std::size_t> declare(DeclarationBook& book,
                                          std::span<const DeclareOrder> orders,
                                          std::span<const std::string> facts,
                                          Instant now);

/// Of recipients: a recipient has one declaration, whichever of its hosts it is named by. What an order says,
/// or takes back, stands at its host alone afterwards, with what hangs on it and stood at others; an inbox is
/// of each host by itself. Orders count in their order: a later one finds what an earlier one made of the
/// recipient, whichever host it names. Errors: also those of the directory.
[[nodiscard]] Result<std::size_t> declare(DeclarationBook& book,
                                          const RecipientDirectory& directory,
                                          std::span<const DeclareOrder> orders,
                                          std::span<const std::string> facts,
                                          Instant now);

/// Whether declare() would take them; writes nothing. Errors: as declare().
[[nodiscard]] Result<void> rehearse(const DeclarationBook& book,
                                    const RecipientDirectory& directory,
                                    std::span<const DeclareOrder> orders,
                                    std::span<const std::string> facts,
                                    Instant now);

}  // namespace fedtrail::recipients
