/// Puts the keys of people who are to be erased into the safe before their server drops the account, and
/// destroys them when their erasures are over: nothing is signed for them any more.

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
    struct Hands {
        /// Looks for somebody's key and keeps it; false if there is none now.
        std::function<bool(privacy::SubjectNumber)> take;
        std::function<void(privacy::SubjectNumber)> dropped;  ///< Is told whose keys are gone.
    };

    /// All must outlive it.
    KeyKeeper(const RequestBook& requests, KeySafe& safe, const Clock& clock, Hands hands)
        : requests_(requests), safe_(safe), clock_(clock), hands_(std::move(hands)) {}

    /// The first call also looks at what was closed in the last days, when nobody was here. Errors: those of
    /// the book and the safe; it is done by a later call.
    [[nodiscard]] Result<std::optional<Instant>> step();

private:
    using People = std::set<privacy::SubjectNumber>;
    struct Seen {
        People open;
        People verified;  ///< Of them.
        People closed;
    };
    [[nodiscard]] Result<void> read(Seen& seen) const;
    void take(const People& verified);

    const RequestBook& requests_;
    KeySafe& safe_;
    const Clock& clock_;
    Hands hands_;
    std::optional<Instant> due_;
    bool caught_up_{};
    People open_;   ///< Whose requests were open at the last call.
    People taken_;  ///< Whose keys are in the safe.
    People tried_;  ///< Who had none, since `again_at_` was set.
    std::optional<Instant> again_at_;
};

}  // namespace fedtrail::app
