// What moves a request from one state to another.

#include <algorithm>
#include <tuple>
#include <utility>

#include "erasure/desk.hpp"
#include "erasure/notice_pages.hpp"

namespace fedtrail::erasure {

namespace {

using privacy::RequestEventKind;
using privacy::RequestState;
using Changed = Result<records::ErasureRequest>;

Result<void> needs_reason(const Act& act) {
    if (act.reason.empty()) {
        return fail(ErrorKind::Invalid,
                    "no reason is given",
                    "the person must be told why (Art. 12(3) and (4)): give it");
    }
    return {};
}

tl::unexpected<Error> number_text(std::string_view before,
                                  records::RequestNumber number,
                                  std::string_view after,
                                  std::string remedy) {
    return fail(ErrorKind::Denied,
                std::string{before} + std::to_string(number.get()) + std::string{after},
                std::move(remedy));
}

}  // namespace

Changed Desk::record(const Act& act,
                     RequestEventKind kind,
                     const RequestChange& change,
                     std::optional<privacy::RefusalGround> ground,
                     bool begins_keeping) {
    records::RequestEvent event;
    event.at = ports_.clock.now();
    event.kind = kind;
    event.by = act.by;
    event.ground = ground;
    event.reason = act.reason;
    event.begins_keeping = begins_keeping;
    return record_event(ports_.requests, act.number, event, change);
}

Changed Desk::shut(const Act& act, RequestEventKind kind, std::optional<privacy::RefusalGround> ground) {
    const auto now = ports_.clock.now();
    return record(
        act,
        kind,
        [now, ground](records::ErasureRequest& request) -> Result<void> {
            request.closed_at = now;
            if (ground == privacy::RefusalGround::NotIdentified) {
                request.identity_verified = false;
            }
            return {};
        },
        ground);
}

Changed Desk::ask_identity(const Act& act) {
    bool doubted = false;
    auto asked =
        record(act, RequestEventKind::IdentityAsked, [&](records::ErasureRequest& request) -> Result<void> {
            doubted = request.identity_verified;
            if (doubted && act.reason.empty()) {
                return fail(ErrorKind::Denied,
                            "the identity of who asks is verified already",
                            "more may be asked only on reasonable doubt (Art. 12(6)): give it as the reason");
            }
            request.identity_verified = false;
            return {};
        });
    if (asked && doubted) {
        if (auto woken =
                wake_duplicates(*asked, true, "it is not known any more who made the request it repeated");
            !woken) {
            return fail(woken);
        }
    }
    return asked;
}

Changed Desk::verify_identity(const Act& act) {
    auto request = ports_.requests.request(act.number);
    if (!request) {
        return request;
    }
    if (request->state == RequestState::Duplicate && request->duplicate_of) {
        auto original = ports_.requests.request(*request->duplicate_of);
        if (!original) {
            return original;
        }
        auto verified = *request;
        verified.identity_verified = true;
        if (absorbs(*original, verified)) {
            return number_text("the same is done by request ",
                               original->number,
                               " already",
                               "leave it a duplicate: that request's answer is the answer to both");
        }
        if (auto woken = open_again(act); !woken) {
            return woken;
        }
    }
    return unless_done(
        record(act, RequestEventKind::IdentityVerified, [](records::ErasureRequest& changed) -> Result<void> {
            changed.identity_verified = true;
            return {};
        }));
}

/// Another request that is doing the same at this moment: to start this one would send everything twice.
Result<std::optional<records::RequestNumber>> Desk::done_by(const records::ErasureRequest& request) const {
    const auto others = requests_of(request.subject);
    if (!others) {
        return fail(others);
    }
    const auto found = std::find_if(others->begin(), others->end(), [&](const auto& other) {
        return privacy::may_send(other.state) && absorbs(other, request);
    });
    return found == others->end() ? std::optional<records::RequestNumber>{} : std::optional{found->number};
}

Result<void> Desk::check_not_done(const records::ErasureRequest& request) const {
    const auto other = done_by(request);
    if (!other) {
        return fail(other);
    }
    if (!*other) {
        return {};
    }
    const auto number = std::to_string((*other)->get());
    return fail(ErrorKind::Denied,
                "the same is done by request " + number + " already",
                "`fedtrail requests duplicate " + std::to_string(request.number.get()) + " --of " + number +
                    "` writes that down");
}

Changed Desk::unless_done(Changed request) {
    const auto other =
        request ? done_by(*request) : Result<std::optional<records::RequestNumber>>{fail(request)};
    if (!other) {
        return fail(other);
    }
    if (!*other) {
        return request;
    }
    auto duplicate = mark_duplicate(Act{request->number, "fedtrail", {}}, **other);
    // The other may have been closed since it was looked at.
    return duplicate || duplicate.error().kind != ErrorKind::Denied ? duplicate : request;
}

Result<void> Desk::start_observed(const Act& act) {
    const auto request = unless_done(ports_.requests.request(act.number));
    if (!request) {
        return fail(request);
    }
    if (request->state != RequestState::Duplicate || !request->duplicate_of) {
        const auto started = start(act);
        return started ? Result<void>{} : Result<void>{fail(started)};
    }
    const auto other = ports_.requests.request(*request->duplicate_of);
    if (!other) {
        return fail(other);
    }
    const auto planned = planner_->plan(*other);  // without those whom the origin told
    return planned ? Result<void>{} : Result<void>{fail(planned)};
}

Changed Desk::pause(const Act& act) {
    return record(act, RequestEventKind::InfoAsked);
}

Changed Desk::resume(const Act& act) {
    auto answered = unless_done(record(act, RequestEventKind::InfoGiven));
    if (!answered || answered->state == RequestState::Duplicate) {
        return answered;
    }
    const auto events = ports_.requests.events(act.number);
    if (!events) {
        return fail(events);
    }
    const bool was_started = std::any_of(events->begin(), events->end(), [](const auto& event) {
        return event.kind == RequestEventKind::Started;
    });
    if (!was_started) {
        return answered;
    }
    if (const auto started = start(Act{act.number, act.by, {}}); !started) {
        return fail(started);
    }
    return ports_.requests.request(act.number);
}

Result<void> Desk::check_in_time(records::RequestNumber number) const {
    const auto seen = row(number);
    if (!seen) {
        return fail(seen);
    }
    if (!seen->may_extend) {
        return fail(ErrorKind::Denied,
                    "the time to extend the request ended on " + privacy::format_day(seen->first_due),
                    "an extension must be told within the first month (Art. 12(3)): answer now");
    }
    return {};
}

Changed Desk::extend(const Act& act) {
    for (const auto& right : {needs_reason(act), check_in_time(act.number)}) {
        if (!right) {
            return fail(right);
        }
    }
    const auto seen = row(act.number);
    if (!seen) {
        return fail(seen);
    }
    if (seen->extended_once) {
        return fail(
            ErrorKind::Denied, "the request was extended already", "it can be done once (Art. 12(3))");
    }
    return record(act, RequestEventKind::Extended, [](records::ErasureRequest& request) -> Result<void> {
        request.extended = true;
        return {};
    });
}

Result<void> Desk::check_nothing_left(records::RequestNumber number) const {
    bool told = false;
    NoticeFilter filter;
    filter.request = number;
    auto read = each_notice(ports_.notices, filter, [&told](const records::Notice& notice) {
        told = records::was_told(notice);
        return !told;
    });
    if (!read) {
        return read;
    }
    if (told) {
        return fail(ErrorKind::Denied,
                    "some recipients were told already, so that the request cannot be refused as a whole",
                    "stop it and close it; to keep a part of it, refuse that alone (--object, --category)");
    }
    return {};
}

Changed Desk::refuse(const Act& act, privacy::RefusalGround ground) {
    for (const auto& right : {needs_reason(act), check_nothing_left(act.number)}) {
        if (!right) {
            return fail(right);
        }
    }
    return end_in_nothing(shut(act, RequestEventKind::Refused, ground), act.number, RequestState::Refused);
}

Changed Desk::withdraw(const Act& act) {
    return end_in_nothing(shut(act, RequestEventKind::Withdrawn), act.number, RequestState::Withdrawn);
}

/// Where it had that end before, a crash or an error may have left the rest of it undone: that is done now.
Changed Desk::end_in_nothing(Changed ended, records::RequestNumber number, RequestState end) {
    if (ended) {
        return come_to_nothing(*std::move(ended));
    }
    const auto request = ended.error().kind == ErrorKind::Denied ? ports_.requests.request(number) : ended;
    if (request && request->state == end) {
        if (auto rest = come_to_nothing(*request); !rest) {
            return rest;
        }
    }
    return ended;
}

/// What it brought ends with it.
Changed Desk::come_to_nothing(records::ErasureRequest request) {
    for (const auto& done : {lift_objections_of(request),
                             wake_duplicates(request, false, "the request it repeated came to nothing")}) {
        if (!done) {
            return fail(done);
        }
    }
    return request;
}

namespace {

/// Who may stand for the others comes first: nobody is answered by what the origin did, and who showed who
/// they are leans on nobody who did not. Then whose month ends first (Art. 12(3)): by that day all are
/// answered.
bool carries_before(const records::ErasureRequest& a, const records::ErasureRequest& b) {
    const auto rank = [](const records::ErasureRequest& one) {
        const bool observed = one.source == records::RequestSource::Observed;
        return std::tuple{observed, !one.identity_verified, one.stopped, one.received_at, one.number};
    };
    return rank(a) < rank(b);
}

/// Who asked before it has an earlier month, and is not hidden behind a later one.
bool may_lean(const records::ErasureRequest& woken, const records::ErasureRequest& carrier) {
    const bool owed = woken.source != records::RequestSource::Observed;
    return absorbs(carrier, woken) && (!owed || carrier.received_at <= woken.received_at);
}

}  // namespace

/// What leaned on a request that comes to nothing, or whose maker is doubted: one of it stands by itself
/// again, and the others lean on that one.
Result<void> Desk::wake_duplicates(const records::ErasureRequest& original,
                                   bool verified_only,
                                   const std::string& why) {
    auto others = requests_of(original.subject);
    if (!others) {
        return fail(others);
    }
    std::vector<records::ErasureRequest> asleep;
    std::vector<records::ErasureRequest> open;
    for (auto& other : *others) {
        const bool leans = other.state == RequestState::Duplicate && other.duplicate_of == original.number;
        if (leans && (other.identity_verified || !verified_only)) {
            asleep.push_back(std::move(other));
        } else if (!privacy::is_closed(other.state)) {
            open.push_back(std::move(other));  // a crash may have left one of them awake
        }
    }
    std::sort(asleep.begin(), asleep.end(), carries_before);
    for (const auto& one : asleep) {
        if (auto woken = stand_or_lean(Act{one.number, "fedtrail", why}, open); !woken) {
            return woken;
        }
    }
    return {};
}

/// Wakes it; it joins `open`, or leans on one of those.
Result<void> Desk::stand_or_lean(const Act& act, std::vector<records::ErasureRequest>& open) {
    auto woken = open_again(act);
    if (!woken) {
        return fail(woken);
    }
    const auto carrier =
        std::find_if(open.begin(), open.end(), [&](const auto& other) { return may_lean(*woken, other); });
    if (carrier == open.end()) {
        open.push_back(*std::move(woken));
        return {};
    }
    const auto again = mark_duplicate(Act{act.number, act.by, {}}, carrier->number);
    // The carrier may have been closed since it was looked at.
    return again || again.error().kind == ErrorKind::Denied ? Result<void>{} : Result<void>{fail(again)};
}

Changed Desk::stop(const Act& act) {
    return record(act, RequestEventKind::Stopped, [](records::ErasureRequest& request) -> Result<void> {
        if (request.stopped) {
            return fail(ErrorKind::Denied, "the request is stopped already");
        }
        request.stopped = true;
        return {};
    });
}

Result<SentSoFar> Desk::sent_so_far(records::RequestNumber number) const {
    if (const auto request = ports_.requests.request(number); !request) {
        return fail(request);
    }
    SentSoFar sent;
    const auto now = ports_.clock.now();
    NoticeFilter filter;
    filter.request = number;
    const auto read = each_notice(ports_.notices, filter, [&](const records::Notice& notice) {
        ++(records::was_told(notice) ? sent.told : sent.untouched);
        sent.under_way += records::is_under_way(notice, now) ? 1 : 0;
        return true;
    });
    return read ? Result<SentSoFar>{sent} : Result<SentSoFar>{fail(read)};
}

/// A message that is under way may be about something that is held by now.
Result<void> Desk::check_all_landed(const records::ErasureRequest& request) const {
    bool flying = false;
    const auto now = ports_.clock.now();
    NoticeFilter filter;
    filter.request = request.number;
    auto read = each_notice(ports_.notices, filter, [&](const records::Notice& notice) {
        flying = records::is_under_way(notice, now);
        return !flying;
    });
    if (!read || !flying) {
        return read;
    }
    const auto seen = view(request.number);
    if (!seen) {
        return fail(seen);
    }
    if (!seen->held.empty()) {
        return fail(ErrorKind::Unavailable,
                    "messages of the request are still under way, and some of it is held",
                    "try again in a minute");
    }
    return {};
}

Changed Desk::resume_sending(const Act& act) {
    auto request = ports_.requests.request(act.number);
    if (!request) {
        return request;
    }
    if (!request->stopped) {
        return fail(ErrorKind::Denied, "the request is not stopped");
    }
    if (const auto allowed = privacy::next(request->state, RequestEventKind::Resumed); !allowed) {
        return fail(allowed);
    }
    for (const auto& fine : {check_not_done(*request), check_all_landed(*request)}) {
        if (!fine) {
            return fail(fine);
        }
    }
    if (const auto planned = planner_->plan(*request); !planned) {
        return fail(planned);
    }
    return record(act, RequestEventKind::Resumed, [](records::ErasureRequest& changed) -> Result<void> {
        changed.stopped = false;
        return {};
    });
}

Changed Desk::mark_duplicate(const Act& act, records::RequestNumber of) {
    auto original = ports_.requests.request(of);
    if (!original) {
        return original;
    }
    const auto now = ports_.clock.now();
    return record(
        act, RequestEventKind::MarkedDuplicate, [&](records::ErasureRequest& request) -> Result<void> {
            if (!absorbs(*original, request)) {
                return number_text(
                    "request ",
                    original->number,
                    " does not stand in for it: it is closed, stopped, of another scope or person, "
                    "nobody verified who asked, or the origin's own deletion opened it",
                    "go on with this one, or name the open request of the same person that asks for as much");
            }
            request.duplicate_of = original->number;
            request.closed_at = now;
            return {};
        });
}

Changed Desk::wake(const Act& act) {
    auto request = ports_.requests.request(act.number);
    if (!request) {
        return request;
    }
    if (const auto allowed = privacy::next(request->state, RequestEventKind::Woken); !allowed) {
        return fail(allowed);
    }
    const auto other = done_by(*request);
    if (!other) {
        return fail(other);
    }
    if (*other) {  // servers would be told, and the person answered, twice
        return number_text("the same is done by request ",
                           **other,
                           " already",
                           "go on with that one (`fedtrail requests start` plans what is new); wake this one "
                           "once that is closed or stopped");
    }
    return open_again(act);
}

Changed Desk::open_again(const Act& act) {
    return record(act, RequestEventKind::Woken, [](records::ErasureRequest& request) -> Result<void> {
        request.closed_at.reset();
        request.duplicate_of.reset();
        request.origin_gone_at.reset();  // it may be back since: that it is gone is to be seen anew
        return {};
    });
}

}  // namespace fedtrail::erasure
