/// A story of cases in many small acts, each of which is one commit, and what the books say after each.

#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "backends/sqlite/case_shelf.hpp"

namespace fedtrail::testing {

/// Everything that the books say, as text.
[[nodiscard]] inline std::string told_by(const sqlite::SqliteCases& cases) {
    std::string text;
    const auto line = [&text](const std::vector<std::string>& words) {
        for (const auto& word : words) {
            text += word + '|';
        }
        text += '\n';
    };
    const auto number = [](auto value) { return std::to_string(value); };
    const auto time = [](const std::optional<Instant>& moment) {
        return moment ? format_rfc3339(*moment) : std::string{"-"};
    };
    const auto requests = cases.requests(RequestFilter{});
    for (const auto& request : *requests) {
        line({number(request.number.get()),
              number(request.version),
              number(static_cast<int>(request.state)),
              number(request.stopped ? 1 : 0),
              time(request.origin_gone_at),
              time(request.closed_at)});
        const auto events = cases.events(request.number);
        for (const auto& one : *events) {
            line({time(one.at), number(static_cast<int>(one.kind)), one.reason});
        }
        const auto objects = cases.objects(request.number, {});
        for (const auto& object : *objects) {
            line({object.uri.reveal(), number(object.held_for_law ? 1 : 0)});
        }
    }
    const auto notices = cases.notices(NoticeFilter{});
    for (const auto& notice : *notices) {
        line({number(notice.number.get()),
              notice.recipient.text(),
              number(static_cast<int>(notice.state)),
              number(notice.position),
              number(notice.attempts),
              number(notice.in_flight ? 1 : 0),
              time(notice.next_at),
              notice.inbox,
              number(notice.seen_from_origin ? 1 : 0),
              number(static_cast<int>(notice.presence)),
              number(notice.looks),
              number(notice.rounds),
              time(notice.next_look_at),
              notice.reason});
        const auto history = cases.history(notice.number);
        for (const auto& attempt : history->attempts) {
            line({number(attempt.step),
                  time(attempt.at),
                  number(static_cast<int>(attempt.result)),
                  attempt.note});
        }
        for (const auto& look : history->looks) {
            line({time(look.at), look.probe, number(static_cast<int>(look.presence)), number(look.status)});
        }
        for (const auto& letter : history->letters) {
            line({time(letter.at), letter.rung, letter.message_id, number(letter.handed_over ? 1 : 0)});
        }
    }
    NoticeFilter filter;
    filter.due_at = Instant::max();
    const auto due = cases.notices(filter);
    for (const auto& notice : *due) {
        line({"due", number(notice.number.get())});
    }
    const auto objections = cases.objections();
    for (const auto& objection : *objections) {
        line({number(objection.subject.get()), objection.recipient.text(), time(objection.since)});
    }
    return text;
}

/// Act `number` of a story without an end: always the same, given that those before it happened. Six acts
/// tell of one request.
[[nodiscard]] inline Result<void> act(sqlite::SqliteCases& cases, std::size_t number) {
    const records::RequestNumber request_number{number / 6 + 1};
    const auto moment = static_cast<std::int64_t>(number);
    const auto done = [](const auto& result) { return result ? Result<void>{} : fail(result); };
    const auto kind = number % 6;
    if (kind == 0) {
        return done(
            cases.open(request_of(number + 1),
                       event(privacy::RequestEventKind::Received, privacy::RequestState::Received, moment)));
    }
    auto request = cases.request(request_number);
    if (!request) {
        return fail(request);
    }
    if (kind == 1) {
        std::vector<records::Notice> notices;
        for (int i = 0; i < 12; ++i) {
            notices.push_back(notice_to(*request, "host-" + std::to_string(i) + ".example", i));
            notices.back().steps.push_back({fediverse::StepKind::DeleteActor, {}, 2, 0});
        }
        return cases.plan(request_number, objects_of(200), notices);
    }
    if (kind == 2) {
        request->state = privacy::RequestState::InProgress;
        auto begun = event(privacy::RequestEventKind::Started, request->state, moment);
        begun.reason = "because";
        return done(cases.record(*request, begun));
    }
    if (kind == 5) {
        return cases.object(
            records::Objection{request->subject, host("host-1.example"), at(moment), request_number});
    }
    NoticeFilter filter;
    filter.request = request_number;
    auto notices = cases.notices(filter);
    if (!notices) {
        return fail(notices);
    }
    NoticeChange change;
    for (auto& notice : *notices) {
        notice.state = fediverse::NoticeState::Sent;
        notice.in_flight = kind == 3;
        notice.position = kind == 3 ? 0 : 1;
        ++notice.attempts;
        notice.next_at = at(moment + 600);
        const auto result = kind == 3 ? records::AttemptResult::Begun : records::AttemptResult::Answered;
        change.attempts.push_back({notice.number, 0, at(moment), result, 202, "cavage", "note"});
    }
    change.notices = *notices;
    return cases.apply(change);
}

/// What follows for the first request, once six acts told of it: the origin is gone, copies are looked for, a
/// letter goes, an object is held for law, a copy comes back, the origin tells somebody itself, the request
/// is stopped, goes on and is closed, and is woken.
[[nodiscard]] inline Result<void> act_later(sqlite::SqliteCases& cases, std::size_t number) {
    using privacy::RequestEventKind;
    const auto moment = static_cast<std::int64_t>(100 + number);
    auto request = cases.request(records::RequestNumber{1});
    NoticeFilter filter;
    filter.request = records::RequestNumber{1};
    const auto read = cases.notices(filter);
    if (!request || !read) {
        return request ? Result<void>{fail(read)} : fail(request);
    }
    NoticeChange change;
    const auto noticed = [&](const auto& edit) {
        change.notices = {read->begin(), read->begin() + 3};
        for (auto& notice : change.notices) {
            edit(notice);
        }
        return cases.apply(change);
    };
    const auto recorded = [&](RequestEventKind kind) {
        const auto done = cases.record(*request, event(kind, request->state, moment));
        return done ? Result<void>{} : fail(done);
    };
    switch (number) {
        case 0:
            request->origin_gone_at = at(moment);
            return recorded(RequestEventKind::OriginGone);
        case 1:
            return noticed([&](records::Notice& notice) {
                notice.state = fediverse::NoticeState::StillPresent;
                notice.presence = fediverse::Presence::Present;
                ++notice.looks;
                notice.next_look_at = at(moment + 3600);
                change.looks.push_back({notice.number, at(moment), "mastodon", notice.presence, 200});
            });
        case 2:
            return noticed([&](records::Notice& notice) {
                const auto id = "<" + std::to_string(notice.number.get()) + "@o.example>";
                change.letters.push_back({notice.number, at(moment), "first", "en", "smtp", id, true, ""});
            });
        case 3: {
            auto objects = objects_of(200);
            objects.at(7).held_for_law = true;
            return cases.plan(records::RequestNumber{1}, objects, {});
        }
        case 4:
            return recorded(RequestEventKind::HeldForLaw);
        case 5:
            return noticed([&](records::Notice& notice) {
                ++notice.rounds;
                notice.position = 0;
                notice.attempts = 0;
                notice.next_at = at(moment);
            });
        case 6:
            return noticed([&](records::Notice& notice) {
                notice.seen_from_origin = true;
                change.attempts.push_back(
                    {notice.number, 0, at(moment), records::AttemptResult::Answered, 202, "origin", ""});
            });
        case 7:
            request->stopped = true;
            return recorded(RequestEventKind::Stopped);
        case 8:
            request->stopped = false;
            return recorded(RequestEventKind::Resumed);
        case 9:
            request->state = privacy::RequestState::PartlyFulfilled;
            request->closed_at = at(moment);
            return recorded(RequestEventKind::ClosedPartly);
        default:
            request->state = privacy::RequestState::InProgress;
            request->closed_at.reset();
            return recorded(RequestEventKind::Woken);
    }
}

inline constexpr std::size_t kActsOfOne = 6;
inline constexpr std::size_t kLifetime = kActsOfOne + 11;

/// Act `number` of one request from its coming to its being woken, below kLifetime.
[[nodiscard]] inline Result<void> act_of_lifetime(sqlite::SqliteCases& cases, std::size_t number) {
    return number < kActsOfOne ? act(cases, number) : act_later(cases, number - kActsOfOne);
}

using Act = Result<void> (*)(sqlite::SqliteCases&, std::size_t);

/// What the books say before the first of `acts` acts, and after each.
[[nodiscard]] inline std::vector<std::string> story(std::size_t acts, Act tell) {
    SqliteShelf shelf;
    std::vector<std::string> told{told_by(shelf.requests())};
    for (std::size_t number = 0; number < acts; ++number) {
        if (!tell(shelf.requests(), number)) {
            return {};
        }
        told.push_back(told_by(shelf.requests()));
    }
    return told;
}

/// How many leaves the log is to take before the first of `acts` acts, and after each.
[[nodiscard]] inline std::vector<std::uint64_t> leaves_of_story(std::size_t acts, Act tell) {
    SqliteShelf shelf;
    std::vector<std::uint64_t> leaves{0};
    for (std::size_t number = 0; number < acts; ++number) {
        if (!tell(shelf.requests(), number)) {
            return {};
        }
        leaves.push_back(shelf.requests().check()->leaves);
    }
    return leaves;
}

}  // namespace fedtrail::testing
