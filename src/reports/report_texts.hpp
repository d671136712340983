/// ReportTexts: the words, sentences and layout of a report, read from the policies directory.

#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "fedtrail/core/result.hpp"

#include "language/forms.hpp"
#include "reports/fill.hpp"
#include "reports/world_map.hpp"

namespace fedtrail::reports {

/// The layout of the page, the same in every language.
struct PageLayout {
    std::string before_rows;   ///< Mustache.
    std::string row;           ///< Mustache, once per recipient.
    std::string between_rows;  ///< Mustache, before those who have it from others alone.
    std::string after_rows;    ///< Mustache.
    std::string share;         ///< Mustache: a number of servers and its bar, `{{>share}}` in the others.
    std::string style;         ///< CSS.
    WorldMap map;
};

/// Immutable after load(); may be read from any thread.
class ReportTexts {
public:
    using Values = FillValues;
    using Count = FillCount;

    /// Reads `policies`/texts/`language`/{forms,transfer-report}.json and
    /// `policies`/layouts/transfer-report.*, and makes sure that every text a report can ask for is there,
    /// for every plural form of the language. Errors: NotFound (no such language), Invalid (a file cannot be
    /// read or lacks a text).
    [[nodiscard]] static Result<ReportTexts> load(const std::string& policies, std::string_view language);

    [[nodiscard]] const std::string& language() const noexcept { return forms_.language(); }
    /// How numbers and days are written.
    [[nodiscard]] const language::Forms& forms() const noexcept { return forms_; }
    [[nodiscard]] const PageLayout& layout() const noexcept { return layout_; }
    /// Every text by its dotted name ("evidence.sent.word").
    [[nodiscard]] const language::Texts& all() const noexcept { return texts_; }

    /// The text called `key`; terminates if load() did not demand it.
    [[nodiscard]] const std::string& at(std::string_view key) const;
    /// The text with every `{{name}}` replaced, nothing escaped: for plain text, not for a page. For a count
    /// "servers" of five, `{{servers}}` is "5 servers", `{{servers_n}}` is "5", and the section
    /// `{{#servers_other}}` is open (in Polish `{{#servers_many}}`): words that agree with it stand there.
    [[nodiscard]] std::string fill(std::string_view key,
                                   const Values& values,
                                   const std::vector<Count>& counts = {}) const;

    /// A number and its noun: `counted("servers", 1)` is "1 server".
    [[nodiscard]] std::string counted(std::string_view noun, std::uint64_t value) const;

private:
    ReportTexts(language::Forms forms, language::Texts texts, PageLayout layout);

    language::Forms forms_;
    language::Texts texts_;
    PageLayout layout_;
};

}  // namespace fedtrail::reports
