/// Puts the keys of people who are to be erased into the safe before their server drops the account, and
/// destroys them when their erasures are over: nothing is signed for them any more.

#pragma once

#include <atomic>
#include <chrono>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <vector>

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

    /// All must outlive it. `keep_for` is how long a fulfilled request may still wake (watched_until()),
    /// because a copy is seen: until then its keys stay, or nobody could be told anew.
    KeyKeeper(const RequestBook& requests,
              KeySafe& safe,
              const Clock& clock,
              Hands hands,
              std::chrono::seconds keep_for = {})
        : requests_(requests), safe_(safe), clock_(clock), hands_(std::move(hands)), keep_for_(keep_for) {}

    /// Looks at everybody whose keys are in the safe, too: their requests may have been closed while nobody
    /// was here, or opened and withdrawn between two calls while something was signed. Who never asked keeps
    /// theirs: they were imported beforehand. Errors: those of the book and the safe; it is done by a later
    /// call.
    [[nodiscard]] Result<std::optional<Instant>> step();
    /// From any thread: the next step() looks at once. A server may drop the key within seconds.
    void look_now() { asked_ = true; }

private:
    using People = std::set<privacy::SubjectNumber>;
    struct Seen {
        People open;
        People verified;  ///< Of them.
    };
    struct Past {
        bool asked{};
        bool open{};  ///< One of the requests at least.
        std::optional<Instant>
            until;  ///< The end of the looks at what was fulfilled; absent: nothing can wake.
    };
    [[nodiscard]] Result<void> read(Seen& seen) const;
    void take(const People& verified);
    [[nodiscard]] Result<People> left_over();
    [[nodiscard]] Result<Past> past_of(privacy::SubjectNumber subject) const;
    [[nodiscard]] Result<void> let_go(privacy::SubjectNumber subject);

    const RequestBook& requests_;
    KeySafe& safe_;
    const Clock& clock_;
    Hands hands_;
    std::chrono::seconds keep_for_;
    std::atomic<bool> asked_{};
    std::optional<Instant> due_;
    privacy::SubjectNumber last_holder_{0};  ///< Whose keys are in the safe was looked at so far.
    People open_;                            ///< Whose requests were open at the last call.
    std::map<privacy::SubjectNumber, Instant>
        waiting_;   ///< Whose requests are closed, and may wake until then.
    People taken_;  ///< Whose keys are in the safe.
    People tried_;  ///< Who had none, since `again_at_` was set.
    std::optional<Instant> again_at_;
};

}  // namespace fedtrail::app
