#include "app/case_room.hpp"

#include "app/access_room.hpp"
#include "app/rules_file.hpp"

namespace fedtrail::app {

std::filesystem::path cases_file(const Config& config) {
    return config.data_dir / "cases.db";
}

namespace {

Result<void> open_books(CaseRoom& room) {
    auto cases = sqlite::SqliteCases::open_file(
        cases_file(room.config), *room.reading.vault, sqlite::OpenMode::ReadWrite);
    if (!cases) {
        return fail(cases);
    }
    room.cases = std::move(*cases);
    auto consents = sqlite::SqliteConsents::open_file(
        cases_file(room.config), *room.reading.vault, sqlite::OpenMode::ReadWrite);
    if (!consents) {
        return fail(consents);
    }
    room.consents = std::move(*consents);
    auto directory =
        sqlite::SqliteDirectory::open_file(directory_file(room.config), sqlite::OpenMode::ReadWrite);
    if (!directory) {
        return fail(directory);
    }
    room.directory = std::move(*directory);
    return {};
}

/// Rules that cannot be read stop plans, and nothing else.
erasure::Planner::Barred take_rules(CaseRoom& room) {
    auto rules = load_rules(rules_place(room.config, room.folders).file, room.folders);
    auto joined = room.directory->joined();
    if (!rules || !joined) {
        return [error = rules ? joined.error() : rules.error()](
                   privacy::SubjectNumber, std::span<const Host>) -> Result<std::vector<std::string>> {
            return tl::unexpected<Error>{error};
        };
    }
    room.rules = std::make_unique<capture::RulesInForce>();
    room.rules->join(*joined);
    room.rules->use(*rules, room.clock->now());
    return deletion_bar(*room.rules, room.recipients->recipients(), *room.cases, *room.consents, *room.clock);
}

}  // namespace

Result<CaseRoom> open_case_room(const Session& session) {
    auto config = session.config();
    auto folders = find_policies(session.environment, session.program);
    if (!config || !folders) {
        return !config ? Result<CaseRoom>{fail(config)} : Result<CaseRoom>{fail(folders)};
    }
    return open_case_room(*std::move(config), *std::move(folders), session.environment);
}

Result<CaseRoom> open_case_room(Config config, PolicyFolders folders, const Environment& environment) {
    CaseRoom room;
    room.config = std::move(config);
    room.folders = std::move(folders);
    room.clock = std::make_unique<SystemClock>();
    auto reading = open_reading_room(room.config, environment);
    if (!reading) {
        return fail(reading);
    }
    room.reading = std::move(*reading);
    if (auto opened = open_books(room); !opened) {
        return fail(opened);
    }
    auto recipients = RecipientRoom::open(room.config, room.folders, *room.clock);
    if (!recipients) {
        return fail(recipients);
    }
    room.recipients = std::move(*recipients);
    room.declared =
        std::make_unique<recipients::DeclaredDirectory>(*room.directory, room.recipients->declarations());
    auto policies = load_erasure_policies(room.folders, room.config, room.clock->now());
    if (!policies) {
        return fail(policies);
    }
    room.desk_room = std::make_unique<DeskRoom>(std::move(*policies),
                                                erasure::DeskPorts{*room.cases,
                                                                   *room.cases,
                                                                   *room.cases,
                                                                   *room.cases,
                                                                   *room.reading.ledger,
                                                                   *room.reading.ledger,
                                                                   *room.reading.vault,
                                                                   *room.clock,
                                                                   room.reading.ledger.get()},
                                                *room.declared,
                                                take_rules(room),
                                                address_permits(room.config.proxy.allow_addresses));
    return Result<CaseRoom>{std::move(room)};
}

Result<PersonRoom> open_person_room(const Session& session, const std::string& subject) {
    auto room = open_case_room(session);
    if (!room) {
        return fail(room);
    }
    const auto number = room->reading.people->find(subject);
    return number ? Result<PersonRoom>{PersonRoom{std::move(*room), *number}} : fail(number);
}

Result<std::optional<PersonRoom>> open_for_look(Session& session,
                                                const std::string& subject,
                                                const std::string& reason,
                                                std::string_view what) {
    const auto why = given_reason(session, reason);
    if (!why) {
        return std::optional<PersonRoom>{};
    }
    auto person = open_person_room(session, subject);
    if (!person) {
        return fail(person);
    }
    const auto& room = person->room;
    if (auto noted = note_look(session, room.config, room.reading, person->subject, {what, *why, false});
        !noted) {
        return fail(noted);
    }
    return std::optional{std::move(*person)};
}

}  // namespace fedtrail::app
