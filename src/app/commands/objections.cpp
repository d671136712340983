#include "api/objection_json.hpp"
#include "app/case_room.hpp"
#include "app/commands/commands.hpp"
#include "app/output.hpp"
#include "app/table.hpp"

namespace fedtrail::app {

namespace {

struct ObjectionDesk {
    CaseRoom room;
    privacy::SubjectNumber subject;
};

Result<ObjectionDesk> open_objections(const Session& session, const std::string& subject) {
    auto room = open_case_room(session);
    if (!room) {
        return fail(room);
    }
    const auto number = room->reading.vault->find(subject);
    if (!number) {
        return fail(number);
    }
    return ObjectionDesk{std::move(*room), *number};
}

Table objections_table(std::span<const records::Objection> objections) {
    Table table{{{"RECIPIENT"}, {"SINCE"}, {"REQUEST", true}}};
    for (const auto& objection : objections) {
        table.row({objection.recipient.text(),
                   format_rfc3339(objection.since),
                   objection.request.get() == 0 ? "" : std::to_string(objection.request.get())});
    }
    return table;
}

Result<Exit> tell(Session& session, ObjectionDesk& desk) {
    const auto list = desk.room.desk().objections_of(desk.subject);
    if (!list) {
        return fail(list);
    }
    if (session.json) {
        session.out << api::objections_json(desk.subject, *list);
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
    auto desk = open_objections(session, options.subject);
    if (!desk) {
        return fail(desk);
    }
    if (const auto done = (desk->room.desk().*act)(desk->subject, *host); !done) {
        return fail(done);
    }
    return tell(session, *desk);
}

}  // namespace

Result<Exit> subjects_objections(Session& session, const ObjectionOptions& options) {
    auto desk = open_objections(session, options.subject);
    return desk ? tell(session, *desk) : Result<Exit>{fail(desk)};
}

Result<Exit> subjects_object(Session& session, const ObjectionOptions& options) {
    return change(session, options, &erasure::Desk::object_to);
}

Result<Exit> subjects_allow(Session& session, const ObjectionOptions& options) {
    return change(session, options, &erasure::Desk::allow);
}

}  // namespace fedtrail::app
