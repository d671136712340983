#include <ostream>

#include "api/request_json.hpp"
#include "app/case_room.hpp"
#include "app/commands/erasure_commands.hpp"
#include "app/commands/words.hpp"
#include "erasure/give_up.hpp"
#include "erasure/letter_sent.hpp"

namespace fedtrail::app {

namespace {

Result<records::Notice> notice_at(const CaseRoom& room, const RequestOptions& options) {
    const auto host = Host::parse(options.recipient);
    if (!host) {
        return fail(host);
    }
    NoticeFilter filter;
    filter.request = records::RequestNumber{options.number};
    filter.recipient = *host;
    auto notices = room.cases->notices(filter);
    if (!notices) {
        return fail(notices);
    }
    if (notices->empty()) {
        return fail(ErrorKind::NotFound,
                    "request " + std::to_string(options.number) + " has no notice to " + host->text(),
                    "See `fedtrail requests show " + std::to_string(options.number) + " --notices`.");
    }
    return std::move(notices->front());
}

Result<Exit> show_notice(Session& session, const CaseRoom& room, const records::Notice& notice) {
    if (session.json) {
        const auto history = room.cases->history(notice.number);
        const auto passing_on = room.desk_room->desk().passing_on({&notice.recipient, 1});
        if (!history || !passing_on) {
            return history ? Result<Exit>{fail(passing_on)} : Result<Exit>{fail(history)};
        }
        session.out << api::notice_json(notice, *passing_on, *history);
    } else {
        session.out << notice.recipient.text() << ": " << shown_state(notice) << "\n";
    }
    return Exit::Done;
}

}  // namespace

Result<Exit> requests_letter_sent(Session& session, const RequestOptions& options) {
    const auto room = open_case_room(session);
    if (!room) {
        return fail(room);
    }
    auto notice = notice_at(*room, options);
    if (notice) {
        notice = erasure::letter_sent_by_hand(*room->cases, notice->number, room->clock->now());
    }
    return notice ? show_notice(session, *room, *notice) : fail(notice);
}

Result<Exit> requests_give_up(Session& session, const RequestOptions& options) {
    const auto room = open_case_room(session);
    if (!room) {
        return fail(room);
    }
    const auto notice = notice_at(*room, options);
    if (!notice) {
        return fail(notice);
    }
    const auto given_up = erasure::give_up_by_law(
        *room->cases,
        notice->number,
        erasure::give_up_ground_named(options.words.ground).value_or(erasure::GiveUpGround::Disproportionate),
        options.words.reason,
        room->clock->now());
    if (!given_up) {
        return fail(given_up);
    }
    return show_notice(session, *room, *given_up);
}

}  // namespace fedtrail::app
