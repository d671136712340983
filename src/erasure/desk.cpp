#include "erasure/desk.hpp"

#include <algorithm>
#include <utility>

#include "fedtrail/ports/visit_books.hpp"

#include "erasure/request_course.hpp"
#include "erasure/scope.hpp"

namespace fedtrail::erasure {

namespace {

/// `settled`: the clock of the pauses that are over. While one is open nobody knows the day yet, and it is
/// the earliest that it can be.
privacy::Deadline deadline_of(const privacy::RequestClock& settled, bool extended) {
    return extended ? settled.paused_extension.value_or(settled.extension)
                    : settled.paused.value_or(settled.response);
}

/// Whether the clock stands still for what is to be done by `last`: a question that is asked when the time is
/// over brings nothing back.
bool waits(const RequestCourse& course, const privacy::Day& last) {
    const bool open = !course.pauses.empty() && !course.pauses.back().answered;
    return open && course.pauses.back().asked <= last;
}

/// Who withdrew knows it, and a duplicate has the other one's answer. Of what the origin deleted on its own
/// nobody asked anything.
bool ends_with_answer(const records::ErasureRequest& request) {
    using privacy::RequestState;
    return request.source != records::RequestSource::Observed &&
           (request.state == RequestState::Fulfilled || request.state == RequestState::PartlyFulfilled ||
            request.state == RequestState::Refused);
}

/// Sets what is due of the request, and when. `settled`: as day_due() has it.
void set_due(RequestView& view,
             const RequestCourse& course,
             const privacy::RequestClock& settled,
             const privacy::Day& today) {
    const auto within = deadline_of(settled, false);
    const auto first = within.due;
    view.first_due = first;
    const bool in_time = course.extension_told && *course.extension_told <= first;
    view.may_extend = waits(course, first) || today <= first;
    const bool may_be_told = !course.extension_told && view.may_extend;
    // An extension that is told too late does not count (Art. 12(3)).
    view.extended = course.extended && (in_time || may_be_told);
    view.extended_once = course.extended;
    view.extension_told = course.extension_told;
    view.counts_from = course.counts_from;
    const auto last = deadline_of(settled, view.extended);
    view.due = last.due;
    view.tell_by = view.extended && !in_time ? first : view.due;
    view.holidays_known = last.holidays_known && (view.tell_by == view.due || within.holidays_known);
    view.unanswered = ends_with_answer(view.request) && !course.told_end;
    const bool owed = view.unanswered || !privacy::is_closed(view.request.state);
    view.overdue = owed && !waits(course, view.tell_by) && today > view.tell_by;
}

}  // namespace

bool absorbs(const records::ErasureRequest& earlier, const records::ErasureRequest& later) {
    using Source = records::RequestSource;
    return earlier.number != later.number && earlier.subject == later.subject &&
           earlier.scope == later.scope && !privacy::is_closed(earlier.state) && !earlier.stopped &&
           (earlier.identity_verified || !later.identity_verified) &&
           (earlier.source != Source::Observed || later.source == Source::Observed);
}

Desk::Desk(DeskPorts ports, Planner& planner, const LegalCalendar& calendar, Options options)
    : ports_(ports), planner_(&planner), calendar_(&calendar), options_(options) {}

Result<records::ErasureRequest> Desk::draft_of(const OpenOrder& order) const {
    const auto identity = ports_.vault.identity(order.subject);
    if (!identity) {
        return fail(identity);
    }
    auto scope = normalised(order.scope, identity->actor.reveal());
    if (!scope) {
        return fail(scope);
    }
    // A server that is named is told whatever the ledger has; nobody else is told of what never went
    // anywhere.
    if (scope->kind == records::ScopeKind::Objects && scope->recipients.empty()) {
        if (const auto known = check_known(order.subject, scope->objects); !known) {
            return fail(known);
        }
    }
    const auto now = ports_.clock.now();
    records::ErasureRequest request;
    request.subject = order.subject;
    request.source = order.source;
    request.scope = std::move(*scope);
    request.received_at = order.received_at.value_or(now);
    request.max_rate = order.max_rate;
    request.identity_verified = order.identity_verified || order.source != records::RequestSource::Admin;
    if (request.received_at > now) {
        return fail(ErrorKind::Invalid,
                    "the request is said to have been received in the future",
                    "give the day on which it reached you, or leave it out for today");
    }
    if (order.reason.size() > kLongestReason) {
        return fail(
            ErrorKind::Invalid,
            "the reason given for a request is longer than " + std::to_string(kLongestReason) + " octets",
            "shorten it");
    }
    return request;
}

Result<std::vector<records::ErasureRequest>> Desk::requests_of(privacy::SubjectNumber subject) const {
    std::vector<records::ErasureRequest> all;
    RequestFilter filter;
    filter.subject = subject;
    const auto visited =
        visit_requests(ports_.requests, filter, [&all](records::ErasureRequest& request) -> Result<void> {
            all.push_back(std::move(request));
            return {};
        });
    return visited ? Result<std::vector<records::ErasureRequest>>{std::move(all)} : fail(visited);
}

Result<records::ErasureRequest> Desk::open(const OpenOrder& order) {
    auto draft = draft_of(order);
    if (!draft) {
        return draft;
    }
    auto widened = planner_->widened(*draft);
    if (!widened) {
        return fail(widened);
    }
    draft->scope.recipients = std::move(*widened);
    const auto known = requests_of(order.subject);
    if (!known) {
        return fail(known);
    }
    records::RequestEvent event;
    event.at = ports_.clock.now();
    event.by = order.by;
    event.reason = order.reason;
    auto opened = ports_.requests.open(std::move(*draft), event);
    if (opened && order.identity_verified && order.source == records::RequestSource::Admin) {
        opened = record(Act{opened->number, order.by, {}}, privacy::RequestEventKind::IdentityVerified);
    }
    if (!opened) {
        return opened;
    }
    const auto original = std::find_if(
        known->begin(), known->end(), [&](const auto& earlier) { return absorbs(earlier, *opened); });
    if (original == known->end()) {
        return opened;
    }
    auto duplicate = mark_duplicate(Act{opened->number, "fedtrail", {}}, original->number);
    // The original may have been closed since it was looked at.
    return duplicate || duplicate.error().kind != ErrorKind::Denied ? duplicate : opened;
}

Result<void> Desk::check(const OpenOrder& order) const {
    const auto draft = draft_of(order);
    return draft ? Result<void>{} : Result<void>{fail(draft)};
}

Result<PlanPreview> Desk::preview(const OpenOrder& order) const {
    const auto draft = draft_of(order);
    if (!draft) {
        return fail(draft);
    }
    return planner_->preview(*draft);
}

Result<PlanPreview> Desk::preview(records::RequestNumber number) const {
    const auto request = ports_.requests.request(number);
    if (!request) {
        return fail(request);
    }
    return planner_->preview(*request);
}

Result<PlanTotals> Desk::start(const Act& act) {
    auto request = ports_.requests.request(act.number);
    if (!request) {
        return fail(request);
    }
    if (const auto allowed = privacy::next(request->state, privacy::RequestEventKind::Started); !allowed) {
        return fail(allowed);
    }
    if (!request->identity_verified) {
        return fail(ErrorKind::Denied,
                    "the identity of who asks is not verified",
                    "verify it, or ask for what shows it (Art. 12(6))");
    }
    if (const auto fresh = check_not_done(*request); !fresh) {
        return fail(fresh);
    }
    auto widened = planner_->widened(*request);  // more may have been joined since it was opened
    if (!widened) {
        return fail(widened);
    }
    request->scope.recipients = std::move(*widened);
    for (const auto& recipient : request->scope.recipients) {
        const auto objected = ports_.objections.object(
            records::Objection{request->subject, recipient, ports_.clock.now(), request->number});
        if (!objected) {
            return fail(objected);
        }
    }
    auto planned = planner_->plan(*request);
    if (!planned) {
        return planned;
    }
    const auto widen = [&hosts = request->scope.recipients](records::ErasureRequest& stored) -> Result<void> {
        stored.scope.recipients = hosts;
        return {};
    };
    if (const auto started = record(act, privacy::RequestEventKind::Started, widen); !started) {
        return fail(started);
    }
    return planned;
}

Result<RequestView> Desk::view_of(records::ErasureRequest request,
                                  std::vector<records::RequestEvent> events) const {
    RequestView view;
    view.received_day = local_day(request.received_at, *calendar_);
    const auto course = course_of(events, view.received_day, *calendar_);
    view.wanted_by = privacy::Day{std::chrono::sys_days{course.counts_from} + options_.wanted_within};
    auto clock = privacy::request_clock(course.counts_from, course.pauses, calendar_->holidays);
    if (!clock) {
        return fail(clock);
    }
    view.clock = *clock;
    auto over = course.pauses;
    std::erase_if(over, [](const privacy::Pause& pause) { return !pause.answered; });
    const auto settled = privacy::request_clock(course.counts_from, over, calendar_->holidays);
    if (!settled) {
        return fail(settled);
    }
    auto tally = ports_.notices.tally(request.number);
    if (!tally) {
        return fail(tally);
    }
    view.tally = std::move(*tally);
    view.request = std::move(request);
    set_due(view, course, *settled, today());
    if (view.unanswered) {  // nobody can tell a person who was forgotten
        const auto lost = is_shredded(view.request.subject);
        if (!lost) {
            return fail(lost);
        }
        view.unanswered = !*lost;
        view.overdue = view.overdue && !*lost;
    }
    view.origin = origin_word(view.request, events);
    view.events = std::move(events);
    return view;
}

Result<RequestView> Desk::view(records::RequestNumber number) const {
    auto request = ports_.requests.request(number);
    if (!request) {
        return fail(request);
    }
    auto events = ports_.requests.events(number);
    if (!events) {
        return fail(events);
    }
    auto view = view_of(std::move(*request), std::move(*events));
    if (!view) {
        return view;
    }
    auto objects = ports_.notices.objects(number, {});
    if (!objects) {
        return fail(objects);
    }
    std::copy_if(std::make_move_iterator(objects->begin()),
                 std::make_move_iterator(objects->end()),
                 std::back_inserter(view->held),
                 [](const records::ErasedObject& object) { return object.held_for_law; });
    return view;
}

Result<RequestView> Desk::row_of(records::ErasureRequest request) const {
    auto events = ports_.requests.events(request.number);
    if (!events) {
        return fail(events);
    }
    auto view = view_of(std::move(request), std::move(*events));
    if (view) {
        view->events.clear();
    }
    return view;
}

Result<RequestView> Desk::row(records::RequestNumber number) const {
    auto request = ports_.requests.request(number);
    return request ? row_of(std::move(*request)) : fail(request);
}

namespace {

using DamagedRequest = DamagedRow<records::ErasureRequest>;

/// Errors: `error`, unless it is damage.
Result<void> pass_over(RequestRows& rows, DamagedRequest row) {
    if (row.error.kind != ErrorKind::Corrupt) {
        return tl::unexpected{std::move(row.error)};
    }
    rows.damaged.push_back(std::move(row));
    return {};
}

void sort_damaged(RequestRows& rows) {
    std::sort(rows.damaged.begin(), rows.damaged.end(), [](const auto& one, const auto& other) {
        return one.number < other.number;
    });
}

}  // namespace

records::RequestNumber RequestRows::cut_to(std::size_t most) {
    if (views.size() <= most) {
        return {};
    }
    views.resize(most);
    const auto last = views.empty() ? records::RequestNumber{} : views.back().request.number;
    std::erase_if(damaged, [last](const auto& row) { return last < row.number; });
    return last;
}

Result<void> Desk::add_row(RequestRows& rows, records::ErasureRequest request) const {
    DamagedRequest known{request.number, request.subject, {}};
    auto view = row_of(std::move(request));
    if (!view) {
        known.error = view.error();
        return pass_over(rows, std::move(known));
    }
    rows.views.push_back(std::move(*view));
    return {};
}

Result<RequestRows> Desk::list(const RequestFilter& filter) const {
    auto page = ports_.requests.whole_requests(filter);
    if (!page) {
        return fail(page);
    }
    RequestRows rows{{}, std::move(page->damaged)};
    rows.views.reserve(page->rows.size());
    for (auto& request : page->rows) {
        if (const auto added = add_row(rows, std::move(request)); !added) {
            return fail(added);
        }
    }
    sort_damaged(rows);
    return rows;
}

Result<bool> Desk::is_shredded(privacy::SubjectNumber subject) const {
    const auto identity = ports_.vault.identity(subject);
    if (!identity && identity.error().kind != ErrorKind::NotFound) {
        return fail(identity);
    }
    return !identity;
}

/// Of a closed request that is no duplicate. With most of them, after years, the answer was the last that
/// happened, and nothing else of them need be read.
Result<bool> Desk::was_told_end(const records::ErasureRequest& request) const {
    const auto last = ports_.requests.last_event(request.number);
    if (!last) {
        return fail(last);
    }
    if (*last && (*last)->kind == privacy::RequestEventKind::Answered) {
        return true;
    }
    const auto events = ports_.requests.events(request.number);
    if (!events) {
        return fail(events);
    }
    return course_of(*events, local_day(request.received_at, *calendar_), *calendar_).told_end;
}

Result<void> Desk::add_if_pending(RequestRows& rows, records::ErasureRequest request) const {
    const bool open = !privacy::is_closed(request.state);
    if (!open && !ends_with_answer(request)) {
        return {};
    }
    const auto told = open ? Result<bool>{false} : was_told_end(request);
    if (!told) {
        return pass_over(rows, {request.number, request.subject, told.error()});
    }
    if (*told) {
        return {};
    }
    const auto before = rows.views.size();
    auto added = add_row(rows, std::move(request));
    if (added && !open && rows.views.size() > before && !rows.views.back().unanswered) {
        rows.views.pop_back();
    }
    return added;
}

Result<RequestRows> Desk::pending(const RequestFilter& filter) const {
    RequestRows rows;
    const auto visited = visit_whole_requests(
        ports_.requests,
        filter,
        [&](records::ErasureRequest& request) {
            return rows.views.size() < filter.limit ? add_if_pending(rows, std::move(request))
                                                    : Result<void>{};
        },
        [&rows](const DamagedRequest& row) { rows.damaged.push_back(row); });
    if (!visited && visited.error().kind != ErrorKind::Corrupt) {
        return fail(visited);
    }
    sort_damaged(rows);
    return rows;
}

}  // namespace fedtrail::erasure
