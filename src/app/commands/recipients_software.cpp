#include <ostream>

#include "api/recipient_json.hpp"
#include "app/case_room.hpp"
#include "app/commands/commands.hpp"
#include "app/table.hpp"
#include "recipients/listing.hpp"

namespace fedtrail::app {

Result<Exit> recipients_software(Session& session) {
    const auto room = open_case_room(session);
    if (!room) {
        return fail(room);
    }
    const auto software = recipients::software_of_recipients(*room->reading.ledger, *room->directory);
    if (!software) {
        return fail(software);
    }
    if (session.json) {
        session.out << api::honour_json(*software);
        return Exit::Done;
    }
    Table table{{{"SOFTWARE"},
                 {"RECIPIENTS", true},
                 {"TOLD", true},
                 {"GONE", true},
                 {"STILL THERE", true},
                 {"NOT VISIBLE", true},
                 {"HONOURED", true},
                 {"SIGNATURE"}}};
    for (const auto& [name, record] : *software) {
        const auto percent = api::honour_percent(record.gone, record.present);
        const bool modern = record.rfc9421 > record.cavage;
        table.row({name.empty() ? "?" : name,
                   std::to_string(record.hosts),
                   std::to_string(record.told),
                   std::to_string(record.gone),
                   std::to_string(record.present),
                   std::to_string(record.not_visible),
                   percent           ? std::to_string(*percent) + " %"
                   : record.told > 0 ? "not known"
                                     : "-",
                   record.rfc9421 + record.cavage == 0 ? "-"
                   : modern                            ? "RFC 9421"
                                                       : "draft-cavage"});
    }
    table.write(session.out, session.terminal);
    return Exit::Done;
}

}  // namespace fedtrail::app
