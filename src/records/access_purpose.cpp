#include "fedtrail/records/access_purpose.hpp"

#include <algorithm>

namespace fedtrail::records {

namespace {

constexpr const PurposeWords& words_for(AccessPurpose purpose) {
    return kAccessPurposes[static_cast<std::size_t>(purpose)];
}

constexpr bool at_their_numbers() {
    for (std::size_t i = 0; i < kAccessPurposes.size(); ++i) {
        if (static_cast<std::size_t>(kAccessPurposes[i].purpose) != i) {
            return false;
        }
    }
    return true;
}
static_assert(at_their_numbers(), "a purpose stands at the place of its number");

}  // namespace

AccessPurpose purpose_of(std::string_view what, bool own) {
    if (own) {
        return AccessPurpose::OwnAccess;
    }
    const auto* const found =
        std::find_if(kAccessPurposes.begin(), kAccessPurposes.end(), [what](const PurposeWords& words) {
            return !words.what.empty() && words.what == what;
        });
    return found == kAccessPurposes.end() ? AccessPurpose::Other : found->purpose;
}

AccessPurpose purpose_of(const Access& access) {
    return purpose_of(access.what, access.by == looker::kSelf);
}

std::string_view name_of(AccessPurpose purpose) {
    return words_for(purpose).name;
}

std::string sentence_of(AccessPurpose purpose) {
    const auto& words = words_for(purpose);
    std::string sentence{words.sentence};
    return words.articles.empty() ? sentence : sentence + " (" + std::string{words.articles} + " GDPR)";
}

std::string why_of(const Access& access) {
    if (access.why_lost) {
        return "what was stated cannot be read: it, or the person's key, is damaged";
    }
    return access.why.empty() ? sentence_of(purpose_of(access)) : access.why;
}

}  // namespace fedtrail::records
