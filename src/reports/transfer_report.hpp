/// TransferReport: what one person's data did, as a value (GDPR Art. 15(1)(b), (c)): which servers received
/// it, when, which kinds, over which way, how surely; and what could not be established and why. Rendering it
/// is somebody else's work (renderers.hpp).

#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "fedtrail/core/personal.hpp"
#include "fedtrail/core/result.hpp"
#include "fedtrail/core/time.hpp"
#include "fedtrail/core/uri.hpp"
#include "fedtrail/ports/ledger_reader.hpp"
#include "fedtrail/ports/subject_vault.hpp"
#include "fedtrail/privacy/disclosure.hpp"

namespace fedtrail::reports {

class ReportTexts;

inline constexpr std::string_view kTransferReportFormat = "fedtrail/transfer-report/1";

/// Who answers for the data (Art. 4(7)); from the configuration. An empty field was not configured.
struct ControllerBlock {
    std::string name;
    std::string contact;
    std::string dpo;        ///< Data protection officer (Art. 37).
    std::string authority;  ///< Supervisory authority for complaints (Art. 77).
};

/// What a report needs besides the ledger. `texts` must outlive the call.
struct ReportFrame {
    ControllerBlock controller;
    Instant generated_at{};
    const ReportTexts& texts;
};

struct ReportTotals {
    std::uint64_t recipients{};
    std::uint64_t disclosures{};
    std::optional<std::uint64_t> countries;  ///< Absent: not established (see `countries` below).
};

/// A number of something ("servers") or a moment ("first_record").
using Figure = std::variant<std::uint64_t, Instant>;

/// One thing that this report cannot say, and why.
struct NotEstablished {
    std::string code;      ///< Stable word for programs, as in kNotEstablishedCodes.
    std::string sentence;  ///< For people, in the report's language, the figures in it.
    std::vector<std::pair<std::string, Figure>> figures;
};

/// Every code a report can carry, in the order in which they are reported. The sentences are in
/// policies/texts/<language>/transfer-report.json.
namespace code {
inline constexpr std::string_view kNothingRecorded = "nothing_recorded";
inline constexpr std::string_view kBeforeRecording = "before_recording";
inline constexpr std::string_view kUnreadConnections = "unread_connections";
inline constexpr std::string_view kUnrecordedDeliveries = "unrecorded_deliveries";
inline constexpr std::string_view kOutcomeUnknown = "outcome_unknown";
inline constexpr std::string_view kInferredOnly = "inferred_only";
inline constexpr std::string_view kReceiptUnconfirmed = "receipt_unconfirmed";
inline constexpr std::string_view kUnreadContent = "unread_content";
inline constexpr std::string_view kAnonymousPulls = "anonymous_pulls";
inline constexpr std::string_view kOnwardForwarding = "onward_forwarding";
inline constexpr std::string_view kCountries = "countries";
}  // namespace code

struct TransferReport {
    Personal<std::string> subject;  ///< The handle, or the actor URI where no handle is known.
    std::string language;           ///< Of the sentences in it (BCP 47).
    Instant generated_at{};
    ControllerBlock controller;
    Window period;
    ReportTotals totals;
    std::vector<PairAggregate> recipients;  ///< By host.
    std::vector<NotEstablished> not_established;
};

/// Asks the ledger for everything disclosed about `subject` in `period`.
///
/// Errors: NotFound (the vault does not know the subject), Invalid (the period ends before it begins),
/// Corrupt, Unavailable.
[[nodiscard]] Result<TransferReport> build_transfer_report(const LedgerReader& ledger,
                                                           const SubjectVault& vault,
                                                           privacy::SubjectNumber subject,
                                                           const Window& period,
                                                           const ReportFrame& frame);

}  // namespace fedtrail::reports
