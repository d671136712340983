#include "reports/required_texts.hpp"

#include <array>
#include <string_view>

#include "fedtrail/fediverse/category.hpp"
#include "fedtrail/privacy/disclosure.hpp"

#include "reports/transfer_report.hpp"
#include "reports/words.hpp"

namespace fedtrail::reports {

namespace {

constexpr std::array<std::string_view, 11> kCodes{code::kNothingRecorded,
                                                  code::kBeforeRecording,
                                                  code::kUnreadConnections,
                                                  code::kUnrecordedDeliveries,
                                                  code::kOutcomeUnknown,
                                                  code::kInferredOnly,
                                                  code::kReceiptUnconfirmed,
                                                  code::kUnreadContent,
                                                  code::kAnonymousPulls,
                                                  code::kOnwardForwarding,
                                                  code::kCountries};

constexpr std::array<std::string_view, 4> kNouns{"servers", "disclosures", "connections", "deliveries"};

void add_word(std::vector<std::string>& keys, std::string_view group, std::string_view word) {
    const auto stem = std::string{group} + "." + std::string{word};
    keys.push_back(stem + ".word");
    keys.push_back(stem + ".meaning");
}

}  // namespace

std::vector<std::string> required_texts() {
    std::vector<std::string> keys{"format.thousands", "format.day", "format.month"};
    for (int month = 1; month <= 12; ++month) {
        keys.push_back("month." + std::to_string(month));
        keys.push_back("short_month." + std::to_string(month));
    }
    for (const auto channel : kChannels) {
        add_word(keys, "channel", name_of(channel));
    }
    for (const auto evidence : kEvidence) {
        add_word(keys, "evidence", name_of(evidence));
    }
    for (const auto& [category, name] : fediverse::kDataCategories) {
        add_word(keys, "category", name);
    }
    for (const auto word : kCodes) {
        keys.push_back("not_established." + std::string{word});
    }
    for (const auto noun : kNouns) {
        keys.push_back("count." + std::string{noun} + ".one");
        keys.push_back("count." + std::string{noun} + ".other");
    }
    return keys;
}

}  // namespace fedtrail::reports
