/// Consents to transfers as JSON and in words; the same for the API and the command line.

#pragma once

#include <optional>
#include <span>
#include <string>

#include "fedtrail/core/result.hpp"
#include "fedtrail/privacy/transfer_basis.hpp"
#include "fedtrail/records/consent.hpp"

namespace fedtrail::api {

/// As somebody writes it.
struct ConsentWords {
    std::string country;    ///< "US"
    std::string recipient;  ///< "" is whoever is established there.
    std::string day;        ///< When it was given or withdrawn, "2026-11-22"; "" is today.
    std::string evidence;
};

struct ConsentOrder {
    privacy::Country country;
    Host recipient;
    privacy::Day day;
};

/// Errors: Invalid (which word, and how it is written).
[[nodiscard]] Result<ConsentOrder> read_consent(const ConsentWords& words, privacy::Day today);

/// Art. 49(1)(a) has no place within the EEA: nothing rests on such a consent. Errors: Invalid.
[[nodiscard]] Result<void> check_given(const ConsentOrder& order, const privacy::Adequacy& adequacy);

/// A body with the members of ConsentWords and no other; the day's name is "given" or "withdrawn". Errors:
/// Invalid.
[[nodiscard]] Result<ConsentWords> consent_body(const std::string& json, bool withdrawal);

/// One document as in schemas/cli/consents.schema.json.
[[nodiscard]] std::string consents_json(privacy::SubjectNumber subject,
                                        std::span<const records::Consent> consents);

}  // namespace fedtrail::api
