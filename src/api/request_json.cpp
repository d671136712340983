#include "api/request_json.hpp"

#include "api/answers.hpp"
#include "api/json_text.hpp"

namespace fedtrail::api {

namespace {

std::string word(std::string_view text) {
    return std::string{text};
}

Json day(const std::optional<privacy::Deadline>& deadline) {
    return deadline ? Json(privacy::format_day(deadline->due)) : Json(nullptr);
}

/// What of objects is shown. Their addresses name their author.
enum class Objects { Counted, Unnamed, Named };

Json scope(const records::ErasureScope& of, Objects objects) {
    Json out{{"kind", word(name_of(of.kind))},
             {"objects", of.objects.size()},
             {"before", moment_or_null(of.before)},
             {"categories", category_names(of.categories)},
             {"recipients", Json::array()}};
    for (const auto& host : of.recipients) {
        out["recipients"].push_back(host.text());
    }
    if (objects == Objects::Unnamed) {
        out["object_uris"] = nullptr;
    }
    if (objects == Objects::Named) {
        out["object_uris"] = Json::array();
        for (const auto& object : of.objects) {
            out["object_uris"].push_back(object.reveal());
        }
    }
    return out;
}

Json clock(const erasure::RequestView& view) {
    const auto& of = view.clock;
    // Of what is closed and owes no answer nothing is waited for.
    const bool owed = view.unanswered || !privacy::is_closed(view.request.state);
    return {{"received", privacy::format_day(view.received_day)},
            {"wanted_by", privacy::format_day(view.wanted_by)},
            {"counts_from", privacy::format_day(view.counts_from)},
            {"due", privacy::format_day(view.due)},
            {"tell_by", privacy::format_day(view.tell_by)},
            {"extension_told",
             view.extension_told ? Json(privacy::format_day(*view.extension_told)) : Json(nullptr)},
            {"response_due", privacy::format_day(of.response.due)},
            {"extended_due", privacy::format_day(of.extension.due)},
            {"response_due_with_pauses", day(of.paused)},
            {"extended_due_with_pauses", day(of.paused_extension)},
            {"holidays_known", view.holidays_known},
            {"running", owed && of.running},
            {"unanswered", view.unanswered},
            {"overdue", view.overdue}};
}

Json progress(const NoticeTally& tally) {
    Json states = Json::object();
    for (const auto& [state, count] : tally.states) {
        states[word(fediverse::name_of(state))] = count;
    }
    return {{"notices", tally.notices},
            {"messages", tally.steps},
            {"messages_done", tally.steps_done},
            {"states", states}};
}

Json request_head(const records::ErasureRequest& of) {
    Json out{{"number", of.number.get()},
             {"version", of.version},
             {"subject", of.subject.get()},
             {"source", word(name_of(of.source))},
             {"state", word(privacy::name_of(of.state))},
             {"received_at", format_rfc3339(of.received_at)},
             {"identity_verified", of.identity_verified},
             {"extended", of.extended},
             {"stopped", of.stopped},
             {"max_rate", of.max_rate == 0 ? Json{} : Json(of.max_rate)},
             {"origin_gone_at", moment_or_null(of.origin_gone_at)},
             {"duplicate_of", nullptr},
             {"closed_at", moment_or_null(of.closed_at)}};
    if (of.duplicate_of) {
        out["duplicate_of"] = of.duplicate_of->get();
    }
    return out;
}

Json request(const erasure::RequestView& view, Objects objects) {
    auto out = request_head(view.request);
    out["scope"] = scope(view.request.scope, objects);
    out["extended"] = view.extended_once;  // since it woke, as the clock
    out["clock"] = clock(view);
    out["progress"] = progress(view.tally);
    return out;
}

Json numbers_of(std::span<const DamagedRow<records::ErasureRequest>> damaged) {
    auto list = Json::array();
    for (const auto& row : damaged) {
        list.push_back({{"number", row.number.get()}, {"subject", row.subject.get()}});
    }
    return list;
}

Json event(const records::RequestEvent& of) {
    Json out{{"at", format_rfc3339(of.at)},
             {"event", word(privacy::name_of(of.kind))},
             {"state", word(privacy::name_of(of.state))},
             {"by", of.by},
             {"ground", nullptr},
             {"reason", records::shown_reason(of)}};
    if (of.ground) {
        out["ground"] = word(privacy::name_of(*of.ground));
    }
    return out;
}

Json events(std::span<const records::RequestEvent> of) {
    auto list = Json::array();
    for (const auto& each : of) {
        list.push_back(event(each));
    }
    return list;
}

Json totals(const erasure::PlanTotals& of) {
    return {{"recipients", of.recipients},
            {"reachable", of.reachable},
            {"not_asked", of.not_asked},
            {"unreachable", of.unreachable},
            {"nothing_to_send", of.nothing_to_send},
            {"messages", of.messages},
            {"objects", of.objects},
            {"held_back", of.held_back},
            {"difficulty", of.difficulty}};
}

Json planned(const erasure::PlannedRecipient& of) {
    return {{"host", of.host.text()},
            {"software", of.software},
            {"dialect", of.dialect},
            {"messages", of.messages},
            {"channel", word(erasure::name_of(of.inbox_source))},
            {"difficulty", of.difficulty},
            {"leaves", of.leaves},
            {"first_wave", of.first_wave},
            {"last_wave", of.last_wave},
            {"passes_on", of.passes_on},
            {"told_by_origin", of.told_by_origin},
            {"told_before", of.told_before},
            {"held_back", of.held_back},
            {"disclosed", of.disclosed},
            {"joined_to", of.joined_to.empty() ? Json(nullptr) : Json(of.joined_to.text())},
            {"obstacle", of.obstacle}};
}

Json notice(const records::Notice& of, bool passes_on) {
    return {{"number", of.number.get()},
            {"recipient", of.recipient.text()},
            {"state", word(fediverse::name_of(of.state))},
            {"software", of.software},
            {"dialect", of.dialect},
            {"messages", of.steps.size()},
            {"messages_done", of.position},
            {"declined", of.declined},
            {"attempts", of.attempts},
            {"last_status", of.last_status},
            {"next_at", moment_or_null(of.next_at)},
            {"acknowledged_at", moment_or_null(of.acknowledged_at)},
            {"passes_on", passes_on},
            {"seen_from_origin", of.seen_from_origin},
            {"presence", word(fediverse::name_of(of.presence))},
            {"looks", of.looks},
            {"rounds", of.rounds},
            {"next_look_at", moment_or_null(of.next_look_at)},
            {"reason", of.reason}};
}

Json attempts(const NoticeHistory& history) {
    auto list = Json::array();
    for (const auto& each : history.attempts) {
        list.push_back({{"at", format_rfc3339(each.at)},
                        {"message", each.step},
                        {"result", word(name_of(each.result))},
                        {"status", each.status},
                        {"scheme", each.scheme},
                        {"note", each.note}});
    }
    return list;
}

Json looks(const NoticeHistory& history) {
    auto list = Json::array();
    for (const auto& each : history.looks) {
        list.push_back({{"at", format_rfc3339(each.at)},
                        {"probe", each.probe},
                        {"presence", word(fediverse::name_of(each.presence))},
                        {"status", each.status}});
    }
    return list;
}

Json letter(const records::NoticeLetter& of) {
    return {{"at", format_rfc3339(of.at)},
            {"rung", of.rung},
            {"language", of.language},
            {"channel", of.channel},
            {"handed_over", of.handed_over},
            {"note", of.note}};
}

Json letters(const NoticeHistory& history) {
    auto list = Json::array();
    for (const auto& each : history.letters) {
        list.push_back(letter(each));
    }
    return list;
}

template <typename Number>
Json cursor(Number next) {
    return next.get() == 0 ? Json(nullptr) : Json(std::to_string(next.get()));
}

}  // namespace

std::string request_json(const erasure::RequestView& view,
                         bool names,
                         std::span<const erasure::DecisionDue> decisions) {
    Json out{{"format", "fedtrail/erasure-request/1"}};
    out.update(request(view, names ? Objects::Named : Objects::Unnamed));
    out["held"] = Json::array();
    for (const auto& object : view.held) {
        out["held"].push_back({{"uri", names ? Json(object.uri.reveal()) : Json(nullptr)},
                               {"categories", category_names(object.categories)}});
    }
    out["decisions"] = Json::array();
    for (const auto& due : decisions) {
        out["decisions"].push_back({{"notice", due.notice.get()},
                                    {"recipient", due.recipient.text()},
                                    {"state", std::string{fediverse::name_of(due.state)}},
                                    {"rung", due.rung},
                                    {"advice", due.advice}});
    }
    out["history"] = events(view.events);
    return on_one_line(out);
}

std::string requests_json(const erasure::RequestRows& rows, records::RequestNumber next) {
    auto list = Json::array();
    for (const auto& view : rows.views) {
        list.push_back(request(view, Objects::Counted));
    }
    return on_one_line({{"format", "fedtrail/erasure-requests/1"},
                        {"requests", list},
                        {"damaged", numbers_of(rows.damaged)},
                        {"next", cursor(next)}});
}

std::string acted_json(const Acted& acted) {
    Json out{{"format", "fedtrail/erasure-act/1"}};
    out.update(request_head(acted.request));
    out["plan"] = acted.plan ? totals(*acted.plan) : Json(nullptr);
    out["sent"] = nullptr;
    if (acted.sent) {
        out["sent"] = {{"told", acted.sent->told},
                       {"under_way", acted.sent->under_way},
                       {"untouched", acted.sent->untouched}};
    }
    out["not_started"] = acted.not_started ? Json::parse(problem(*acted.not_started).body) : Json(nullptr);
    return on_one_line(out);
}

std::string plan_json(const erasure::PlanPreview& plan) {
    auto list = Json::array();
    for (const auto& recipient : plan.recipients) {
        list.push_back(planned(recipient));
    }
    return on_one_line(
        {{"format", "fedtrail/erasure-plan/1"}, {"totals", totals(plan.totals)}, {"recipients", list}});
}

std::string notices_json(std::span<const records::Notice> notices,
                         const std::set<Host>& passing_on,
                         records::NoticeNumber next) {
    auto list = Json::array();
    for (const auto& each : notices) {
        list.push_back(notice(each, passing_on.count(each.recipient) != 0));
    }
    return on_one_line({{"format", "fedtrail/erasure-notices/1"}, {"notices", list}, {"next", cursor(next)}});
}

std::string notice_json(const records::Notice& of,
                        const std::set<Host>& passing_on,
                        const NoticeHistory& history) {
    Json out{{"format", "fedtrail/erasure-notice/1"}, {"request", of.request.get()}};
    out.update(notice(of, passing_on.count(of.recipient) != 0));
    out["attempt_history"] = attempts(history);
    out["look_history"] = looks(history);
    out["letter_history"] = letters(history);
    return on_one_line(out);
}

std::string history_json(records::RequestNumber number, std::span<const records::RequestEvent> of) {
    return on_one_line(
        {{"format", "fedtrail/erasure-history/1"}, {"request", number.get()}, {"history", events(of)}});
}

std::string letters_json(const OpenLetters& of, const std::string& folder) {
    auto list = Json::array();
    for (const auto& each : of.letters) {
        Json row{{"request", each.request.get()}, {"recipient", each.recipient.text()}};
        row.update(letter(each.letter));
        row["waiting"] = each.waiting;
        list.push_back(std::move(row));
    }
    return on_one_line({{"format", "fedtrail/erasure-letters/1"},
                        {"folder", folder},
                        {"letters", list},
                        {"damaged", numbers_of(of.damaged)}});
}

std::string progress_json(const records::ErasureRequest& of, const NoticeTally& tally) {
    Json out{{"format", "fedtrail/erasure-progress/1"}};
    out.update(request_head(of));
    out["progress"] = progress(tally);
    return out.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace fedtrail::api
