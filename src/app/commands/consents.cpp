#include "api/consent_json.hpp"
#include "app/case_room.hpp"
#include "app/commands/commands.hpp"
#include "app/output.hpp"
#include "app/table.hpp"

namespace fedtrail::app {

namespace {

struct ConsentDesk {
    CaseRoom room;
    privacy::SubjectNumber subject;
};

Result<ConsentDesk> open_consents(const Session& session, const std::string& subject) {
    auto room = open_case_room(session);
    if (!room) {
        return fail(room);
    }
    const auto number = room->reading.vault->find(subject);
    if (!number) {
        return fail(number);
    }
    return ConsentDesk{std::move(*room), *number};
}

Result<Exit> tell(Session& session, const ConsentDesk& desk) {
    const auto list = desk.room.consents->consents(desk.subject);
    if (!list) {
        return fail(list);
    }
    if (session.json) {
        session.out << api::consents_json(desk.subject, *list);
        return Exit::Done;
    }
    Table table{{{"NUMBER", true}, {"COUNTRY"}, {"RECIPIENT"}, {"GIVEN"}, {"WITHDRAWN"}, {"EVIDENCE"}}};
    for (const auto& consent : *list) {
        table.row({std::to_string(consent.number),
                   std::string{consent.country.code()},
                   consent.recipient.empty() ? "any" : consent.recipient.text(),
                   privacy::format_day(consent.given),
                   consent.withdrawn ? privacy::format_day(*consent.withdrawn) : "",
                   consent.evidence});
    }
    table.write(session.out, session.terminal);
    return Exit::Done;
}

}  // namespace

Result<Exit> subjects_consents(Session& session, const ConsentOptions& options) {
    const auto desk = open_consents(session, options.subject);
    return desk ? tell(session, *desk) : Result<Exit>{fail(desk)};
}

Result<Exit> subjects_consent(Session& session, const ConsentOptions& options) {
    const bool withdrawal = !options.withdrawn.empty();
    if (withdrawal != options.given.empty() || withdrawal != options.evidence.empty()) {
        complain(session,
                 {ErrorKind::Invalid,
                  "a consent is either given, with its evidence, or withdrawn",
                  "Give --given DAY --evidence TEXT, or --withdrawn DAY."});
        return Exit::Usage;
    }
    const auto desk = open_consents(session, options.subject);
    if (!desk) {
        return fail(desk);
    }
    const auto now = desk->room.clock->now();
    const auto order = api::read_consent(
        {options.country, options.recipient, withdrawal ? options.withdrawn : options.given, {}},
        privacy::Day{std::chrono::floor<std::chrono::days>(now)});
    if (!order) {
        complain(session, order.error());
        return Exit::Usage;
    }
    const auto done =
        withdrawal
            ? desk->room.consents->withdraw(desk->subject, order->country, order->recipient, order->day, now)
            : desk->room.consents->give(
                  {desk->subject, 0, order->country, order->recipient, order->day, {}, options.evidence},
                  now);
    return done ? tell(session, *desk) : Result<Exit>{fail(done)};
}

}  // namespace fedtrail::app
