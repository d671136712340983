/// What forgets where no sidecar runs: this process is the one writer for a moment.

#pragma once

#include <memory>

#include "app/books.hpp"
#include "app/case_room.hpp"
#include "app/forgetting_wing.hpp"
#include "app/instance.hpp"
#include "app/log_room.hpp"
#include "app/session.hpp"
#include "app/system_clock.hpp"
#include "app/tokens.hpp"

namespace fedtrail::app {

class ForgettingRoom {
public:
    /// Takes the lock of the data folder. Errors: Conflict (a sidecar has it), those of the parts.
    [[nodiscard]] static Result<std::unique_ptr<ForgettingRoom>> open(const Session& session,
                                                                      const Config& config);
    [[nodiscard]] ForgettingWing& wing() { return *wing_; }
    /// As ForgettingWing::run(); the log has the policies it goes by before it. Errors: also those of reading
    /// them.
    [[nodiscard]] Result<retention::RetentionSummary> run_retention(bool only_count);
    /// How many people were shredded (again) when it opened.
    [[nodiscard]] std::size_t finished() const { return finished_; }

private:
    ForgettingRoom(const Config& config, InstanceLock lock) : config_(config), lock_(std::move(lock)) {}
    [[nodiscard]] Result<void> build(const Session& session);
    [[nodiscard]] Result<void> note_policies();

    // In the order in which they are built.
    Config config_;
    InstanceLock lock_;
    PolicyFolders folders_;
    SystemClock clock_;
    std::unique_ptr<Books> books_;
    std::unique_ptr<sqlite::SqliteCases> cases_;
    std::unique_ptr<sqlite::SqliteConsents> consents_;
    std::unique_ptr<TokenBook> tokens_;
    std::unique_ptr<LogRoom> log_;
    std::unique_ptr<ForgettingWing> wing_;
    std::size_t finished_{};
};

}  // namespace fedtrail::app
