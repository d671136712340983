/// What people write about a request, turned into values; the same for REST and the command line.

#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "fedtrail/core/result.hpp"
#include "fedtrail/core/time.hpp"
#include "fedtrail/records/erasure.hpp"

#include "erasure/legal_calendar.hpp"

namespace fedtrail::api {

struct ScopeWords {
    std::vector<std::string> objects;     ///< URIs.
    std::string before;                   ///< As moment_of() reads it; "" is none.
    std::vector<std::string> categories;  ///< "post_text", "media", …
    std::vector<std::string> recipients;  ///< Hosts.
};

/// Errors: Invalid (something that does not parse, or objects together with a rule that chooses objects).
[[nodiscard]] Result<records::ErasureScope> scope_of(const ScopeWords& words,
                                                     const erasure::LegalCalendar& calendar);

/// Errors: Invalid, without the text that is no URI: it may be somebody's.
[[nodiscard]] Result<std::vector<Personal<std::string>>> objects_of(std::span<const std::string> texts);
/// "profile, handle, …", all that there are.
[[nodiscard]] std::string known_categories();
/// Errors: Invalid, with all known names.
[[nodiscard]] Result<fediverse::CategorySet> categories_of(std::span<const std::string> names);
/// A day ("2026-11-22", its first moment where the controller is, but never before 1970 in UTC) or a moment
/// (RFC 3339). `name` stands in the error.
[[nodiscard]] Result<Instant> moment_of(std::string_view text,
                                        std::string_view name,
                                        const erasure::LegalCalendar& calendar);
/// Messages a second. Errors: Invalid (it is not from 1 to a million).
[[nodiscard]] Result<std::uint32_t> rate_of(std::int64_t number, std::string_view name);
/// Errors: Invalid (it is no whole number above 0).
[[nodiscard]] Result<std::uint64_t> number_of(std::string_view text, std::string_view name);

}  // namespace fedtrail::api
