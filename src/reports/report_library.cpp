#include "reports/report_library.hpp"

#include <algorithm>
#include <exception>
#include <filesystem>

#include "language/choice.hpp"
#include "language/tag.hpp"

namespace fedtrail::reports {

namespace fs = std::filesystem;

Result<std::vector<std::string>> report_languages(const std::string& policies) {
    std::vector<std::string> languages;
    std::error_code fault;
    for (const auto& folder : fs::directory_iterator{fs::path{policies} / "texts", fault}) {
        const auto name = folder.path().filename().string();
        if (language::is_tag(name) && fs::exists(folder.path() / "transfer-report.json", fault)) {
            languages.push_back(name);
        }
    }
    if (languages.empty()) {
        return fail(ErrorKind::NotFound,
                    policies + "/texts has the texts of reports in no language",
                    "restore the folder from the release");
    }
    std::sort(languages.begin(), languages.end());
    return languages;
}

Error unknown_language(std::string_view language, const std::vector<std::string>& known) {
    const bool tag = language::is_tag(language);
    return {ErrorKind::NotFound,
            tag ? "there are no texts in the language \"" + std::string{language} + "\""
                : "what was given as a language is none",
            "Take one of these: " + language::listed(known) +
                (tag ? "." : "; before a country there is a hyphen, as in de-AT.")};
}

Result<ReportLibrary> ReportLibrary::load(const std::string& policies, std::string_view usual) {
    auto languages = report_languages(policies);
    if (!languages) {
        return fail(languages);
    }
    const auto first = language::match(*languages, usual);
    if (!first) {
        return tl::unexpected<Error>{unknown_language(usual, *languages)};
    }
    ReportLibrary library;
    for (const auto& language : *languages) {
        auto texts = ReportTexts::load(policies, language);
        if (!texts) {
            return fail(texts);
        }
        auto papers = PaperTexts::load(policies, std::move(*texts));
        if (!papers) {
            return fail(papers);
        }
        library.texts_.emplace(language, std::move(*papers));
    }
    library.languages_ = std::move(*languages);
    library.usual_ = *first;
    return library;
}

const PaperTexts& ReportLibrary::papers_in(std::string_view language) const {
    const auto found = texts_.find(language);
    if (found == texts_.end()) {
        std::terminate();  // the caller was to choose among languages()
    }
    return found->second;
}

}  // namespace fedtrail::reports
