/// Desk: everything that people do with erasure requests. Each act is one event in the request's history.

#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "fedtrail/ports/objection_book.hpp"
#include "fedtrail/ports/objection_reasons.hpp"

#include "erasure/answer.hpp"
#include "erasure/legal_calendar.hpp"
#include "erasure/origin_word.hpp"
#include "erasure/planner.hpp"
#include "erasure/transition.hpp"

namespace fedtrail::erasure {

/// A request as it comes in.
struct OpenOrder {
    privacy::SubjectNumber subject;
    records::RequestSource source{records::RequestSource::Admin};
    records::ErasureScope scope;
    std::string by;                      ///< See records/by.hpp.
    std::string reason;                  ///< At most 2,000 octets; may be empty.
    std::optional<Instant> received_at;  ///< When it reached the controller; absent: now.
    std::uint32_t max_rate{};            ///< As records::ErasureRequest has it.
    bool identity_verified{};            ///< The operator knows who asks. Always so for Person and Observed.
};

/// Something done to a request.
struct Act {
    records::RequestNumber number;
    std::string by;      ///< As OpenOrder::by.
    std::string reason;  ///< Words of the operator, at most 2,000 octets.
};

/// What a partial refusal keeps: the objects named, and everything that has one of the categories.
struct KeepChoice {
    std::vector<Personal<std::string>> objects;  ///< URIs.
    fediverse::CategorySet categories;
};

/// How far the notices of a request got, by recipients.
struct SentSoFar {
    std::uint64_t told{};       ///< At least one message left, or the origin told it.
    std::uint64_t under_way{};  ///< Of them: one is on its way at this moment, or may be.
    std::uint64_t untouched{};  ///< Nothing left.
};

struct RequestView {
    records::ErasureRequest request;
    privacy::Day received_day;
    privacy::RequestClock clock;
    privacy::Day wanted_by;  ///< "Without undue delay": the controller's own, softer target.
    /// The day the month is counted from: of receipt, or on which it woke after the person had been told all.
    privacy::Day counts_from;
    /// The last day to answer, the same everywhere: pauses count, and an extension unless it was told late.
    /// While the clock stands still: with the pauses that are over.
    privacy::Day due;
    privacy::Day
        tell_by;  ///< The last day for the next word: of an extension that is not told yet, or `due`.
    privacy::Day first_due;  ///< The last day of the first month: as `due`, without the extension.
    std::optional<privacy::Day> extension_told;
    bool extended{};        ///< The extension counts for `due`.
    bool extended_once{};   ///< Since `counts_from`, whether it counts or not.
    bool unanswered{};      ///< Closed, and the person was not told how it ended (Art. 12(3) and (4)).
    bool may_extend{};      ///< The first month is not over, or stands still.
    bool holidays_known{};  ///< Of `due` and `tell_by`: else either may be too early.
    bool overdue{};         ///< `tell_by` is over, and does not stand still: nothing was asked in time.
    OriginWord origin{OriginWord::NotSeenGone};  ///< By all of its events, which a row is without.
    NoticeTally tally;
    std::vector<records::ErasedObject> held;    ///< Objects that are kept: legal hold or partial refusal.
    std::vector<records::RequestEvent> events;  ///< Oldest first.
};

/// A page of requests, past those that are damaged.
struct RequestRows {
    std::vector<RequestView> views;  ///< Ascending, without `held` and `events`.
    /// Those met on the way to them that cannot be read, or whose person's key cannot; ascending.
    std::vector<DamagedRow<records::ErasureRequest>> damaged;

    /// Leaves `most` of the views. The last of them if there were more, else 0.
    records::RequestNumber cut_to(std::size_t most);
};

struct DeskPorts {
    RequestBook& requests;
    NoticeBook& notices;
    ObjectionBook& objections;
    ObjectionReasons& reasons;
    const LedgerReader& reader;
    const LedgerHoldings& holdings;
    const SubjectVault& vault;
    const Clock& clock;
    const LedgerEvidence* evidence{};  ///< As PlannerPorts has it.
};

/// Thread-safe. Errors of all that change a request, besides those named: NotFound (no such request), Denied
/// (not in this state), Conflict (somebody else changed it meanwhile: look again), Invalid (a text too long).
class Desk {
public:
    struct Options {
        std::chrono::days wanted_within{14};
        std::size_t max_held_objects{100'000};
    };

    /// `calendar` and `planner` must outlive the desk.
    Desk(DeskPorts ports, Planner& planner, const LegalCalendar& calendar, Options options);
    Desk(DeskPorts ports, Planner& planner, const LegalCalendar& calendar)
        : Desk(ports, planner, calendar, Options{}) {}

    /// What a day is here.
    [[nodiscard]] const LegalCalendar& calendar() const { return *calendar_; }

    /// Opens a request. A recipient that it names is told at each of its hosts to which something went: they
    /// are in the stored scope. A repetition of an open one of the same person becomes its duplicate at once,
    /// but an unverified or differently scoped request never takes up a verified one. Errors: NotFound (the
    /// subject), Invalid (the scope contradicts itself, is too large, or `received_at` lies in the future).
    [[nodiscard]] Result<records::ErasureRequest> open(const OpenOrder& order);

    /// Whether it could be opened. Errors: as open().
    [[nodiscard]] Result<void> check(const OpenOrder& order) const;

    /// Dry runs. Nothing is written.
    [[nodiscard]] Result<PlanPreview> preview(const OpenOrder& order) const;
    [[nodiscard]] Result<PlanPreview> preview(records::RequestNumber number) const;

    /// Plans the notices and lets them leave. "Remove me from that server" adds its objections first, and the
    /// hosts that were joined to its recipients meanwhile to the scope. In progress already: plans what is
    /// new. Errors: Denied (identity not verified; or another request does the same already, which is named).
    [[nodiscard]] Result<PlanTotals> start(const Act& act);

    /// The same of what the origin was seen to delete, once it has told whom it tells. Where a request of the
    /// person does the same already, it becomes that one's duplicate; of an account nobody hears twice.
    [[nodiscard]] Result<void> start_observed(const Act& act);

    /// As Planner::passing_on().
    [[nodiscard]] Result<std::set<Host>> passing_on(std::span<const Host> hosts) const {
        return planner_->passing_on(hosts);
    }
    /// As Planner::told_before().
    [[nodiscard]] Result<std::size_t> told_before(const records::Notice& notice) const {
        return planner_->told_before(notice);
    }
    /// Opens every object of the request: row() is for whoever shows none.
    [[nodiscard]] Result<RequestView> view(records::RequestNumber number) const;
    /// As list() has it. Errors: NotFound.
    [[nodiscard]] Result<RequestView> row(records::RequestNumber number) const;
    /// As RequestBook::whole_requests().
    [[nodiscard]] Result<RequestRows> list(const RequestFilter& filter) const;
    /// The same of those alone that are open, and of closed ones whose person has to be told how it ended.
    /// Who was shredded cannot be; of what is damaged nobody knows.
    [[nodiscard]] Result<RequestRows> pending(const RequestFilter& filter) const;

    /// Of somebody verified only with a reason to doubt it; then they are so no longer.
    [[nodiscard]] Result<records::ErasureRequest> ask_identity(const Act& act);
    /// A duplicate of an unverified request comes to life again by this. One that does what another is doing
    /// becomes its duplicate.
    [[nodiscard]] Result<records::ErasureRequest> verify_identity(const Act& act);
    /// The person was asked about the scope: the clock stands still and nothing leaves.
    [[nodiscard]] Result<records::ErasureRequest> pause(const Act& act);
    /// They answered. What had been started is planned anew and goes on.
    [[nodiscard]] Result<records::ErasureRequest> resume(const Act& act);
    /// `reason` is what the person is told (Art. 12(3)). Errors: Denied (a second time, or after the first
    /// month's last day), Invalid (no reason).
    [[nodiscard]] Result<records::ErasureRequest> extend(const Act& act);
    /// Lifts objections as withdraw() does. Errors: Denied (messages have left already: stop it and close
    /// it), Invalid (no reason). As not identified: nobody is verified any more.
    [[nodiscard]] Result<records::ErasureRequest> refuse(const Act& act, privacy::RefusalGround ground);
    [[nodiscard]] Result<records::ErasureRequest> refuse_partly(const Act& act,
                                                                const KeepChoice& keep,
                                                                privacy::RefusalGround ground);
    /// Puts a legal hold on objects: they are not erased until it is released. What was sent stays sent. A
    /// request in progress is stopped by it, as by refuse_partly() and release_hold(): resume_sending() goes
    /// on. Errors: Invalid (no reason, or a ground that is none of Art. 17(3)).
    [[nodiscard]] Result<records::ErasureRequest> hold(const Act& act,
                                                       std::span<const Personal<std::string>> objects,
                                                       privacy::RefusalGround ground);
    /// Errors: NotFound (one of them is not held).
    [[nodiscard]] Result<records::ErasureRequest> release_hold(
        const Act& act, std::span<const Personal<std::string>> objects);
    /// Lifts the objections that the request brought, except those that another one needs, and wakes its
    /// duplicates: the one whose month ends first, of which later ones become duplicates. Where a crash left
    /// that undone a second one, or refuse(), does it; it is Denied all the same.
    [[nodiscard]] Result<records::ErasureRequest> withdraw(const Act& act);
    /// No further notice leaves: each message is asked for once more right before its first octet. What is
    /// on its way by then stays sent; sent_so_far() says what that is.
    [[nodiscard]] Result<records::ErasureRequest> stop(const Act& act);
    [[nodiscard]] Result<SentSoFar> sent_so_far(records::RequestNumber number) const;
    /// Our own server has nothing of it any more, and cannot be seen to say so: it is shut down for good. The
    /// second wave leaves and looks begin, by that word. Errors: Invalid (no reason), Denied (it counts as
    /// gone already, or other servers alone are meant).
    [[nodiscard]] Result<records::ErasureRequest> say_origin_gone(const Act& act);
    /// Fits the plan to what is held and known now, then lets it leave. Errors: Denied (it was not stopped,
    /// or another request does the same meanwhile), Unavailable (something is held, and messages are still
    /// under way: in a minute).
    [[nodiscard]] Result<records::ErasureRequest> resume_sending(const Act& act);
    /// Errors: Denied (that one is closed, a duplicate itself, or of somebody
    /// else; or it is unverified and this one is not).
    [[nodiscard]] Result<records::ErasureRequest> mark_duplicate(const Act& act, records::RequestNumber of);
    /// Fulfilled if every recipient was told and nothing is known to remain; else partly. Errors: Denied
    /// (notices are still to leave: wait, or stop it first; or it would be fulfilled, the origin was not seen
    /// to be gone, and no reason says how somebody knows that it is).
    [[nodiscard]] Result<records::ErasureRequest> close(const Act& act);
    /// A copy came back. Until the origin is seen gone once more nothing of the second wave leaves, and
    /// nobody is looked at. Errors: Denied (also: another request does the same, which is named).
    [[nodiscard]] Result<records::ErasureRequest> wake(const Act& act);

    /// To whom nothing of a person goes any more, oldest first.
    [[nodiscard]] Result<std::vector<records::Objection>> objections_of(privacy::SubjectNumber subject) const;
    /// Why they object, by recipient, where they said so.
    [[nodiscard]] Result<std::map<Host, std::string>> objection_reasons(privacy::SubjectNumber subject) const;
    /// From now on nothing of theirs goes to that server (Art. 21); what lies there is not erased by it.
    /// Idempotent; a `reason` takes the place of an earlier one, "" leaves it. Errors: NotFound (the
    /// subject), Invalid (a reason over kMaxObjectionReason).
    [[nodiscard]] Result<void> object_to(privacy::SubjectNumber subject,
                                         const Host& recipient,
                                         const std::string& reason);
    /// They take it back. Errors: NotFound (they do not object to it), Denied (a request that is under way
    /// removes them from there).
    [[nodiscard]] Result<void> allow(privacy::SubjectNumber subject, const Host& recipient);

    /// The day it is where the controller is.
    [[nodiscard]] privacy::Day today() const;
    /// What the person is to be told now.
    [[nodiscard]] Result<Answer> answer(records::RequestNumber number) const;
    /// They were told it; `paper`, if it is known, is the text itself, at most kMaxTold octets of UTF-8.
    /// Errors: also Invalid (both a reason and the paper, or a reason that would be taken for it).
    [[nodiscard]] Result<records::ErasureRequest> answered(const Act& act, std::string_view paper = {});

private:
    using Changed = Result<records::ErasureRequest>;

    [[nodiscard]] Result<records::ErasureRequest> draft_of(const OpenOrder& order) const;
    [[nodiscard]] Result<std::vector<records::ErasureRequest>> requests_of(
        privacy::SubjectNumber subject) const;
    [[nodiscard]] Changed record(const Act& act,
                                 privacy::RequestEventKind kind,
                                 const RequestChange& change = {},
                                 std::optional<privacy::RefusalGround> ground = {},
                                 bool begins_keeping = false);
    [[nodiscard]] Changed shut(const Act& act,
                               privacy::RequestEventKind kind,
                               std::optional<privacy::RefusalGround> ground = {});
    [[nodiscard]] Changed come_to_nothing(records::ErasureRequest request);
    [[nodiscard]] Changed end_in_nothing(Changed ended,
                                         records::RequestNumber number,
                                         privacy::RequestState end);
    [[nodiscard]] Result<void> wake_duplicates(const records::ErasureRequest& original,
                                               bool verified_only,
                                               const std::string& why);
    [[nodiscard]] Changed open_again(const Act& act);
    [[nodiscard]] Result<void> stand_or_lean(const Act& act, std::vector<records::ErasureRequest>& open);
    [[nodiscard]] Result<std::optional<records::RequestNumber>> done_by(
        const records::ErasureRequest& request) const;
    [[nodiscard]] Result<void> check_not_done(const records::ErasureRequest& request) const;
    [[nodiscard]] Changed unless_done(Changed request);
    [[nodiscard]] Result<std::optional<records::RequestNumber>> removed_by(privacy::SubjectNumber subject,
                                                                           const Host& recipient) const;
    [[nodiscard]] Result<void> lift_objections_of(const records::ErasureRequest& request);
    [[nodiscard]] Result<void> check_in_time(records::RequestNumber number) const;
    [[nodiscard]] Result<void> check_nothing_left(records::RequestNumber number) const;
    [[nodiscard]] Result<void> check_all_landed(const records::ErasureRequest& request) const;
    [[nodiscard]] Result<bool> something_to_leave(records::RequestNumber number) const;
    [[nodiscard]] Result<bool> all_told(const records::ErasureRequest& request) const;
    [[nodiscard]] Result<bool> nothing_declined(records::RequestNumber number) const;
    /// Errors: NotFound (one of them never went anywhere), those of the ledger.
    [[nodiscard]] Result<void> check_known(privacy::SubjectNumber subject,
                                           const std::vector<Personal<std::string>>& uris) const;
    [[nodiscard]] Result<std::map<std::string, records::ErasedObject>> of_categories(
        privacy::SubjectNumber subject, fediverse::CategorySet categories) const;
    /// Hosts at which one of the objects lies.
    [[nodiscard]] Result<std::set<Host>> holders_of_any(
        privacy::SubjectNumber subject, const std::vector<records::ErasedObject>& objects) const;
    [[nodiscard]] Result<std::vector<records::ErasedObject>> chosen_objects(
        const records::ErasureRequest& request, const KeepChoice& keep) const;
    [[nodiscard]] Changed change_kept(const Act& act,
                                      privacy::RequestEventKind kind,
                                      std::optional<privacy::RefusalGround> ground,
                                      const std::vector<records::ErasedObject>& objects);
    [[nodiscard]] Result<RequestView> row_of(records::ErasureRequest request) const;
    /// Errors: those of the books but Corrupt, by which it is among the damaged.
    [[nodiscard]] Result<void> add_row(RequestRows& rows, records::ErasureRequest request) const;
    [[nodiscard]] Result<void> add_if_pending(RequestRows& rows, records::ErasureRequest request) const;
    [[nodiscard]] Result<bool> was_told_end(const records::ErasureRequest& request) const;
    [[nodiscard]] Result<bool> is_shredded(privacy::SubjectNumber subject) const;
    [[nodiscard]] Result<RequestView> view_of(records::ErasureRequest request,
                                              std::vector<records::RequestEvent> events) const;

    DeskPorts ports_;
    Planner* planner_;
    const LegalCalendar* calendar_;
    Options options_;
};

/// Whether `later` asks for no more than `earlier` is already doing, so that it may become its duplicate: the
/// same person and scope, `earlier` open and moving, and nobody verified takes the place of somebody who is
/// not. What the origin did by itself answers nobody, and so takes up nothing that was asked for.
[[nodiscard]] bool absorbs(const records::ErasureRequest& earlier, const records::ErasureRequest& later);

}  // namespace fedtrail::erasure
