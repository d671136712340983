/// What a look at a person's data is for by itself: its why where nobody stated a reason. It follows from
/// what was looked at, and by whom; nothing more is stored (docs/looks.md).

#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "fedtrail/records/access.hpp"

namespace fedtrail::records {

enum class AccessPurpose : std::uint8_t {
    OwnAccess,  ///< The person looked, at whatever it was.
    TransferReport,
    Identification,
    RequestObjects,
    Answer,
    Recipients,
    ErasurePlan,
    Accountability,
    Objections,
    Consents,
    Request,
    Other,  ///< Of what another release calls what was looked at.
};

struct PurposeWords {
    AccessPurpose purpose{};
    std::string_view name;      ///< In JSON and CSV, and of the texts.
    std::string_view what;      ///< The one of `looked` that is for this; "" if none is.
    std::string_view articles;  ///< Of the GDPR, as "Art. 15"; "" if none.
    std::string_view sentence;  ///< In English, for operators: of the person it says "the person".
};

inline constexpr std::array<PurposeWords, 12> kAccessPurposes{{
    {AccessPurpose::OwnAccess, "own_access", "", "Art. 15", "the person looked at their own data"},
    {AccessPurpose::TransferReport,
     "transfer_report",
     looked::kReport,
     "Art. 15",
     "to make the person's transfer report"},
    {AccessPurpose::Identification,
     "identification",
     looked::kName,
     "Art. 12(2)",
     "to know who the number stands for"},
    {AccessPurpose::RequestObjects,
     "request_objects",
     looked::kObjects,
     "Art. 17",
     "to see which posts a request for erasure is about"},
    {AccessPurpose::Answer, "answer", looked::kAnswer, "Art. 12(3)", "to answer a request"},
    {AccessPurpose::Recipients,
     "recipients",
     looked::kDisclosures,
     "Art. 19",
     "to see which servers hold the data, without the name"},
    {AccessPurpose::ErasurePlan, "erasure_plan", looked::kPlan, "Art. 17", "to prepare an erasure"},
    {AccessPurpose::Accountability,
     "accountability",
     looked::kBundle,
     "Art. 5(2)",
     "to show that the record is right"},
    {AccessPurpose::Objections, "objections", looked::kObjections, "Art. 21", "to deal with an objection"},
    {AccessPurpose::Consents,
     "consents",
     looked::kConsents,
     "Art. 7(1), 49(1)(a)",
     "to check a consent that a transfer rests on"},
    {AccessPurpose::Request, "request", looked::kRequest, "Art. 12(3)", "to follow a request"},
    {AccessPurpose::Other, "other", "", "", "a look that another release of Fedtrail wrote down"},
}};

/// `what` as Access has it; `own`: the person looked.
[[nodiscard]] AccessPurpose purpose_of(std::string_view what, bool own);
[[nodiscard]] AccessPurpose purpose_of(const Access& access);
[[nodiscard]] std::string_view name_of(AccessPurpose purpose);
/// In English, with the article: "to prepare an erasure (Art. 17 GDPR)".
[[nodiscard]] std::string sentence_of(AccessPurpose purpose);
/// The why of a look, never empty: what was stated, or that it is lost; else what the look was for.
[[nodiscard]] std::string why_of(const Access& access);

}  // namespace fedtrail::records
