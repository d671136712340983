#include <algorithm>
#include <chrono>
#include <optional>
#include <span>
#include <vector>

#include "fedtrail/core/count.hpp"

#include "api/answers.hpp"
#include "api/api.hpp"
#include "api/looks.hpp"
#include "api/request_acts.hpp"
#include "api/request_body.hpp"
#include "api/request_json.hpp"

namespace fedtrail::api {

namespace {

/// A person's own token says who they are, and for whom they ask; whether it starts is the controller's word.
bool is_own(const Grant& grant) {
    return !grant.allows(Scope::RequestsWrite);
}

/// Who the request is about. Errors: Denied (somebody else, for a person's own token), NotFound.
Result<privacy::SubjectNumber> subject_of(const OrderBody& body,
                                          const Grant& grant,
                                          const SubjectFinder& people) {
    if (is_own(grant) && body.subject.empty() && grant.subject) {
        return *grant.subject;
    }
    auto found = people.find(body.subject);
    if (is_own(grant) && (!found || found != grant.subject)) {
        return fail(ErrorKind::Denied, "this token asks for one person alone", "Leave subject out.");
    }
    return found;
}

Result<erasure::OpenOrder> order_of(const OrderBody& body,
                                    const Call& call,
                                    const SubjectFinder& people,
                                    const erasure::LegalCalendar& calendar) {
    const auto& grant = call.grant;
    auto scope = scope_of(body.scope, calendar);
    if (!scope) {
        return fail(scope);
    }
    const auto subject = subject_of(body, grant, people);
    if (!subject) {
        return fail(subject);
    }
    erasure::OpenOrder order;
    order.subject = *subject;
    order.source = is_own(grant) ? records::RequestSource::Person : records::RequestSource::Admin;
    order.scope = std::move(*scope);
    order.by = by(grant, call.request.headers);
    order.reason = body.reason;
    order.identity_verified = is_own(grant) || body.identity_verified;
    if (is_own(grant) && !body.received_at.empty()) {
        return fail(ErrorKind::Denied,
                    "when a request was received is not for the person to say",
                    "Leave received_at out.");
    }
    if (body.max_rate) {
        if (is_own(grant)) {
            return fail(ErrorKind::Denied,
                        "how fast messages leave is not for the person to say",
                        "Leave max_rate out.");
        }
        const auto rate = rate_of(*body.max_rate, "max_rate");
        if (!rate) {
            return fail(rate);
        }
        order.max_rate = *rate;
    }
    if (!body.received_at.empty()) {
        const auto at = moment_of(body.received_at, "received_at", calendar);
        if (!at) {
            return fail(at);
        }
        order.received_at = *at;
    }
    return order;
}

constexpr std::chrono::seconds kDay{std::chrono::hours{24}};

struct OwnRequests {
    std::size_t open{};
    std::vector<Instant> recent;  ///< The closed ones: each makes room when its day is over.
};

void count_own(std::span<const records::ErasureRequest> page, Instant now, OwnRequests& own) {
    for (const auto& request : page) {
        if (request.source != records::RequestSource::Person) {
            continue;
        }
        if (!privacy::is_closed(request.state)) {
            ++own.open;
        } else if (request.received_at + kDay > now) {
            own.recent.push_back(request.received_at);
        }
    }
}

/// A person's requests that are open, or were opened by them within a day: a token that was stolen must not
/// flood the controller. The answer to one too many; nothing if there is room. Errors: those of the book.
Result<std::optional<HttpResponse>> too_many(const RequestDoors& doors,
                                             privacy::SubjectNumber subject,
                                             Instant now) {
    RequestFilter filter;
    filter.subject = subject;
    OwnRequests own;
    for (;;) {
        const auto page = doors.requests.requests(filter);
        if (!page) {
            return fail(page);
        }
        count_own(*page, now, own);
        if (page->size() < filter.limit) {
            break;
        }
        filter.after = page->back().number;
    }
    const auto& [open, recent] = own;
    if (open + recent.size() < doors.max_own_requests) {
        return std::optional<HttpResponse>{};
    }
    auto answer = problem(
        429,
        "Too many requests",
        counted(open, "request of this person is open, and ", "requests of this person are open, and ") +
            counted(recent.size(), "more was made today", "more were made today"),
        "Wait for their answers, or withdraw what is not meant any more.");
    const auto wait = open < doors.max_own_requests
                          ? std::chrono::ceil<std::chrono::seconds>(
                                *std::min_element(recent.begin(), recent.end()) + kDay - now)
                          : kDay;
    answer.headers.emplace_back("Retry-After", std::to_string(std::max<std::int64_t>(wait.count(), 1)));
    return std::optional{std::move(answer)};
}

bool is_json(const HttpRequest& request) {
    auto type = header_of(request.headers, "Content-Type");
    type = type.substr(0, type.find(';'));
    while (type.ends_with(' ')) {
        type.remove_suffix(1);
    }
    return type.empty() || type == "application/json";
}

HttpResponse not_json() {
    return problem(
        415, "Not this type", "requests come as application/json", "Send Content-Type: application/json.");
}

}  // namespace

HttpResponse Api::request_open(const Call& call) {
    if (!is_json(call.request)) {
        return not_json();
    }
    const auto body = order_body(call.request.body);
    // What would happen is told anew each time: it changes nothing, and each answer is a look.
    return body && body->dry_run ? opened(call) : once(call, [&] { return opened(call); });
}

HttpResponse Api::opened(const Call& call) {
    const auto body = order_body(call.request.body);
    if (!body) {
        return problem(body.error());
    }
    const auto desk = doors_.erasure.desk();
    // A person's own token may not have anybody asked.
    const auto& people = is_own(call.grant) ? static_cast<const SubjectFinder&>(doors_.vault) : doors_.people;
    const auto order = order_of(*body, call, people, desk->calendar());
    if (!order) {
        return problem(order.error());
    }
    if (body->dry_run) {
        const auto plan = desk->preview(*order);
        const auto noted =
            plan ? note_by_number(call, order->subject, records::looked::kPlan) : Result<void>{fail(plan)};
        return noted ? json_answer(plan_json(*plan)) : problem(noted.error());
    }
    if (is_own(call.grant)) {
        const auto refused = too_many(doors_.erasure, order->subject, doors_.clock.now());
        if (!refused || *refused) {
            return refused ? **refused : problem(refused.error());
        }
    }
    auto request = desk->open(*order);
    if (!request) {
        return problem(request.error());
    }
    Acted acted{std::move(*request), std::nullopt, std::nullopt};
    const bool wanted = body->start.value_or(order->identity_verified) && !is_own(call.grant);
    if (wanted && acted.request.state != privacy::RequestState::Duplicate) {
        auto started =
            perform(*request_act_named("start"), *desk, {acted.request.number, order->by, ""}, ActWords{});
        if (started) {
            acted = std::move(*started);
        } else {  // the request is open all the same
            acted.not_started = started.error();
        }
    }
    doors_.erasure.changed();
    auto answer = json_answer(acted_json(acted));
    answer.status = 201;
    answer.headers.emplace_back("Location", "/api/v1/requests/" + std::to_string(acted.request.number.get()));
    return answer;
}

HttpResponse Api::request_act(const Call& call) {
    return is_json(call.request) ? once(call, [&] { return acted(call); }) : not_json();
}

HttpResponse Api::acted(const Call& call) {
    const auto request = request_for(call);
    if (!request) {
        return problem(request.error());
    }
    const auto* const act = request_act_named(call.captured.at(1));
    if (act == nullptr) {
        return problem({ErrorKind::NotFound, "there is no such act", "See schemas/openapi.yaml."});
    }
    // A token that also may read everything (audit:read) has found another person's request.
    if (is_own(call.grant) && (act->name != "withdraw" || request->subject != call.grant.subject)) {
        return problem({ErrorKind::Denied, "this token can withdraw its person's requests, no more", ""});
    }
    const auto words = act_words(call.request.body);
    if (!words) {
        return problem(words.error());
    }
    const auto desk = doors_.erasure.desk();
    const auto done =
        perform(*act, *desk, {request->number, by(call.grant, call.request.headers), words->reason}, *words);
    if (!done) {
        return problem(done.error());
    }
    doors_.erasure.changed();
    return json_answer(acted_json(*done));
}

}  // namespace fedtrail::api
