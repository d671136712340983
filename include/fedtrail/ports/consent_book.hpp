/// Where the consents of people to transfers are kept (GDPR Art. 49(1)(a)).

#pragma once

#include <vector>

#include "fedtrail/core/result.hpp"
#include "fedtrail/core/time.hpp"
#include "fedtrail/records/consent.hpp"

namespace fedtrail {

/// Every change has a leaf in the log, in the transaction that makes it, and counts in
/// ObjectionBook::generation(). Thread-safe; several processes may share it. Errors of all: Unavailable,
/// Corrupt.
class ConsentBook {
public:
    ConsentBook() = default;
    ConsentBook(const ConsentBook&) = delete;
    ConsentBook& operator=(const ConsentBook&) = delete;
    ConsentBook(ConsentBook&&) = delete;
    ConsentBook& operator=(ConsentBook&&) = delete;
    virtual ~ConsentBook() = default;

    /// With its number. `at` is now. Errors: also NotFound (the person has no key), Conflict (they have
    /// consented to the same and not withdrawn it), Invalid (no evidence, or more than kMaxEvidence; a day
    /// that has not come; withdrawn already).
    [[nodiscard]] virtual Result<records::Consent> give(records::Consent consent, Instant at) = 0;
    /// The one that stands for `country` and `recipient`; it is kept. Errors: also NotFound (none stands),
    /// Invalid (the day lies before it was given, or has not come).
    [[nodiscard]] virtual Result<records::Consent> withdraw(privacy::SubjectNumber subject,
                                                            const privacy::Country& country,
                                                            const Host& recipient,
                                                            const privacy::Day& day,
                                                            Instant at) = 0;
    /// Oldest first, withdrawn ones too.
    [[nodiscard]] virtual Result<std::vector<records::Consent>> consents(
        privacy::SubjectNumber subject) const = 0;
    /// Everybody's, without their evidence.
    [[nodiscard]] virtual Result<std::vector<records::Consent>> consents() const = 0;
};

}  // namespace fedtrail
