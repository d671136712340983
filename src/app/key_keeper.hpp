/// Destroys the kept keys of people whose erasures are over: nothing is signed for them any more.

#pragma once

#include <functional>
#include <optional>
#include <set>

#include "fedtrail/ports/clock.hpp"
#include "fedtrail/ports/request_book.hpp"
#include "fedtrail/ports/signer.hpp"

namespace fedtrail::app {

class KeyKeeper {
public:
    /// `dropped` is told whose keys are gone. All must outlive it.
    KeyKeeper(const RequestBook& requests,
              KeySafe& safe,
              const Clock& clock,
              std::function<void(privacy::SubjectNumber)> dropped)
        : requests_(requests), safe_(safe), clock_(clock), dropped_(std::move(dropped)) {}

    /// The first call also looks at what was closed in the last days, when nobody was here. Errors: those of
    /// the book and the safe; it is done by a later call.
    [[nodiscard]] Result<std::optional<Instant>> step();

private:
    using People = std::set<privacy::SubjectNumber>;
    [[nodiscard]] Result<void> read(People& open, People& closed) const;

    const RequestBook& requests_;
    KeySafe& safe_;
    const Clock& clock_;
    std::function<void(privacy::SubjectNumber)> dropped_;
    std::optional<Instant> due_;
    bool caught_up_{};
    People open_;  ///< Whose requests were open at the last call.
};

}  // namespace fedtrail::app
