#include "app/access_room.hpp"

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include "app/case_room.hpp"

namespace fedtrail::app {

Result<std::unique_ptr<AccessRoom>> AccessRoom::open(std::string by,
                                                     const Config& config,
                                                     const ReadingRoom& reading) {
    std::unique_ptr<AccessRoom> room{new AccessRoom{std::move(by)}};
    auto book =
        sqlite::SqliteAccess::open_file(cases_file(config), *reading.vault, sqlite::OpenMode::ReadWrite);
    if (!book) {
        return fail(book);
    }
    room->book_ = std::move(*book);
    return room;
}

Result<void> AccessRoom::note(std::span<const privacy::SubjectNumber> subjects, const Look& look) {
    const auto now = clock_.now();
    std::vector<records::Access> accesses;
    accesses.reserve(subjects.size());
    for (const auto subject : subjects) {
        accesses.push_back({subject, now, std::string{look.what}, by_, look.why, look.revealed});
    }
    return book_->record(accesses);
}

Result<void> note_look(const Session& session,
                       const Config& config,
                       const ReadingRoom& reading,
                       privacy::SubjectNumber subject,
                       const Look& look) {
    const auto room = AccessRoom::open(session.by(), config, reading);
    if (!room) {
        return fail(room);
    }
    return (*room)->note(std::array{subject}, look);
}

std::optional<std::string> given_reason(Session& session, const std::string& reason) {
    auto parsed = records::parse_reason(reason);
    if (!parsed) {
        complain(session, parsed.error());
        return std::nullopt;
    }
    return std::move(*parsed);
}

std::optional<std::string> needed_reason(Session& session,
                                         const std::string& reason,
                                         const std::string& example) {
    auto given = given_reason(session, reason);
    if (given && given->empty()) {
        complain(session,
                 {ErrorKind::Invalid,
                  "this shows who somebody is, and no reason was given",
                  "Add --reason; the person can read it. For example: " + example});
        return std::nullopt;
    }
    return given;
}

bool is_number(std::string_view subject) {
    return !subject.empty() &&
           std::all_of(subject.begin(), subject.end(), [](char c) { return c >= '0' && c <= '9'; });
}

}  // namespace fedtrail::app
