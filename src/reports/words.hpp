/// The words in a set, in the order of their numbers.

#pragma once

#include <array>
#include <string_view>
#include <vector>

#include "fedtrail/fediverse/category.hpp"
#include "fedtrail/privacy/disclosure.hpp"
#include "fedtrail/records/access.hpp"

#include "reports/transfer_report.hpp"

namespace fedtrail::reports {

inline constexpr std::array kChannels{privacy::Channel::Push,
                                      privacy::Channel::Relay,
                                      privacy::Channel::Forward,
                                      privacy::Channel::SignedPull,
                                      privacy::Channel::AnonymousPull,
                                      privacy::Channel::Bridge};
/// Strongest first.
inline constexpr std::array kEvidence{privacy::Evidence::Fetched,
                                      privacy::Evidence::Accepted,
                                      privacy::Evidence::Sent,
                                      privacy::Evidence::Inferred,
                                      privacy::Evidence::Intended};

/// What can be looked at, and by whom.
inline constexpr std::array kLooked{records::looked::kReport,
                                    records::looked::kName,
                                    records::looked::kObjects,
                                    records::looked::kAnswer,
                                    records::looked::kDisclosures,
                                    records::looked::kBundle,
                                    records::looked::kObjections,
                                    records::looked::kConsents,
                                    records::looked::kRequest,
                                    records::looked::kPlan};
inline constexpr std::array kLookers{AccessRole::Self, AccessRole::Operator, AccessRole::Program};
[[nodiscard]] AccessRole role_of(const records::Access& access);
[[nodiscard]] std::string_view name_of(AccessRole role);

/// Articles of the GDPR that give the person a right, as named in the texts.
inline constexpr std::array<std::string_view, 10> kRights{
    "15", "16", "17", "18", "19", "20", "21", "22", "77", "79"};

[[nodiscard]] std::vector<std::string_view> words_of(privacy::ChannelSet channels);
/// "us" (Art. 19), or "others" alone (Art. 17(2)).
[[nodiscard]] std::string_view received_from(privacy::ChannelSet channels);
[[nodiscard]] std::vector<std::string_view> words_of(fediverse::CategorySet categories);

}  // namespace fedtrail::reports
