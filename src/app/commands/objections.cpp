#include "api/objection_json.hpp"
#include "app/case_room.hpp"
#include "app/commands/commands.hpp"
#include "app/output.hpp"
#include "app/table.hpp"

namespace fedtrail::app {

namespace {

Table objections_table(std::span<const records::Objection> objections) {
    Table table{{{"RECIPIENT"}, {"SINCE"}, {"REQUEST", true}}};
    for (const auto& objection : objections) {
        table.row({objection.recipient.text(),
                   format_rfc3339(objection.since),
                   objection.request.get() == 0 ? "" : std::to_string(objection.request.get())});
    }
    return table;
}

Result<Exit> tell(Session& session, PersonRoom& person) {
    const auto list = person.room.desk().objections_of(person.subject);
    if (!list) {
        return fail(list);
    }
    if (session.json) {
        session.out << api::objections_json(person.subject, *list);
        return Exit::Done;
    }
    objections_table(*list).write(session.out, session.terminal);
    return Exit::Done;
}

Result<Exit> change(Session& session,
                    const ObjectionOptions& options,
                    Result<void> (erasure::Desk::*act)(privacy::SubjectNumber, const Host&)) {
    const auto host = api::objected_host(options.recipient);
    if (!host) {
        complain(session, host.error());
        return Exit::Usage;
    }
    auto person = open_person_room(session, options.subject);
    if (!person) {
        return fail(person);
    }
    if (const auto done = (person->room.desk().*act)(person->subject, *host); !done) {
        return fail(done);
    }
    return tell(session, *person);
}

}  // namespace

Result<Exit> subjects_objections(Session& session, const ObjectionOptions& options) {
    auto person = open_person_room(session, options.subject);
    return person ? tell(session, *person) : Result<Exit>{fail(person)};
}

Result<Exit> subjects_object(Session& session, const ObjectionOptions& options) {
    return change(session, options, &erasure::Desk::object_to);
}

Result<Exit> subjects_allow(Session& session, const ObjectionOptions& options) {
    return change(session, options, &erasure::Desk::allow);
}

}  // namespace fedtrail::app
