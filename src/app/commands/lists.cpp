#include <charconv>
#include <ostream>

#include <nlohmann/json.hpp>

#include "app/case_room.hpp"
#include "app/commands/commands.hpp"
#include "app/stores.hpp"
#include "app/table.hpp"

namespace fedtrail::app {

namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t kPage = 1000;

Result<ReadingRoom> room_of(const Session& session) {
    const auto config = session.config();
    if (!config) {
        return fail(config);
    }
    return open_reading_room(*config, session.environment);
}

void write(Session& session, const Json& document) {
    session.out << document.dump(2, ' ', false, Json::error_handler_t::replace) << "\n";
}

/// Adds one page to `people`; the last number of it, or nothing at the end.
Result<std::optional<privacy::SubjectNumber>> add_page(const ReadingRoom& room,
                                                       privacy::SubjectNumber after,
                                                       std::size_t limit,
                                                       std::vector<SubjectIdentity>& people) {
    const auto numbers = room.vault->list(after, limit);
    if (!numbers) {
        return fail(numbers);
    }
    for (const auto number : *numbers) {
        auto identity = room.vault->identity(number);
        if (!identity) {
            return fail(identity);
        }
        people.push_back(std::move(*identity));
    }
    return numbers->empty() ? std::optional<privacy::SubjectNumber>{} : std::optional{numbers->back()};
}

/// Everybody after `after`, at most `limit`, page by page.
Result<std::vector<SubjectIdentity>> identities(const ReadingRoom& room,
                                                privacy::SubjectNumber after,
                                                std::size_t limit) {
    std::vector<SubjectIdentity> people;
    while (people.size() < limit) {
        const auto last = add_page(room, after, std::min(kPage, limit - people.size()), people);
        if (!last) {
            return fail(last);
        }
        if (!*last) {
            break;
        }
        after = **last;
    }
    return people;
}

Result<privacy::SubjectNumber> number_of(const std::string& text) {
    std::uint64_t number = 0;
    const auto* end = text.data() + text.size();
    const auto [stopped, error] = std::from_chars(text.data(), end, number);
    if (!text.empty() && (error != std::errc{} || stopped != end)) {
        return fail(
            ErrorKind::Invalid, "--after is not a subject number", "Take the last NUMBER of the list.");
    }
    return privacy::SubjectNumber{number};
}

Json pairs_json(const std::vector<PairAggregate>& pairs) {
    auto list = Json::array();
    for (const auto& pair : pairs) {
        list.push_back({{"host", pair.recipient.text()},
                        {"first", format_rfc3339(pair.first)},
                        {"last", format_rfc3339(pair.last)},
                        {"objects", pair.objects},
                        {"disclosures", pair.disclosures},
                        {"evidence", std::string{privacy::name_of(pair.strongest)}}});
    }
    return list;
}

Table pairs_table(const std::vector<PairAggregate>& pairs) {
    Table table{{{"SERVER"}, {"FIRST"}, {"LAST"}, {"OBJECTS", true}, {"DISCLOSURES", true}, {"EVIDENCE"}}};
    for (const auto& pair : pairs) {
        table.row({pair.recipient.text(),
                   format_rfc3339(pair.first),
                   format_rfc3339(pair.last),
                   std::to_string(pair.objects),
                   std::to_string(pair.disclosures),
                   std::string{privacy::name_of(pair.strongest)}});
    }
    return table;
}

/// Whether it is written down that they are a child; the cases' file need not be there.
Result<std::optional<bool>> minor_of(const Session& session,
                                     const ReadingRoom& room,
                                     privacy::SubjectNumber subject) {
    const auto config = session.config();
    if (!config) {
        return fail(config);
    }
    const auto cases =
        sqlite::SqliteCases::open_file(cases_file(*config), *room.vault, sqlite::OpenMode::ReadOnly);
    if (!cases) {
        return cases.error().kind == ErrorKind::NotFound ? Result<std::optional<bool>>{std::optional<bool>{}}
                                                         : fail(cases);
    }
    return (*cases)->minor(subject);
}

}  // namespace

Result<Exit> subjects_list(Session& session, const ListOptions& options) {
    const auto after = number_of(options.after);
    if (!after) {
        complain(session, after.error());
        return Exit::Usage;
    }
    const auto room = room_of(session);
    if (!room) {
        return fail(room);
    }
    const auto people = identities(*room, *after, options.limit);
    if (!people) {
        return fail(people);
    }
    Table table{{{"NUMBER", true}, {"ORIGIN"}}};
    if (options.names) {
        table = Table{{{"NUMBER", true}, {"ORIGIN"}, {"HANDLE"}, {"ACTOR"}}};
    }
    auto list = Json::array();
    for (const auto& person : *people) {
        Json entry{{"number", person.number.get()}, {"origin", person.origin.text()}};
        std::vector<std::string> row{std::to_string(person.number.get()), person.origin.text()};
        if (options.names) {
            entry["handle"] = person.handle.reveal();
            entry["actor"] = person.actor.reveal();
            row.push_back(person.handle.reveal());
            row.push_back(person.actor.reveal());
        }
        list.push_back(std::move(entry));
        table.row(std::move(row));
    }
    if (session.json) {
        write(session, {{"format", "fedtrail/subjects/1"}, {"subjects", list}});
    } else {
        table.write(session.out, session.terminal);
    }
    return Exit::Done;
}

Result<Exit> subjects_show(Session& session, const std::string& subject) {
    const auto room = room_of(session);
    if (!room) {
        return fail(room);
    }
    const auto number = room->vault->find(subject);
    if (!number) {
        return fail(number);
    }
    const auto person = room->vault->identity(*number);
    if (!person) {
        return fail(person);
    }
    const auto pairs = room->ledger->recipients_of(*number, {});
    const auto prevented = room->ledger->prevented(*number);
    const auto minor = minor_of(session, *room, *number);
    if (!pairs) {
        return fail(pairs);
    }
    if (!prevented || !minor) {
        return !prevented ? Result<Exit>{fail(prevented)} : Result<Exit>{fail(minor)};
    }
    if (session.json) {
        write(session,
              {{"format", "fedtrail/subject/1"},
               {"number", number->get()},
               {"origin", person->origin.text()},
               {"handle", person->handle.reveal()},
               {"actor", person->actor.reveal()},
               {"minor", *minor ? Json(**minor) : Json(nullptr)},
               {"prevented", *prevented},
               {"recipients", pairs_json(*pairs)}});
        return Exit::Done;
    }
    session.out << "number  " << number->get() << "\norigin  " << person->origin.text() << "\nhandle  "
                << person->handle.reveal() << "\nactor   " << person->actor.reveal() << "\n";
    if (*minor) {
        session.out << "minor   " << (**minor ? "yes" : "no") << "\n";
    }
    if (*prevented > 0) {
        session.out << "kept    " << grouped(*prevented) << " deliveries, by rules or objections\n";
    }
    session.out << "\n";
    pairs_table(*pairs).write(session.out, session.terminal);
    return Exit::Done;
}

Result<Exit> subjects_set(Session& session, const SubjectSetOptions& options) {
    std::optional<bool> minor;
    for (const auto& fact : options.facts) {
        if (fact != "minor=true" && fact != "minor=false" && fact != "minor=unknown") {
            complain(session,
                     {ErrorKind::Invalid,
                      "\"" + fact + "\" cannot be written down of a person",
                      "Write minor=true, minor=false or minor=unknown."});
            return Exit::Usage;
        }
        minor = fact == "minor=unknown" ? std::nullopt : std::optional{fact == "minor=true"};
    }
    const auto room = open_case_room(session);
    if (!room) {
        return fail(room);
    }
    const auto number = room->reading.vault->find(options.subject);
    if (!number) {
        return fail(number);
    }
    if (const auto set = room->cases->set_minor(*number, minor); !set) {
        return fail(set);
    }
    if (session.json) {
        write(session,
              {{"format", "fedtrail/subject-facts/1"},
               {"number", number->get()},
               {"minor", minor ? Json(*minor) : Json(nullptr)}});
    } else {
        session.out << "subject " << number->get() << ": "
                    << (!minor   ? "nothing is written down"
                        : *minor ? "a minor"
                                 : "not a minor")
                    << "\n";
    }
    return Exit::Done;
}

}  // namespace fedtrail::app
