#include "api/answers.hpp"
#include "api/api.hpp"
#include "api/looks.hpp"
#include "api/paging.hpp"
#include "api/request_json.hpp"
#include "api/request_words.hpp"
#include "erasure/letter_sent.hpp"

namespace fedtrail::api {

namespace {

/// Whether there is such a request is not for every token to learn.
tl::unexpected<Error> not_yours() {
    return fail(ErrorKind::Denied, "this token opens another person's requests");
}

Result<records::NoticeNumber> notice_number(const Call& call) {
    const auto number = number_of(call.captured.at(1), "the notice");
    return number ? Result<records::NoticeNumber>{records::NoticeNumber{*number}}
                  : Result<records::NoticeNumber>{
                        fail(ErrorKind::NotFound, "there is no notice with this number")};
}

/// Whose request it is learns that an operator did something, not which one (CJEU C-579/21).
void hide_operators(const Call& call,
                    const records::ErasureRequest& request,
                    std::vector<records::RequestEvent>& events) {
    if (!is_own(call.grant, request.subject)) {
        return;
    }
    for (auto& event : events) {
        event.by = std::string{records::without_operator(event.by)};
    }
}

}  // namespace

Result<records::ErasureRequest> Api::request_for(const Call& call) const {
    const bool all = call.grant.allows(Scope::AuditRead) || call.grant.allows(Scope::RequestsWrite);
    const auto number = number_of(call.captured.front(), "the request");
    auto request = number ? doors_.erasure.requests.request(records::RequestNumber{*number})
                          : Result<records::ErasureRequest>{
                                fail(ErrorKind::NotFound, "there is no request with this number")};
    if (all || (request && request->subject == call.grant.subject)) {
        return request;
    }
    if (!request && request.error().kind != ErrorKind::NotFound) {
        return request;
    }
    return not_yours();
}

HttpResponse Api::requests(const Call& call) {
    const auto page = page_of(call.target);
    if (!page) {
        return bad_request(page.error().what, page.error().remedy);
    }
    const auto open = call.target.flag("open");
    if (!open) {
        return bad_request(open.error().what, open.error().remedy);
    }
    RequestFilter filter;
    filter.open_only = *open;
    filter.after = records::RequestNumber{page->after};
    filter.limit = page->limit + 1;
    const bool all = call.grant.allows(Scope::AuditRead) || call.grant.allows(Scope::RequestsWrite);
    if (!all) {
        filter.subject = call.grant.subject.value_or(privacy::SubjectNumber{});  // nobody, never everybody
    }
    if (const auto subject = call.target.query("subject")) {
        const auto found = all ? doors_.people.find(*subject) : doors_.vault.find(*subject);
        if (!all && (!found || *found != *filter.subject)) {
            return problem(not_yours().value());
        }
        if (!found) {
            return problem(found.error());
        }
        filter.subject = *found;
    }
    auto rows = doors_.erasure.desk()->list(filter);
    if (!rows) {
        return problem(rows.error());
    }
    const auto next = rows->cut_to(page->limit);
    return paged(json_answer(requests_json(*rows, next)),
                 "/api/v1/requests",
                 *page,
                 next.get(),
                 filter_words(call.target, {"open", "subject"}));
}

HttpResponse Api::request_one(const Call& call) {
    const auto request = request_for(call);
    if (!request) {
        return problem(request.error());
    }
    auto view = doors_.erasure.desk()->view(request->number);
    if (!view) {
        return problem(view.error());
    }
    hide_operators(call, *request, view->events);
    const auto names = note_objects(call, *request);
    const auto decisions =
        names ? decisions_for(call, request->number) : Result<std::vector<erasure::DecisionDue>>{fail(names)};
    return decisions ? json_answer(request_json(*view, *names, *decisions)) : problem(decisions.error());
}

Result<std::vector<erasure::DecisionDue>> Api::decisions_for(const Call& call,
                                                             records::RequestNumber number) const {
    const bool decides = call.grant.allows(Scope::Admin) || call.grant.allows(Scope::RequestsWrite) ||
                         call.grant.allows(Scope::AuditRead);
    return decides && doors_.erasure.decisions ? doors_.erasure.decisions(number)
                                               : std::vector<erasure::DecisionDue>{};
}

HttpResponse Api::request_plan(const Call& call) {
    const auto request = request_for(call);
    if (!request) {
        return problem(request.error());
    }
    const auto plan = doors_.erasure.desk()->preview(request->number);
    if (!plan) {
        return problem(plan.error());
    }
    const auto noted = note_request(call, *request);
    return noted ? json_answer(plan_json(*plan)) : problem(noted.error());
}

HttpResponse Api::request_history(const Call& call) {
    const auto request = request_for(call);
    if (!request) {
        return problem(request.error());
    }
    auto events = doors_.erasure.requests.events(request->number);
    if (!events) {
        return problem(events.error());
    }
    if (const auto noted = note_request(call, *request); !noted) {
        return problem(noted.error());
    }
    hide_operators(call, *request, *events);
    return json_answer(history_json(request->number, *events));
}

HttpResponse Api::request_answer(const Call& call) {
    const auto format = call.target.query("format").value_or("json");
    if (format != "json" && format != "md") {
        return bad_request("format is none that an answer has", "Known are: json, md.");
    }
    const auto request = request_for(call);
    if (!request) {
        return problem(request.error());
    }
    auto answer = doors_.erasure.desk()->answer(request->number);
    if (!answer) {
        return problem(answer.error());
    }
    const auto sight = note_answer(call, *request);
    if (!sight) {
        return problem(sight.error());
    }
    if (*sight == Sight::Pseudonym) {
        answer->handle = Personal<std::string>{};
    }
    if (format == "json") {
        return json_answer(erasure::render_answer_json(*answer, doors_.erasure.controller));
    }
    const auto language = language_for(call, *doors_.texts());
    if (!language) {
        return bad_request(language.error().what, language.error().remedy);
    }
    const auto words = doors_.erasure.words(*language);
    if (!words) {
        return problem(words.error());
    }
    auto text = erasure::render_answer_text(*answer, doors_.erasure.controller, *words);
    return text ? HttpResponse{200,
                               {{"Content-Type", "text/markdown; charset=utf-8"},
                                {"Content-Language", *language},
                                {"Vary", "Accept-Language"}},
                               std::move(*text)}
                : problem(text.error());
}

HttpResponse Api::request_notices(const Call& call) {
    const auto page = page_of(call.target);
    if (!page) {
        return bad_request(page.error().what, page.error().remedy);
    }
    const auto request = request_for(call);
    if (!request) {
        return problem(request.error());
    }
    NoticeFilter filter;
    filter.request = request->number;
    filter.after = records::NoticeNumber{page->after};
    filter.limit = page->limit + 1;
    if (const auto state = call.target.query("state")) {
        filter.state = fediverse::notice_state_named(*state);
        if (!filter.state) {
            return bad_request("there is no such state of a notice", "See schemas/openapi.yaml.");
        }
    }
    auto notices = doors_.erasure.notices.notices(filter);
    if (!notices) {
        return problem(notices.error());
    }
    records::NoticeNumber next;
    if (notices->size() > page->limit) {
        notices->resize(page->limit);
        next = notices->back().number;
    }
    const auto passing_on = passing_on_of(*notices);
    if (!passing_on) {
        return problem(passing_on.error());
    }
    if (const auto noted = note_request(call, *request); !noted) {
        return problem(noted.error());
    }
    return paged(json_answer(notices_json(*notices, *passing_on, next)),
                 "/api/v1/requests/" + std::to_string(request->number.get()) + "/notices",
                 *page,
                 next.get(),
                 filter_words(call.target, {"state"}));
}

Result<records::Notice> Api::notice_for(const Call& call) const {
    const auto request = request_for(call);
    const auto number = notice_number(call);
    if (!request || !number) {
        return !request ? fail(request) : fail(number);
    }
    NoticeFilter filter;
    filter.request = request->number;
    filter.after = records::NoticeNumber{number->get() - 1};
    filter.limit = 1;
    auto notices = doors_.erasure.notices.notices(filter);
    if (!notices) {
        return fail(notices);
    }
    if (notices->empty() || notices->front().number != *number) {
        return fail(ErrorKind::NotFound, "there is no notice with this number in this request");
    }
    return std::move(notices->front());
}

Result<std::set<Host>> Api::passing_on_of(std::span<const records::Notice> notices) const {
    std::vector<Host> hosts;
    for (const auto& notice : notices) {
        hosts.push_back(notice.recipient);
    }
    return doors_.erasure.desk()->passing_on(hosts);
}

HttpResponse Api::notice_answer(const Result<records::Notice>& notice) const {
    const auto history =
        notice ? doors_.erasure.notices.history(notice->number) : Result<NoticeHistory>{fail(notice)};
    if (!history) {
        return problem(history.error());
    }
    const auto passing_on = passing_on_of({&*notice, 1});
    return passing_on ? json_answer(notice_json(*notice, *passing_on, *history))
                      : problem(passing_on.error());
}

HttpResponse Api::request_notice(const Call& call) {
    const auto notice = notice_for(call);
    const auto request = notice ? request_for(call) : Result<records::ErasureRequest>{fail(notice)};
    const auto noted = request ? note_request(call, *request) : Result<void>{fail(request)};
    return noted ? notice_answer(notice) : problem(noted.error());
}

HttpResponse Api::request_letter_sent(const Call& call) {
    auto notice = notice_for(call);
    if (notice) {
        notice = erasure::letter_sent_by_hand(doors_.erasure.notices, notice->number, doors_.clock.now());
        doors_.erasure.changed();
    }
    return notice_answer(notice);
}

}  // namespace fedtrail::api
