#include "fedtrail/records/access.hpp"

#include "api/objection_json.hpp"
#include "app/case_room.hpp"
#include "app/commands/commands.hpp"
#include "app/output.hpp"
#include "app/table.hpp"

namespace fedtrail::app {

namespace {

Table objections_table(std::span<const records::Objection> objections,
                       const std::map<Host, std::string>& reasons) {
    Table table{{{"RECIPIENT"}, {"SINCE"}, {"REQUEST", true}, {"REASON"}}};
    for (const auto& objection : objections) {
        const auto reason = reasons.find(objection.recipient);
        table.row({objection.recipient.text(),
                   format_rfc3339(objection.since),
                   objection.request.get() == 0 ? "" : std::to_string(objection.request.get()),
                   reason == reasons.end() ? "" : reason->second});
    }
    return table;
}

Result<Exit> tell_objections(Session& session, PersonRoom& person) {
    const auto list = person.room.desk().objections_of(person.subject);
    if (!list) {
        return fail(list);
    }
    const auto reasons = person.room.desk().objection_reasons(person.subject);
    if (!reasons) {
        return fail(reasons);
    }
    if (session.json) {
        session.out << api::objections_json(person.subject, *list, *reasons);
        return Exit::Done;
    }
    objections_table(*list, *reasons).write(session.out, session.terminal);
    return Exit::Done;
}

Result<Exit> change(Session& session, const ObjectionOptions& options, bool objects) {
    const auto host = api::objected_host(options.recipient);
    if (!host) {
        complain(session, host.error());
        return Exit::Usage;
    }
    auto person = open_person_room(session, options.subject);
    if (!person) {
        return fail(person);
    }
    auto& desk = person->room.desk();
    const auto done =
        objects ? desk.object_to(person->subject, *host, options.reason) : desk.allow(person->subject, *host);
    if (!done) {
        return fail(done);
    }
    return tell_objections(session, *person);
}

}  // namespace

Result<Exit> subjects_objections(Session& session, const ObjectionOptions& options) {
    auto person = open_for_look(session, options.subject, options.reason, records::looked::kObjections);
    if (!person) {
        return fail(person);
    }
    return *person ? tell_objections(session, **person) : Exit::Usage;
}

Result<Exit> subjects_object(Session& session, const ObjectionOptions& options) {
    return change(session, options, true);
}

Result<Exit> subjects_allow(Session& session, const ObjectionOptions& options) {
    return change(session, options, false);
}

}  // namespace fedtrail::app
