/// Everything that can be said of a recipient, in the order in which papers list it.

#pragma once

#include <array>
#include <string_view>
#include <vector>

#include "fedtrail/fediverse/notice.hpp"
#include "fedtrail/privacy/transfer_basis.hpp"
#include "fedtrail/records/recipient_card.hpp"

namespace fedtrail::reports {

/// Weakest first: what a reader has to look at stands above what is in order.
inline constexpr std::array kBases{privacy::BasisKind::Undocumented,
                                   privacy::BasisKind::Declared,
                                   privacy::BasisKind::ExplicitConsent,
                                   privacy::BasisKind::StandardClauses,
                                   privacy::BasisKind::AdequacyUnverified,
                                   privacy::BasisKind::Adequacy,
                                   privacy::BasisKind::NoneNeeded};

inline constexpr std::array kReasons{privacy::BasisReason::InEea,
                                     privacy::BasisReason::DecisionHolds,
                                     privacy::BasisReason::ScopeNotKnown,
                                     privacy::BasisReason::CheckDated,
                                     privacy::BasisReason::CheckIncomplete,
                                     privacy::BasisReason::DataStale,
                                     privacy::BasisReason::EftaNotKnown,
                                     privacy::BasisReason::ClausesOnFile,
                                     privacy::BasisReason::ConsentOnFile,
                                     privacy::BasisReason::DeclaredByController,
                                     privacy::BasisReason::CountryNotKnown,
                                     privacy::BasisReason::NoDecision,
                                     privacy::BasisReason::DecisionNotInForce,
                                     privacy::BasisReason::ScopeNotMet,
                                     privacy::BasisReason::SwitchedOff,
                                     privacy::BasisReason::EftaPending,
                                     privacy::BasisReason::SpecialTerritory,
                                     privacy::BasisReason::CountryDated};

/// Surest first.
inline constexpr std::array kCountrySources{records::CountrySource::Admin,
                                            records::CountrySource::DpfList,
                                            records::CountrySource::Declared,
                                            records::CountrySource::Imprint,
                                            records::CountrySource::WhoisFile,
                                            records::CountrySource::HostingAddress,
                                            records::CountrySource::Unknown};

inline constexpr std::array kConfidences{records::Confidence::High,
                                         records::Confidence::Medium,
                                         records::Confidence::Low,
                                         records::Confidence::None};

/// What is best for the person first.
inline constexpr std::array kNoticeStates{fediverse::NoticeState::VerifiedGone,
                                          fediverse::NoticeState::NotVisible,
                                          fediverse::NoticeState::Unprobeable,
                                          fediverse::NoticeState::Acknowledged,
                                          fediverse::NoticeState::Sent,
                                          fediverse::NoticeState::Planned,
                                          fediverse::NoticeState::Escalated,
                                          fediverse::NoticeState::StillPresent,
                                          fediverse::NoticeState::Refused,
                                          fediverse::NoticeState::Unreachable,
                                          fediverse::NoticeState::Disproportionate};

/// A kind of server that changes what a disclosure means.
struct Mark {
    std::string_view name;  ///< "relay"
    bool records::RecipientMarks::*is;
};

inline constexpr std::array kMarks{Mark{"relay", &records::RecipientMarks::relay},
                                   Mark{"bridge", &records::RecipientMarks::bridge},
                                   Mark{"community", &records::RecipientMarks::community},
                                   Mark{"single_person", &records::RecipientMarks::single_person},
                                   Mark{"content_delivery", &records::RecipientMarks::content_delivery}};

/// The names of those that hold.
[[nodiscard]] inline std::vector<std::string_view> words_of(const records::RecipientMarks& marks) {
    std::vector<std::string_view> words;
    for (const auto& mark : kMarks) {
        if (marks.*mark.is) {
            words.push_back(mark.name);
        }
    }
    return words;
}

}  // namespace fedtrail::reports
