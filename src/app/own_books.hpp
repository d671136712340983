/// The writer's side for a command, where no sidecar runs.

#pragma once

#include <memory>

#include "app/books.hpp"
#include "app/instance.hpp"
#include "app/session.hpp"
#include "app/system_clock.hpp"

namespace fedtrail::app {

/// Keeps every other writer out as long as it is there.
class OwnBooks {
public:
    /// Errors: Conflict or Unavailable (another instance works on the folder); those of the stores.
    [[nodiscard]] static Result<std::unique_ptr<OwnBooks>> open(const Session& session, const Config& config);

    [[nodiscard]] Books& books() { return *books_; }

private:
    explicit OwnBooks(InstanceLock lock) : lock_(std::move(lock)) {}

    InstanceLock lock_;
    SystemClock clock_;
    std::unique_ptr<Books> books_;
};

}  // namespace fedtrail::app
