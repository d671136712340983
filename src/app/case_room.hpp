/// What commands about erasure requests work with; works beside a running sidecar.

#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "app/deletion_bar.hpp"
#include "app/desk_room.hpp"
#include "app/recipient_room.hpp"
#include "app/session.hpp"
#include "app/stores.hpp"
#include "app/system_clock.hpp"
#include "backends/sqlite/case_books.hpp"
#include "backends/sqlite/case_consents.hpp"
#include "backends/sqlite/directory_book.hpp"
#include "recipients/declared_directory.hpp"

namespace fedtrail::app {

[[nodiscard]] std::filesystem::path cases_file(const Config& config);

struct CaseRoom {
    Config config;
    PolicyFolders folders;
    std::unique_ptr<SystemClock> clock;
    ReadingRoom reading;
    std::unique_ptr<sqlite::SqliteCases> cases;
    std::unique_ptr<sqlite::SqliteConsents> consents;
    std::unique_ptr<sqlite::SqliteDirectory> directory;
    std::unique_ptr<RecipientRoom> recipients;
    std::unique_ptr<recipients::DeclaredDirectory> declared;  ///< The directory as the controller says.
    std::unique_ptr<capture::RulesInForce> rules;  ///< As their file says; null if it cannot be used.
    std::unique_ptr<DeskRoom> desk_room;

    [[nodiscard]] erasure::Desk& desk() { return desk_room->desk(); }
};

/// Makes the two files if they are not there. Errors: those of the parts.
[[nodiscard]] Result<CaseRoom> open_case_room(const Session& session);
[[nodiscard]] Result<CaseRoom> open_case_room(Config config,
                                              PolicyFolders folders,
                                              const Environment& environment);

struct PersonRoom {
    CaseRoom room;
    privacy::SubjectNumber subject;
};

/// The same, for what is asked about one person. Errors: also NotFound.
[[nodiscard]] Result<PersonRoom> open_person_room(const Session& session, const std::string& subject);

/// The same for who looks at `what` (one of records::looked) that is kept about them: the look is written
/// down before this returns. Nothing (complained about) if `reason`, as --reason gives it, cannot be kept:
/// the caller ends with Exit::Usage. Errors: also those of the look.
[[nodiscard]] Result<std::optional<PersonRoom>> open_for_look(Session& session,
                                                              const std::string& subject,
                                                              const std::string& reason,
                                                              std::string_view what);

}  // namespace fedtrail::app
