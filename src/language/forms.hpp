/// Forms: how numbers and days are written in one language, from policies/texts/<language>/forms.json.

#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "fedtrail/core/result.hpp"
#include "fedtrail/core/time.hpp"

#include "language/flat_texts.hpp"
#include "language/plural.hpp"

namespace fedtrail::language {

/// Immutable; may be read from any thread.
class Forms {
public:
    using Day = std::chrono::year_month_day;

    /// Errors: Invalid (no object of texts, a text is missing or names something unknown, or the language's
    /// plural rule is not known).
    [[nodiscard]] static Result<Forms> parse(std::string_view language, std::string_view json);

    [[nodiscard]] const std::string& language() const { return language_; }
    [[nodiscard]] const PluralRule& plurals() const { return plurals_; }

    [[nodiscard]] std::string number(std::uint64_t value) const;  ///< "12,345"
    [[nodiscard]] std::string day(const Day& day) const;          ///< "22 November 2026"; "" for no real day.
    [[nodiscard]] std::string day(Instant at) const;              ///< In UTC.
    [[nodiscard]] std::string short_day(Instant at) const;        ///< "22 Nov 2026", UTC.
    [[nodiscard]] std::string month(Instant at) const;            ///< "November 2026", UTC.
    [[nodiscard]] std::string short_month(Instant at) const;      ///< "Nov 2026", UTC.
    [[nodiscard]] std::string moment(Instant at) const;           ///< "22 November 2026, 10:00 UTC"
    [[nodiscard]] const std::string& between() const;             ///< Between the parts of a list: ", ".
    /// Between the parts of a list that have commas of their own: "; ", in French " ; ".
    [[nodiscard]] const std::string& between_parts() const;
    [[nodiscard]] const std::string& colon() const;  ///< Behind a name: ":", in French " :".
    /// The number of an act of the Union, as "2002/2/EC" or "(EU) 2021/1772", with the letters that this
    /// language's edition of the Official Journal has in it.
    [[nodiscard]] std::string act(std::string_view number) const;
    /// The section of a text for this many: `section("more", 5)` is "more_other", in Polish "more_many".
    [[nodiscard]] std::string section(std::string_view name, std::uint64_t value) const;
    /// A section by number that `text` begins for some of the language's forms and not for all, as
    /// "more_few"; "" if there is none. A form without its section would be left out of the text in silence.
    [[nodiscard]] std::string missing_section(std::string_view text) const;

private:
    Forms() = default;
    [[nodiscard]] const std::string& at(std::string_view key) const;
    [[nodiscard]] std::string written(std::string_view pattern,
                                      std::string_view months,
                                      const Day& day) const;

    std::string language_;
    PluralRule plurals_;
    Texts texts_;
};

}  // namespace fedtrail::language
