#include "fedtrail/records/access.hpp"

#include "api/consent_json.hpp"
#include "app/case_room.hpp"
#include "app/commands/commands.hpp"
#include "app/output.hpp"
#include "app/table.hpp"

namespace fedtrail::app {

namespace {

Result<Exit> tell_consents(Session& session, const PersonRoom& person) {
    const auto list = person.room.consents->consents(person.subject);
    if (!list) {
        return fail(list);
    }
    if (session.json) {
        session.out << api::consents_json(person.subject, *list);
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
    const auto person = open_for_look(session, options.subject, options.reason, records::looked::kConsents);
    if (!person) {
        return fail(person);
    }
    return *person ? tell_consents(session, **person) : Exit::Usage;
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
    const auto person = open_person_room(session, options.subject);
    if (!person) {
        return fail(person);
    }
    const auto now = person->room.clock->now();
    const auto order = api::read_consent(
        {options.country, options.recipient, withdrawal ? options.withdrawn : options.given, {}},
        privacy::Day{std::chrono::floor<std::chrono::days>(now)});
    if (!order) {
        complain(session, order.error());
        return Exit::Usage;
    }
    const auto policies = person->room.recipients->recipients().policies();
    if (const auto checked = api::check_given(*order, policies->adequacy.adequacy); !withdrawal && !checked) {
        complain(session, checked.error());
        return Exit::Usage;
    }
    const auto done =
        withdrawal
            ? person->room.consents->withdraw(
                  person->subject, order->country, order->recipient, order->day, now)
            : person->room.consents->give(
                  {person->subject, 0, order->country, order->recipient, order->day, {}, options.evidence},
                  now);
    return done ? tell_consents(session, *person) : Result<Exit>{fail(done)};
}

}  // namespace fedtrail::app
