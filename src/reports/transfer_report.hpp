/// TransferReport: what one person's data did, as a value (GDPR Art. 15(1)(b), (c), 15(2), 19): which servers
/// received it, who runs them and where, on what a transfer there rests, when, which kinds, over which way,
/// how surely, and how far a deletion there has come; what could not be established and why; what was
/// withheld. Rendering it is somebody else's work (renderers.hpp).

#pragma once

#include <cstdint>
#include <map>
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
#include "fedtrail/ports/access_book.hpp"
#include "fedtrail/ports/consent_book.hpp"
#include "fedtrail/ports/ledger_reader.hpp"
#include "fedtrail/ports/notice_book.hpp"
#include "fedtrail/ports/recipient_register.hpp"
#include "fedtrail/ports/request_book.hpp"
#include "fedtrail/ports/subject_vault.hpp"
#include "fedtrail/privacy/disclosure.hpp"
#include "fedtrail/privacy/erasure_request.hpp"
#include "fedtrail/privacy/legal_clock.hpp"
#include "fedtrail/records/recipient_card.hpp"

#include "reports/deletions.hpp"

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

/// The request that a report answers. Days are those where the controller is.
struct ReportCover {
    records::RequestNumber number;
    privacy::Day received;
    std::optional<privacy::Day> due;               ///< Art. 12(3); absent while the clock stands still.
    privacy::Day answered;                         ///< The day of the report.
    std::optional<privacy::RequestState> state{};  ///< As the report is made; absent: it was not asked.
};

/// Fetches of things of people here by nobody that can be named, of the whole server.
struct UnnamedFetches {
    std::uint64_t fetches{};
    Instant since{};  ///< When counting began.
};

/// A server that nothing of the person goes to any more, because they object (Art. 21).
struct ReportedObjection {
    Host recipient;
    Instant since{};
    std::string why;  ///< "" if none was given.
};

/// What a report needs besides the stores. `texts` must outlive the call.
struct ReportFrame {
    ControllerBlock controller;
    Instant generated_at{};
    const ReportTexts& texts;
    std::optional<ReportCover> cover{};
    bool pseudonym{};                         ///< The person is called by number.
    std::optional<UnnamedFetches> unnamed{};  ///< Absent: no access log is read.
    std::vector<ReportedObjection> objections{};
};

/// Where a report is read from; all must outlive the call.
struct ReportSources {
    const LedgerReader& ledger;
    const SubjectVault& vault;
    const RecipientRegister* recipients{};  ///< Absent: nothing is known of them but their hosts.
    const NoticeBook* notices{};            ///< Absent, as `requests`: nothing was asked of anybody.
    const RequestBook* requests{};
    const AccessBook* accesses{};   ///< Absent: nobody's looks are told.
    const ConsentBook* consents{};  ///< Absent: nobody consented to a transfer.
};

/// Who looked, by role.
enum class AccessRole : std::uint8_t { Self, Operator, Program };

/// By recipients: one with several hosts is counted once.
struct ReportTotals {
    std::uint64_t recipients{};
    std::uint64_t hosts{};  ///< Of them all; each has a row.
    std::uint64_t disclosures{};
    std::optional<std::uint64_t> countries;  ///< Absent: of no recipient is it known.
    std::uint64_t country_unknown{};         ///< Recipients; those with a hint alone among them.
    std::uint64_t third_country{};           ///< Whose country is known and needs a basis.
    std::uint64_t undocumented{};   ///< Without a basis on record; whose country is unknown among them.
    std::uint64_t from_others{};    ///< That have it from others alone (Art. 17(2)).
    std::uint64_t told{};           ///< Of an erasure: what never arrived told nobody.
    std::uint64_t verified_gone{};  ///< Looked at, and gone, all of it.
};

/// One host of a recipient: what went there, who they are, and what became of it.
struct ReportedRecipient {
    PairAggregate pair;
    records::RecipientCard card;
    DeletionState deletion;
    Host joined_to{};  ///< The host of the same recipient whose row stands for both; empty: this one does.
};

/// How many recipients are established where.
struct CountryCount {
    std::optional<privacy::Country> country;  ///< Absent: not known.
    std::optional<privacy::Country> hint;     ///< Not known, and this is where a hint points to.
    std::uint64_t servers{};
    std::map<privacy::BasisKind, std::uint64_t> bases;
};

/// A number of something ("servers") or a moment ("first_record").
using Figure = std::variant<std::uint64_t, Instant>;

/// One thing that this report cannot say or does not say, and why.
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
inline constexpr std::string_view kUnnamedFetches = "unnamed_fetches";
inline constexpr std::string_view kOnwardForwarding = "onward_forwarding";
inline constexpr std::string_view kRelays = "relays";
inline constexpr std::string_view kCountries = "countries";
inline constexpr std::string_view kCountriesUnknown = "countries_unknown";
inline constexpr std::string_view kCountriesHinted = "countries_hinted";
}  // namespace code

/// What was left out for the sake of others (Art. 15(4)).
namespace withheld {
inline constexpr std::string_view kOtherPeople = "other_people";
inline constexpr std::string_view kSinglePerson = "single_person";
}  // namespace withheld

/// A look at the person's data, as they are told of it: when, at what and why; not which employee (CJEU,
/// C-579/21).
struct ReportedAccess {
    Instant at{};
    std::string what;  ///< One of records::looked.
    AccessRole by{};
    std::string why;  ///< As it was stated; "" if nothing was: why_of() is never empty.
};

inline constexpr std::size_t kAccessesInReport = 200;

struct TransferReport {
    Personal<std::string> subject;  ///< The handle, or the actor URI where no handle is known; or "#17".
    std::string language;           ///< Of the sentences in it (BCP 47).
    Instant generated_at{};
    ControllerBlock controller;
    Window period;
    ReportTotals totals;
    std::vector<ReportedRecipient> recipients;  ///< By host.
    std::vector<NotEstablished> not_established;
    std::optional<ReportCover> cover;
    std::vector<CountryCount> countries;  ///< Most servers first, then by code; hints and the unknown last.
    std::vector<NotEstablished> withheld;
    std::vector<ReportedObjection> objections;  ///< That stand, whatever the period; oldest first.
    std::vector<ReportedAccess> accesses;       ///< Whatever the period; the newest first.
    std::uint64_t accesses_more{};              ///< Older ones that are not in `accesses`.
};

/// Asks the stores for everything about what was disclosed of `subject` in `period`. The objects themselves
/// are a part of their own (report_items.hpp).
///
/// Errors: NotFound (the vault does not know the subject), Invalid (nothing is in the period),
/// Corrupt, Unavailable.
[[nodiscard]] Result<TransferReport> build_transfer_report(const ReportSources& sources,
                                                           privacy::SubjectNumber subject,
                                                           const Window& period,
                                                           const ReportFrame& frame);

}  // namespace fedtrail::reports
