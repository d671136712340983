/// Looks at people's data, written down before anything is shown.

#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "fedtrail/privacy/disclosure.hpp"
#include "fedtrail/records/access.hpp"

#include "app/session.hpp"
#include "app/stores.hpp"
#include "app/system_clock.hpp"
#include "backends/sqlite/case_access.hpp"

namespace fedtrail::app {

struct Look {
    std::string_view what;  ///< One of records::looked.
    std::string why;        ///< As parse_reason() gives it; may be empty.
    bool revealed{};        ///< Who it is becomes known by it.
};

/// Works beside a running sidecar: the files are shared.
class AccessRoom {
public:
    /// Makes cases.db if it is not there. `by` as records::Access has it; `reading` must outlive it. Errors:
    /// those of the parts.
    [[nodiscard]] static Result<std::unique_ptr<AccessRoom>> open(std::string by,
                                                                  const Config& config,
                                                                  const ReadingRoom& reading);

    /// Durable when it returns, each with its leaf; show nothing before. Errors: those of AccessBook.
    [[nodiscard]] Result<void> note(std::span<const privacy::SubjectNumber> subjects, const Look& look);

private:
    explicit AccessRoom(std::string by) : by_(std::move(by)) {}

    std::string by_;
    SystemClock clock_;
    std::unique_ptr<sqlite::SqliteAccess> book_;
};

/// The same in one go, for one person.
[[nodiscard]] Result<void> note_look(const Session& session,
                                     const Config& config,
                                     const ReadingRoom& reading,
                                     privacy::SubjectNumber subject,
                                     const Look& look);

/// What --reason says, for a command that shows what a number alone does not. Nothing (complained about) if
/// it says nothing or nothing that can be kept: the caller ends with Exit::Usage. `example` is a command
/// line.
[[nodiscard]] std::optional<std::string> needed_reason(Session& session,
                                                       const std::string& reason,
                                                       const std::string& example);
/// The same where it may be left out: "" then.
[[nodiscard]] std::optional<std::string> given_reason(Session& session, const std::string& reason);

/// Whether `subject` is a number: who asks so need not know who it is.
[[nodiscard]] bool is_number(std::string_view subject);

}  // namespace fedtrail::app
