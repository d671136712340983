/// Walks through the ledger's recipients page by page.

#pragma once

#include <cstddef>
#include <string>

#include "fedtrail/core/result.hpp"
#include "fedtrail/ports/ledger_reader.hpp"

namespace fedtrail::recipients {

inline constexpr std::size_t kRecipientPage = 1'000;

/// Gives every page to `take`, which returns Result<void>; a failure ends it. Errors: those of the ledger and
/// of `take`.
template <typename Take>
[[nodiscard]] Result<void> for_each_page(const LedgerReader& ledger, const Take& take) {
    std::string after;
    for (;;) {
        const auto page = ledger.recipients(after, kRecipientPage);
        if (!page) {
            return fail(page);
        }
        if (Result<void> taken = take(*page); !taken) {
            return taken;
        }
        if (page->size() < kRecipientPage) {
            return {};
        }
        after = page->back().recipient.text();
    }
}

}  // namespace fedtrail::recipients
