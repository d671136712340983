/// PaperTexts: the words of the instance's own papers in one language.

#pragma once

#include <string>
#include <string_view>

#include "fedtrail/core/result.hpp"

#include "reports/citation.hpp"
#include "reports/fill.hpp"
#include "reports/report_texts.hpp"

namespace fedtrail::reports {

/// The layout of a paper's page, the same in every language.
struct PaperLayout {
    std::string page;   ///< Mustache.
    std::string style;  ///< CSS.
};

/// Immutable after load(); may be read from any thread.
class PaperTexts {
public:
    /// Reads `policies`/texts/<language>/papers.json and `policies`/layouts/paper.*, and makes sure that
    /// every text a paper can ask for is there. What is not in it (kinds of data, evidence, nouns) is taken
    /// from `shared`, in the same language. Errors: Invalid (a file cannot be read or lacks a text).
    [[nodiscard]] static Result<PaperTexts> load(const std::string& policies, ReportTexts shared);

    [[nodiscard]] const std::string& language() const noexcept { return shared_.language(); }
    [[nodiscard]] const language::Forms& forms() const noexcept { return shared_.forms(); }
    [[nodiscard]] const PaperLayout& layout() const noexcept { return layout_; }
    /// The texts of papers alone, by their dotted names.
    [[nodiscard]] const language::Texts& all() const noexcept { return texts_; }
    [[nodiscard]] const ReportTexts& shared() const noexcept { return shared_; }

    /// Whether there is a text called `key`.
    [[nodiscard]] bool has(std::string_view key) const;
    /// The text called `key`; terminates if load() did not demand it.
    [[nodiscard]] const std::string& at(std::string_view key) const;
    /// As ReportTexts::fill; values lose what would make a reference of them.
    [[nodiscard]] std::string fill(std::string_view key,
                                   const FillValues& values,
                                   const std::vector<FillCount>& counts = {}) const;
    /// A number and its noun.
    [[nodiscard]] std::string counted(std::string_view noun, std::uint64_t value) const;

    /// "13(1)(a)" as this language writes it, and where it can be read.
    [[nodiscard]] Citation cite(std::string_view article) const;
    /// `text` with its references in words.
    [[nodiscard]] std::string plain(std::string_view text) const;

private:
    PaperTexts(ReportTexts shared, language::Texts texts, PaperLayout layout);

    ReportTexts shared_;
    language::Texts texts_;
    PaperLayout layout_;
};

}  // namespace fedtrail::reports
