#include <ostream>

#include "api/request_json.hpp"
#include "app/case_room.hpp"
#include "app/commands/erasure_commands.hpp"
#include "erasure/give_up.hpp"
#include "erasure/letter_sent.hpp"
#include "erasure/reason.hpp"

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

void show_notice(Session& session, const records::Notice& notice, const NoticeHistory& history) {
    if (session.json) {
        session.out << api::notice_json(notice, history);
    } else {
        // One state for both grounds of Art. 19: the one that was given is the reason's.
        const bool given_up = notice.state == fediverse::NoticeState::Disproportionate;
        session.out << notice.recipient.text() << ": "
                    << (given_up ? erasure::name_of(erasure::reason_of(notice.reason).code)
                                 : fediverse::name_of(notice.state))
                    << "\n";
    }
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
    const auto history = notice ? room->cases->history(notice->number) : Result<NoticeHistory>{fail(notice)};
    if (!history) {
        return fail(history);
    }
    show_notice(session, *notice, *history);
    return Exit::Done;
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
    const auto history = room->cases->history(given_up->number);
    if (!history) {
        return fail(history);
    }
    show_notice(session, *given_up, *history);
    return Exit::Done;
}

}  // namespace fedtrail::app
