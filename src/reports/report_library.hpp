/// ReportLibrary: the texts of reports in every language there is.

#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "fedtrail/core/result.hpp"

#include "reports/paper_texts.hpp"
#include "reports/report_texts.hpp"

namespace fedtrail::reports {

/// The languages that reports are written in, by name: the folders in `policies`/texts. Errors: NotFound
/// (none).
[[nodiscard]] Result<std::vector<std::string>> report_languages(const std::string& policies);

/// Immutable after load(); may be read from any thread.
class ReportLibrary {
public:
    /// Reads every language. `usual` is the one for whoever asks for none. Errors: those of
    /// ReportTexts::load, NotFound (`usual` is none of them).
    [[nodiscard]] static Result<ReportLibrary> load(const std::string& policies, std::string_view usual);

    [[nodiscard]] const std::vector<std::string>& languages() const noexcept { return languages_; }
    [[nodiscard]] const std::string& usual() const noexcept { return usual_; }
    /// The texts in one of languages(); terminates for any other.
    [[nodiscard]] const ReportTexts& in(std::string_view language) const {
        return papers_in(language).shared();
    }
    /// The texts of the instance's own papers, likewise.
    [[nodiscard]] const PaperTexts& papers_in(std::string_view language) const;

private:
    ReportLibrary() = default;

    std::vector<std::string> languages_;
    std::string usual_;
    std::map<std::string, PaperTexts, std::less<>> texts_;
};

/// No report is written in `language`; the remedy names those there are.
[[nodiscard]] Error unknown_language(std::string_view language, const std::vector<std::string>& known);

}  // namespace fedtrail::reports
