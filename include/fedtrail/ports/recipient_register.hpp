/// Who the recipients are and on what a transfer to them rests, joined.

#pragma once

#include <span>
#include <vector>

#include "fedtrail/core/result.hpp"
#include "fedtrail/core/uri.hpp"
#include "fedtrail/privacy/legal_clock.hpp"
#include "fedtrail/records/recipient_card.hpp"

namespace fedtrail {

/// Thread-safe. Errors of all: Unavailable, Corrupt.
class RecipientRegister {
public:
    RecipientRegister() = default;
    RecipientRegister(const RecipientRegister&) = delete;
    RecipientRegister& operator=(const RecipientRegister&) = delete;
    RecipientRegister(RecipientRegister&&) = delete;
    RecipientRegister& operator=(RecipientRegister&&) = delete;
    virtual ~RecipientRegister() = default;

    /// The cards of `hosts`, in their order, with the basis of a transfer made on the day `transfer`. A host
    /// that nothing is known of has a card that says so.
    [[nodiscard]] virtual Result<std::vector<records::RecipientCard>> cards(std::span<const Host> hosts,
                                                                            privacy::Day transfer) const = 0;
};

}  // namespace fedtrail
