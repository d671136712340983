/// ReportTexts: the words, sentences and layout of a report, read from the policies directory.

#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "fedtrail/core/result.hpp"
#include "fedtrail/core/time.hpp"

namespace fedtrail::reports {

/// The layout of the page, the same in every language.
struct PageLayout {
    std::string before_rows;  ///< Mustache.
    std::string row;          ///< Mustache, once per recipient.
    std::string after_rows;   ///< Mustache.
    std::string style;        ///< CSS.
};

/// Immutable after load(); may be read from any thread.
class ReportTexts {
public:
    /// Names and what to put in their place.
    using Values = std::vector<std::pair<std::string, std::string>>;

    /// Reads `policies`/texts/`language`/transfer-report.json and `policies`/layouts/transfer-report.*, and
    /// makes sure that every text a report can ask for is there.
    /// Errors: NotFound (no such language), Invalid (a file cannot be read or lacks a text).
    [[nodiscard]] static Result<ReportTexts> load(const std::string& policies, std::string_view language);

    [[nodiscard]] const std::string& language() const noexcept { return language_; }
    [[nodiscard]] const PageLayout& layout() const noexcept { return layout_; }
    /// Every text by its dotted name ("evidence.sent.word").
    [[nodiscard]] const std::map<std::string, std::string, std::less<>>& all() const noexcept {
        return texts_;
    }

    /// The text called `key`; terminates if load() did not demand it.
    [[nodiscard]] const std::string& at(std::string_view key) const;
    /// The text with every `{{name}}` replaced, nothing escaped: for plain text, not for a page.
    [[nodiscard]] std::string fill(std::string_view key, const Values& values) const;

    [[nodiscard]] std::string number(std::uint64_t value) const;  ///< "12,345"
    /// A number and its noun: `counted("servers", 1)` is "1 server".
    [[nodiscard]] std::string counted(std::string_view noun, std::uint64_t value) const;
    [[nodiscard]] std::string day(Instant at) const;          ///< "22 November 2026", UTC.
    [[nodiscard]] std::string short_day(Instant at) const;    ///< "22 Nov 2026", UTC.
    [[nodiscard]] std::string month(Instant at) const;        ///< "November 2026", UTC.
    [[nodiscard]] std::string short_month(Instant at) const;  ///< "Nov 2026", UTC.
    [[nodiscard]] std::string moment(Instant at) const;       ///< "22 November 2026, 10:00 UTC".
                                                              ///< "November 2026", UTC.

private:
    ReportTexts() = default;

    std::string language_;
    std::map<std::string, std::string, std::less<>> texts_;
    PageLayout layout_;
};

}  // namespace fedtrail::reports
