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

std::vector<std::string_view> words_of(fediverse::CategorySet categories) {
    std::vector<std::string_view> words;
    for (const auto& [category, name] : fediverse::kDataCategories) {
        if (categories.has(category)) {
            words.push_back(name);
        }
    }
    return words;
}

}  // namespace fedtrail::reports
