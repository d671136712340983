#include "reports/words.hpp"

namespace fedtrail::reports {

std::vector<std::string_view> words_of(privacy::ChannelSet channels) {
    std::vector<std::string_view> words;
    for (const auto channel : kChannels) {
        if (channels.has(channel)) {
            words.push_back(name_of(channel));
        }
    }
    return words;
}

std::string_view received_from(privacy::ChannelSet channels) {
    return privacy::got_from_us(channels) ? "us" : "others";
}

std::vector<std::string_view> words_of(fediverse::CategorySet categories) {
    std::vector<std::string_view> words;
    for (const auto& [category, name] : fediverse::kDataCategories) {
        if (categories.has(category)) {
            words.push_back(name);
        }
    }
    return words;
}

AccessRole role_of(const records::Access& access) {
    if (access.by == records::looker::kSelf) {
        return AccessRole::Self;
    }
    return access.by.starts_with(records::looker::kProgram) ? AccessRole::Program : AccessRole::Operator;
}

std::string_view name_of(AccessRole role) {
    switch (role) {
        case AccessRole::Self:
            return "self";
        case AccessRole::Operator:
            return "operator";
        case AccessRole::Program:
            return "program";
    }
    return "operator";
}

}  // namespace fedtrail::reports
