#include "reports/access_words.hpp"

#include <algorithm>

#include "reports/words.hpp"

namespace fedtrail::reports {

records::AccessPurpose purpose_of(const ReportedAccess& access) {
    return records::purpose_of(access.what, access.by == AccessRole::Self);
}

std::string why_of(const ReportedAccess& access, const ReportTexts& texts) {
    return access.why.empty() ? texts.at("purpose." + std::string{name_of(purpose_of(access))}) : access.why;
}

std::string why_on_page(const ReportedAccess& access, const ReportTexts& texts) {
    if (const auto request = records::request_in_reason(access.why)) {
        return texts.fill("sentence.access_request", {{"number", std::to_string(*request)}});
    }
    auto why = why_of(access, texts);
    if (access.why.empty() && access.by != AccessRole::Self) {
        return texts.fill("sentence.access_purpose", {{"purpose", why}});
    }
    return why;
}

std::string looked_word(const std::string& what, const ReportTexts& texts) {
    const bool known = std::find(kLooked.begin(), kLooked.end(), what) != kLooked.end();
    return known ? texts.at("looked." + what) : what;
}

}  // namespace fedtrail::reports
