/// A look at a person's data by somebody who is not that person, or by them.

#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "fedtrail/core/result.hpp"
#include "fedtrail/core/time.hpp"
#include "fedtrail/privacy/disclosure.hpp"

namespace fedtrail::records {

inline constexpr std::size_t kMaxAccessWords = 2'000;  ///< Octets of a reason, as it is stored.
inline constexpr std::size_t kMaxReason = 1'000;       ///< Octets of a reason, as it is taken.

/// Who looked, as the book says it.
namespace looker {
inline constexpr std::string_view kSelf = "self";     ///< The person, with a token of their own.
inline constexpr std::string_view kOperator = "cli";  ///< Before ":" and their name; see by.hpp.
inline constexpr std::string_view kProgram = "api:";  ///< Before the id of a token.
}  // namespace looker

/// What was looked at. Every word has a text in each language
/// (policies/texts/<language>/transfer-report.json).
namespace looked {
inline constexpr std::string_view kReport = "report";    ///< Who got what; the items among it.
inline constexpr std::string_view kName = "name";        ///< The handle and the actor URI.
inline constexpr std::string_view kObjects = "objects";  ///< The addresses of what a request is about.
inline constexpr std::string_view kAnswer = "answer";    ///< The answer to a request.
inline constexpr std::string_view kDisclosures = "disclosures";  ///< Which servers got something.
inline constexpr std::string_view kBundle = "bundle";            ///< An audit bundle with everything known.
inline constexpr std::string_view kObjections = "objections";    ///< To whom nothing of theirs goes, and why.
inline constexpr std::string_view kConsents = "consents";        ///< To which transfers they consented.
inline constexpr std::string_view kRequest = "request";          ///< What became of a request, by number.
inline constexpr std::string_view kPlan = "plan";  ///< What an erasure would send, and to which servers.
}  // namespace looked

/// Who looked, when, at what, and why (GDPR Art. 32; CJEU C-579/21). It belongs to the person's own report.
struct Access {
    privacy::SubjectNumber subject;
    Instant at{};
    std::string what;  ///< One of `looked`.
    std::string by;    ///< "self", or as by.hpp says.
    std::string why;   ///< What they stated; "" if nothing: purpose_of() is the why then. Sealed at rest.
    bool revealed{};   ///< The name behind the number was shown.
    bool why_lost{};   ///< They stated something; it, or the person's key, is damaged.

    friend bool operator==(const Access&, const Access&) = default;
};

/// A reason without the blanks around it; "" of blanks alone. Errors: Invalid (longer than kMaxReason, not
/// UTF-8, control characters in it). It goes to the person whose data is looked at.
[[nodiscard]] Result<std::string> parse_reason(std::string_view text);

/// The reason of a look that a request asks for, where nobody gave another: "request 7".
[[nodiscard]] std::string because_of_request(std::uint64_t number);
/// The number in such a reason; nothing of any other.
[[nodiscard]] std::optional<std::uint64_t> request_in_reason(std::string_view why);

}  // namespace fedtrail::records
