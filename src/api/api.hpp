/// The HTTP face: addresses to answers. No decisions in it.

#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "fedtrail/ports/access_book.hpp"
#include "fedtrail/ports/block_book.hpp"
#include "fedtrail/ports/clock.hpp"
#include "fedtrail/ports/consent_book.hpp"
#include "fedtrail/ports/declaration_book.hpp"
#include "fedtrail/ports/gatekeeper.hpp"
#include "fedtrail/ports/http_server.hpp"
#include "fedtrail/ports/ledger_folder.hpp"
#include "fedtrail/ports/ledger_reader.hpp"
#include "fedtrail/ports/observation_intake.hpp"
#include "fedtrail/ports/package_writer.hpp"
#include "fedtrail/ports/policy_archive.hpp"
#include "fedtrail/ports/recipient_directory.hpp"
#include "fedtrail/ports/recipient_register.hpp"
#include "fedtrail/ports/subject_facts.hpp"
#include "fedtrail/ports/subject_vault.hpp"
#include "fedtrail/ports/switch_book.hpp"

#include "api/bundle_order.hpp"
#include "api/looks.hpp"
#include "api/repeats.hpp"
#include "api/rules_json.hpp"
#include "api/status_json.hpp"
#include "api/subject_json.hpp"
#include "api/target.hpp"
#include "capture/rules_in_force.hpp"
#include "erasure/desk.hpp"
#include "erasure/escalation.hpp"
#include "recipients/register.hpp"
#include "reports/operator_facts.hpp"
#include "reports/paper_policies.hpp"
#include "reports/report_library.hpp"
#include "reports/report_writer.hpp"
#include "reports/transfer_report.hpp"
#include "retention/retention_policy.hpp"
#include "retention/retention_run.hpp"

namespace fedtrail::api {

struct BundleBody;

/// One line of the metrics; no personal data.
struct Figure {
    std::string name;  ///< "fedtrail_proxy_requests_total"; one that ends in _total is a counter.
    std::string help;
    std::uint64_t value{};
    std::string labels{};  ///< "host=\"a.example\""; figures of one name follow each other.
    bool names_others{};   ///< It names servers of others: not in /metrics, which anybody may read.

    /// As the text of /metrics has it: "name{labels}".
    [[nodiscard]] std::string key() const { return name + (labels.empty() ? "" : "{" + labels + "}"); }
};

/// What erasure requests need.
struct RequestDoors {
    std::function<std::shared_ptr<erasure::Desk>()> desk;  ///< Under the policies of now; never null.
    const RequestBook& requests;
    NoticeBook& notices;
    const RecipientDirectory& directory;
    erasure::AnswerController controller;
    /// In one of the languages of `texts`. Errors: NotFound, Invalid.
    std::function<Result<erasure::AnswerWords>(const std::string& language)> words;
    std::function<void()> changed;                ///< Something may be due now.
    std::chrono::milliseconds look_every{500};    ///< How often a stream looks for progress …
    std::chrono::milliseconds heartbeat{15'000};  ///< … and says that it is alive.
    std::size_t max_own_requests{10};             ///< As erasure.max_own_requests has it.
    std::string letters{};                        ///< As erasure.letters has it.
    /// What nobody but the controller can decide; absent: nothing is known of it.
    std::function<Result<std::vector<erasure::DecisionDue>>(records::RequestNumber)> decisions{};
};

/// What recipients need.
struct RecipientBooks {
    const recipients::Register& cards;
    DeclarationBook& declarations;
    SwitchBook& switches;
    const BlockBook& blocks;
    /// Has it asked who it is and what it promises as soon as may be. Errors: Unavailable (nobody is asked
    /// here), those of RefreshBook.
    std::function<Result<void>(const Host&)> call_for{};
};

/// What transfer rules need.
struct RulesDoors {
    std::function<RulesView()> in_force;
    /// A file's text; with the hosts of the ledger. Errors: Unavailable, Corrupt.
    std::function<Result<recipients::CheckedRules>(const std::string& text)> check;
    /// Errors: Conflict (another one is under way), Unavailable, Corrupt.
    std::function<Result<recipients::RulesTrial>(const privacy::TransferRules& rules)> attempt;
};

/// What reports need besides ledger and vault; what is absent is not in them, or makes its form fail.
struct ReportDoors {
    const RecipientRegister* recipients{};
    reports::ReportTools tools{};
    /// Has something written to a place that is not memory, and gives it out from there.
    using Write = std::function<Result<void>(std::ostream&)>;
    using Spool = std::function<Result<HttpStream>(const Write& write)>;
    Spool spool{};
    /// How many fetches nobody can be named for.
    std::function<std::optional<reports::UnnamedFetches>()> unnamed{};
};

/// What the instance's own papers need.
struct PaperDoors {
    reports::OperatorFacts facts{};
    const RecipientRegister* recipients{};  ///< Null: papers are not written here.
    const PolicyReader* policy_texts{};
    PackageMaker package{};
    std::function<std::shared_ptr<const reports::PaperPolicies>()> policies{};  ///< Never null.
    std::function<std::shared_ptr<const capture::RuleSet>()> rules{};           ///< In force; never null.
    /// Wordings that took another's place since then, of all recipients. Errors: Unavailable, Corrupt.
    std::function<Result<std::vector<records::PolicyReplacement>>(Instant since)> policy_changes{};
};

/// What forgetting people needs.
struct RetentionDoors {
    std::function<Result<retention::Shredded>(const retention::ShredOrder&)> shred;
    std::function<Result<retention::RetentionSummary>(bool only_count)> run;
    const ShreddingBook& shreddings;
    AccessBook& accesses;
    std::function<std::shared_ptr<const retention::RetentionPolicy>()> policy;  ///< In force; never null.
    /// How often somebody was forgotten since the start, by whoever; absent: never.
    std::function<std::uint64_t()> forgotten{};
};

/// What is known of one person besides their disclosures.
struct SubjectDoors {
    SubjectFacts& facts;
    /// Deliveries of theirs that transfer rules or objections stopped; a long look. Errors: those of
    /// LedgerReplay.
    std::function<Result<std::uint64_t>(privacy::SubjectNumber)> prevented;
};

/// Everything the API asks; all must outlive it and be thread-safe.
struct Doors {
    const LedgerReader& ledger;
    const SubjectVault& vault;
    const SubjectFinder& people;  ///< Who is meant by a name; may ask the origin.
    ObservationIntake& intake;
    const Gatekeeper& gate;
    const Clock& clock;
    reports::ControllerBlock controller;
    std::function<std::shared_ptr<const reports::ReportLibrary>()> texts;  ///< Never null.
    std::function<std::vector<Figure>()> figures;
    std::function<Result<void>()> ready;  ///< Why it is not, if it is not.
    RequestDoors erasure;
    RecipientBooks recipients;
    RulesDoors rules;
    ReportDoors reports{};
    PaperDoors papers{};
    RetentionDoors retention;
    ConsentBook& consents;
    LedgerFolder& folder;
    SubjectDoors subjects;
    /// How the instance fares. Errors: those of the ledger.
    std::function<Result<StatusView>()> status;
    /// Makes an audit bundle, after the looks at everybody in it were written down, and with its own leaf.
    /// Errors: Conflict (another one is under way), those of audit::export_bundle() and of the stores.
    std::function<Result<MadeBundle>(const BundleOrder&)> bundle;
};

/// What a route's function gets.
struct Call {
    const HttpRequest& request;
    const Target& target;
    std::vector<std::string> captured;  ///< The segments that stood for {…}.
    Grant grant;                        ///< Empty on open routes.
};

class Api {
public:
    explicit Api(Doors doors) : doors_(std::move(doors)) {}

    /// Any thread; never throws.
    [[nodiscard]] HttpResponse answer(const HttpRequest& request);
    /// What answer() would say to this head whatever the body is: there is nothing at this address, or
    /// whoever asks may not. Any thread; never throws.
    [[nodiscard]] std::optional<HttpResponse> refusal(const HttpRequest& head);

    struct Route {
        std::string_view method;
        std::string_view pattern;   ///< "/api/v1/subjects/{id}/report"
        bool open{};                ///< Needs no token.
        std::vector<Scope> scopes;  ///< Any of them (or admin) will do.
        HttpResponse (Api::*run)(const Call&);
        std::vector<std::string> queries{};  ///< What may stand behind the "?"; anything else is refused.
    };
    [[nodiscard]] static std::span<const Route> routes();

private:
    /// Where a request goes to, by somebody who may.
    struct Admission {
        const Route* route;
        Target target;
        std::vector<std::string> captured;
        Grant grant;
    };
    /// Its error is the answer.
    [[nodiscard]] tl::expected<Admission, HttpResponse> admit(const HttpRequest& request) const;
    [[nodiscard]] tl::expected<Grant, HttpResponse> grant_for(const Route& route,
                                                              const HttpRequest& request) const;
    /// Counted, and with the headers that every answer has.
    [[nodiscard]] HttpResponse sent(HttpResponse answer);

    [[nodiscard]] HttpResponse health(const Call& call);
    [[nodiscard]] HttpResponse readiness(const Call& call);
    [[nodiscard]] HttpResponse metrics(const Call& call);
    [[nodiscard]] HttpResponse metrics_with_hosts(const Call& call);
    [[nodiscard]] HttpResponse metrics_of(bool with_hosts) const;
    [[nodiscard]] HttpResponse status(const Call& call);
    [[nodiscard]] HttpResponse observations(const Call& call);
    [[nodiscard]] HttpResponse subjects(const Call& call);
    [[nodiscard]] HttpResponse subject_one(const Call& call);
    [[nodiscard]] HttpResponse subject_set(const Call& call);
    [[nodiscard]] HttpResponse facts_set(const Call& call);
    [[nodiscard]] HttpResponse subject_report(const Call& call);
    [[nodiscard]] HttpResponse ledger_fold(const Call& call);
    [[nodiscard]] HttpResponse subject_shred(const Call& call);
    [[nodiscard]] HttpResponse subject_accesses(const Call& call);
    [[nodiscard]] HttpResponse subject_consents(const Call& call);
    [[nodiscard]] HttpResponse subject_consent(const Call& call);
    [[nodiscard]] HttpResponse subject_consent_withdraw(const Call& call);
    [[nodiscard]] HttpResponse consented(const Call& call, bool withdrawal);
    [[nodiscard]] HttpResponse consents_of(privacy::SubjectNumber subject);
    [[nodiscard]] HttpResponse subject_objections(const Call& call);
    [[nodiscard]] HttpResponse subject_object(const Call& call);
    [[nodiscard]] HttpResponse subject_allow(const Call& call);
    /// `objects`: from now on; else they take it back.
    [[nodiscard]] HttpResponse objected(const Call& call, bool objects);
    [[nodiscard]] HttpResponse objections_of(privacy::SubjectNumber subject);
    [[nodiscard]] HttpResponse shreddings(const Call& call);
    [[nodiscard]] HttpResponse retention_rules(const Call& call);
    [[nodiscard]] HttpResponse retention_run(const Call& call);
    [[nodiscard]] HttpResponse audit_export(const Call& call);
    [[nodiscard]] HttpResponse recipients(const Call& call);
    [[nodiscard]] HttpResponse recipient_one(const Call& call);
    [[nodiscard]] HttpResponse recipient_declare(const Call& call);
    [[nodiscard]] HttpResponse recipient_refresh(const Call& call);
    [[nodiscard]] HttpResponse called_for(const Call& call);
    [[nodiscard]] HttpResponse recipient_policies(const Call& call);
    [[nodiscard]] HttpResponse policy_changes(const Call& call);
    [[nodiscard]] HttpResponse transfer_bases(const Call& call);
    [[nodiscard]] HttpResponse transfer_switch(const Call& call);
    [[nodiscard]] HttpResponse transfer_switch_turn(const Call& call);
    [[nodiscard]] HttpResponse rules(const Call& call);
    [[nodiscard]] HttpResponse rules_check(const Call& call);
    [[nodiscard]] HttpResponse rules_try(const Call& call);
    [[nodiscard]] HttpResponse software(const Call& call);
    [[nodiscard]] HttpResponse notice(const Call& call);
    [[nodiscard]] HttpResponse ropa(const Call& call);
    [[nodiscard]] HttpResponse assessment(const Call& call);
    [[nodiscard]] HttpResponse requests(const Call& call);
    [[nodiscard]] HttpResponse request_open(const Call& call);
    [[nodiscard]] HttpResponse request_one(const Call& call);
    [[nodiscard]] HttpResponse request_plan(const Call& call);
    [[nodiscard]] HttpResponse request_history(const Call& call);
    [[nodiscard]] HttpResponse request_answer(const Call& call);
    [[nodiscard]] HttpResponse request_notices(const Call& call);
    [[nodiscard]] HttpResponse request_notice(const Call& call);
    [[nodiscard]] HttpResponse request_letter_sent(const Call& call);
    [[nodiscard]] HttpResponse request_letters(const Call& call);
    [[nodiscard]] HttpResponse open_letters(const Call& call);
    [[nodiscard]] HttpResponse request_give_up(const Call& call);
    [[nodiscard]] HttpResponse request_events(const Call& call);
    [[nodiscard]] HttpResponse request_act(const Call& call);

    /// The recipient of the address. Errors: NotFound.
    [[nodiscard]] static Result<Host> host_in(const Call& call);
    /// What Fedtrail-Reason says; may be empty. Errors: Invalid.
    [[nodiscard]] static Result<std::string> reason_of(const Call& call);
    /// Durable, with its leaf, when it returns: to be called before anything is shown. Errors: those of the
    /// book and the trail.
    [[nodiscard]] Result<void> note_look(const Call& call,
                                         privacy::SubjectNumber subject,
                                         std::string_view what,
                                         Sight sight,
                                         std::string why);
    /// The look at a report. Errors: also Invalid (no reason where one is needed).
    [[nodiscard]] Result<Sight> note_report(const Call& call, privacy::SubjectNumber subject);
    /// The look at one person: by number, unless it is their own or a reason is given.
    [[nodiscard]] Result<Sight> note_person(const Call& call, privacy::SubjectNumber subject);
    /// The look at what is shown of one person by number alone; a reason may be given.
    [[nodiscard]] Result<void> note_by_number(const Call& call,
                                              privacy::SubjectNumber subject,
                                              std::string_view what);
    /// The look at what became of a request; the request is the reason if none is given.
    [[nodiscard]] Result<void> note_request(const Call& call, const records::ErasureRequest& request);
    /// The look at a request, and whether the addresses of its objects may be shown.
    [[nodiscard]] Result<bool> note_objects(const Call& call, const records::ErasureRequest& request);
    [[nodiscard]] Result<Sight> note_answer(const Call& call, const records::ErasureRequest& request);
    [[nodiscard]] HttpResponse shredded(const Call& call);
    [[nodiscard]] HttpResponse taken(const HttpRequest& request);
    [[nodiscard]] HttpResponse once(const Call& call, const Repeats::Act& act);
    [[nodiscard]] HttpResponse declared(const Call& call);
    [[nodiscard]] HttpResponse turned(const Call& call);
    [[nodiscard]] HttpResponse opened(const Call& call);
    [[nodiscard]] HttpResponse acted(const Call& call);
    /// The request of the address, if this token may see it.
    [[nodiscard]] Result<records::ErasureRequest> request_for(const Call& call) const;
    [[nodiscard]] Result<records::Notice> notice_for(const Call& call) const;
    [[nodiscard]] HttpResponse notice_answer(const Result<records::Notice>& notice) const;
    [[nodiscard]] Result<std::set<Host>> passing_on_of(std::span<const records::Notice> notices) const;
    /// For whoever may decide or check; empty for the person.
    [[nodiscard]] Result<std::vector<erasure::DecisionDue>> decisions_for(
        const Call& call, records::RequestNumber number) const;
    [[nodiscard]] Result<privacy::SubjectNumber> subject_for(const Call& call) const;
    /// Nothing if the address names no request.
    [[nodiscard]] Result<std::optional<reports::ReportCover>> cover_for(const Call& call,
                                                                        privacy::SubjectNumber subject) const;
    /// Errors: Invalid, NotFound (the person).
    [[nodiscard]] Result<audit::Scope> bundle_scope(const BundleBody& body) const;
    [[nodiscard]] static Result<std::string> bundle_reason(const Call& call,
                                                           const BundleBody& body,
                                                           audit::Level level);
    /// Errors: also Denied (names are not for this token).
    [[nodiscard]] Result<BundleOrder> bundle_order(const Call& call, const std::string& language) const;
    [[nodiscard]] Result<Portrait> portrait_of(privacy::SubjectNumber subject) const;
    /// Those that stand, each with its reason.
    [[nodiscard]] Result<std::vector<reports::ReportedObjection>> objections_of(
        privacy::SubjectNumber subject) const;
    [[nodiscard]] Result<reports::TransferReport> report_of(privacy::SubjectNumber subject,
                                                            const Window& window,
                                                            const reports::ReportFrame& frame) const;
    /// What the address asks for, else what the header accepts, else the usual one (RFC 9110 section 12.5.4
    /// leaves that to us). Errors: NotFound (the address asks for one that is not there).
    [[nodiscard]] static Result<std::string> language_for(const Call& call,
                                                          const reports::ReportLibrary& library);

    Doors doors_;
    Repeats repeats_;
    std::array<std::atomic<std::uint64_t>, 6> answered_{};  ///< By the hundreds of the status.
};

}  // namespace fedtrail::api
