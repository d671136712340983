#include <algorithm>
#include <charconv>
#include <ostream>
#include <span>

#include <nlohmann/json.hpp>

#include "fedtrail/core/count.hpp"

#include "api/subject_json.hpp"
#include "app/access_room.hpp"
#include "app/case_room.hpp"
#include "app/commands/commands.hpp"
#include "app/stores.hpp"
#include "app/table.hpp"

namespace fedtrail::app {

namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t kMostNames = 1000;  ///< Shown at once: each is a look to be written down.

struct PeopleRoom {
    Config config;
    ReadingRoom reading;
};

Result<PeopleRoom> room_of(const Session& session) {
    auto config = session.config();
    if (!config) {
        return fail(config);
    }
    auto reading = open_reading_room(*config, session.environment);
    if (!reading) {
        return fail(reading);
    }
    return PeopleRoom{std::move(*config), std::move(*reading)};
}

void write(Session& session, const Json& document) {
    session.out << document.dump(2, ' ', false, Json::error_handler_t::replace) << "\n";
}

struct ListedPeople {
    std::vector<SubjectIdentity> whole;
    std::vector<privacy::SubjectNumber> damaged;  ///< Their key, or what is sealed under it.

    [[nodiscard]] std::size_t size() const { return whole.size() + damaged.size(); }
};

/// Adds one page to `people`; the last number of it, or nothing at the end.
Result<std::optional<privacy::SubjectNumber>> add_page(const ReadingRoom& room,
                                                       privacy::SubjectNumber after,
                                                       std::size_t limit,
                                                       ListedPeople& people) {
    const auto numbers = room.vault->list(after, limit);
    if (!numbers) {
        return fail(numbers);
    }
    for (const auto number : *numbers) {
        auto identity = room.vault->identity(number);
        if (identity) {
            people.whole.push_back(std::move(*identity));
        } else if (identity.error().kind == ErrorKind::Corrupt) {
            people.damaged.push_back(number);
        } else {
            return fail(identity);
        }
    }
    return numbers->empty() ? std::optional<privacy::SubjectNumber>{} : std::optional{numbers->back()};
}

/// Everybody after `after`, at most `limit`, page by page.
Result<ListedPeople> identities(const ReadingRoom& room, privacy::SubjectNumber after, std::size_t limit) {
    ListedPeople people;
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

/// What the cases' file says of them; it need not be there.
struct KeptFacts {
    std::optional<bool> minor;
    std::vector<records::Objection> objections;
};

Result<KeptFacts> kept_of(const PeopleRoom& room, privacy::SubjectNumber subject) {
    const auto cases = sqlite::SqliteCases::open_file(
        cases_file(room.config), *room.reading.vault, sqlite::OpenMode::ReadOnly);
    if (!cases) {
        return cases.error().kind == ErrorKind::NotFound ? Result<KeptFacts>{KeptFacts{}} : fail(cases);
    }
    const auto minor = (*cases)->minor(subject);
    auto objections = minor ? (*cases)->objections() : Result<std::vector<records::Objection>>{fail(minor)};
    if (!objections) {
        return fail(objections);
    }
    std::erase_if(*objections, [subject](const auto& each) { return each.subject != subject; });
    return KeptFacts{*minor, std::move(*objections)};
}

/// What was asked of the list, as far as it can be answered. Nothing: it was complained about.
struct AskedPage {
    privacy::SubjectNumber after;
    std::string why;
};

std::optional<AskedPage> asked_of(Session& session, const ListOptions& options) {
    const auto after = number_of(options.after);
    if (!after) {
        complain(session, after.error());
        return std::nullopt;
    }
    if (!options.names) {
        return AskedPage{*after, {}};
    }
    if (options.limit > kMostNames) {
        complain(session,
                 {ErrorKind::Invalid,
                  "--names shows at most 1,000 people at a time",
                  "Give a --limit up to 1000, and --after for the next ones."});
        return std::nullopt;
    }
    auto why = needed_reason(
        session, options.reason, "fedtrail subjects list --names --reason 'complaint of 3 May'");
    return why ? std::optional{AskedPage{*after, std::move(*why)}} : std::nullopt;
}

Result<void> note_names(const Session& session,
                        const PeopleRoom& room,
                        std::span<const SubjectIdentity> people,
                        const std::string& why) {
    const auto accesses = AccessRoom::open(session.by(), room.config, room.reading);
    if (!accesses) {
        return fail(accesses);
    }
    std::vector<privacy::SubjectNumber> numbers;
    numbers.reserve(people.size());
    for (const auto& person : people) {
        numbers.push_back(person.number);
    }
    return (*accesses)->note(numbers, {records::looked::kName, why, true});
}

void tell_people(Session& session, const ListedPeople& people, bool names) {
    Table table{{{"NUMBER", true}, {"ORIGIN"}}};
    if (names) {
        table = Table{{{"NUMBER", true}, {"ORIGIN"}, {"HANDLE"}, {"ACTOR"}}};
    }
    auto damaged = people.damaged.begin();
    const auto damaged_row = [&table, names](privacy::SubjectNumber number) {
        std::vector<std::string> row{std::to_string(number.get()), "damaged"};
        row.resize(names ? 4 : 2, "?");
        table.row(std::move(row));
    };
    auto list = Json::array();
    for (const auto& person : people.whole) {
        for (; damaged != people.damaged.end() && *damaged < person.number; ++damaged) {
            damaged_row(*damaged);
        }
        Json entry{{"number", person.number.get()}, {"origin", person.origin.text()}};
        std::vector<std::string> row{std::to_string(person.number.get()), person.origin.text()};
        if (names) {
            entry["handle"] = person.handle.reveal();
            entry["actor"] = person.actor.reveal();
            row.push_back(person.handle.reveal());
            row.push_back(person.actor.reveal());
        }
        list.push_back(std::move(entry));
        table.row(std::move(row));
    }
    std::for_each(damaged, people.damaged.end(), damaged_row);
    if (session.json) {
        auto numbers = Json::array();
        for (const auto number : people.damaged) {
            numbers.push_back(number.get());
        }
        write(session, {{"format", "fedtrail/subjects/1"}, {"subjects", list}, {"damaged", numbers}});
    } else {
        table.write(session.out, session.terminal);
    }
}

/// Says that there are some. Whether there are.
bool tell_damaged_people(Session& session, std::span<const privacy::SubjectNumber> damaged) {
    if (damaged.empty()) {
        return false;
    }
    complain(session,
             {ErrorKind::Corrupt,
              "the key of " + counted(damaged.size(), "person", "people") +
                  ", or what is sealed under it, is damaged; the first is subject " +
                  std::to_string(damaged.front().get()),
              "Run `fedtrail doctor`, and restore a backup."});
    return true;
}

Result<api::Portrait> portrait_of(const PeopleRoom& room, privacy::SubjectNumber number) {
    auto person = room.reading.vault->identity(number);
    auto pairs = room.reading.ledger->recipients_of(number, {});
    const auto prevented = room.reading.ledger->prevented(number);
    auto kept = kept_of(room, number);
    if (!person || !pairs) {
        return !person ? Result<api::Portrait>{fail(person)} : Result<api::Portrait>{fail(pairs)};
    }
    if (!prevented || !kept) {
        return !prevented ? Result<api::Portrait>{fail(prevented)} : Result<api::Portrait>{fail(kept)};
    }
    return api::Portrait{
        std::move(*person), std::move(*pairs), *prevented, kept->minor, std::move(kept->objections)};
}

void tell(Session& session, const api::Portrait& of, bool names) {
    session.out << "number  " << of.person.number.get() << "\norigin  " << of.person.origin.text() << "\n";
    if (names) {
        session.out << "handle  " << of.person.handle.reveal() << "\nactor   " << of.person.actor.reveal()
                    << "\n";
    }
    if (of.minor) {
        session.out << "minor   " << (*of.minor ? "yes" : "no") << "\n";
    }
    for (const auto& objection : of.objections) {
        session.out << "objects " << objection.recipient.text() << ", since "
                    << format_rfc3339(objection.since) << "\n";
    }
    if (of.prevented > 0) {
        session.out << "kept    " << counted(of.prevented, "delivery", "deliveries")
                    << ", by rules or objections\n";
    }
    session.out << "\n";
    pairs_table(of.pairs).write(session.out, session.terminal);
}

}  // namespace

Result<Exit> subjects_list(Session& session, const ListOptions& options) {
    const auto asked = asked_of(session, options);
    if (!asked) {
        return Exit::Usage;
    }
    const auto room = room_of(session);
    if (!room) {
        return fail(room);
    }
    const auto people = identities(room->reading, asked->after, options.limit);
    if (!people) {
        return fail(people);
    }
    if (options.names) {
        if (auto noted = note_names(session, *room, people->whole, asked->why); !noted) {
            return fail(noted);
        }
    }
    tell_people(session, *people, options.names);
    return tell_damaged_people(session, people->damaged) ? Exit::Failed : Exit::Done;
}

Result<Exit> subjects_show(Session& session, const SubjectShowOptions& options) {
    const auto why =
        options.names
            ? needed_reason(
                  session, options.reason, "fedtrail subjects show 17 --names --reason 'complaint of 3 May'")
            : given_reason(session, options.reason);
    if (!why) {
        return Exit::Usage;
    }
    const auto room = room_of(session);
    if (!room) {
        return fail(room);
    }
    const auto number = room->reading.people->find(options.subject);
    if (!number) {
        return fail(number);
    }
    const auto portrait = portrait_of(*room, *number);
    if (!portrait) {
        return fail(portrait);
    }
    const auto what = options.names ? records::looked::kName : records::looked::kDisclosures;
    if (auto noted = note_look(session, room->config, room->reading, *number, {what, *why, options.names});
        !noted) {
        return fail(noted);
    }
    if (session.json) {
        session.out << api::subject_json(*portrait, options.names);
    } else {
        tell(session, *portrait, options.names);
    }
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
    const auto person = open_person_room(session, options.subject);
    if (!person) {
        return fail(person);
    }
    const auto number = person->subject;
    if (const auto set = person->room.cases->set_minor(number, minor); !set) {
        return fail(set);
    }
    if (session.json) {
        session.out << api::subject_facts_json(number, minor);
    } else {
        session.out << "subject " << number.get() << ": "
                    << (!minor   ? "nothing is written down"
                        : *minor ? "a minor"
                                 : "not a minor")
                    << "\n";
    }
    return Exit::Done;
}

}  // namespace fedtrail::app
