/// What an answer to a message means, and when to try again. Pure.

#pragma once

#include <chrono>
#include <cstdint>
#include <span>

#include "fedtrail/core/time.hpp"
#include "fedtrail/fediverse/dialect.hpp"
#include "fedtrail/ports/remote_http.hpp"
#include "fedtrail/records/erasure.hpp"

namespace fedtrail::erasure {

enum class Ruling : std::uint8_t {
    Accepted,      ///< 2xx.
    NothingThere,  ///< It says that there is nothing of the account (any more).
    OtherScheme,   ///< It does not take this kind of signature, perhaps the other one.
    Declined,      ///< It will not take this message.
    Refused,       ///< It will not take any message.
    TryAgain,      ///< This message failed there; it may pass later.
    HostFailing,   ///< No message will pass now.
};

/// Whether a recipient took the account's Delete before. Perhaps: one left for it, and no answer came.
/// OriginPerhaps: the same of the origin's own, to one that had taken the person's things until then.
enum class ActorTaken : std::uint8_t { No, Perhaps, OriginPerhaps, Yes };

/// What is known besides the answer itself.
struct Knock {
    fediverse::StepKind kind{fediverse::StepKind::DeleteActor};
    bool second{};                    ///< The other signature scheme was tried right before this one.
    std::span<const int> known_gone;  ///< Of the dialect.
    ActorTaken actor{ActorTaken::No};
    bool took_some{};  ///< A message of this round was taken there.
};

/// Whether this answer is one that the dialect reads as "nothing is there": what else is known of it counts
/// then.
[[nodiscard]] bool may_say_gone(int status, const Knock& knock);

[[nodiscard]] Ruling rule(const RemoteResponse& response, const Knock& knock);

/// Whether an answer speaks of the recipient's own failure: no refusal, and it may have the message all the
/// same.
[[nodiscard]] bool says_it_failed(int status);

/// How an attempt with this answer is written down.
[[nodiscard]] records::AttemptResult attempt_result(const RemoteResponse& response);

struct RetryOptions {
    std::chrono::seconds first{60};  ///< After the first attempt; all later pauses grow with it.
    std::chrono::seconds longest{
        std::chrono::hours{24}};     ///< Between two attempts, whatever Retry-After says.
    std::uint32_t attempts{14};      ///< For a message that nobody answers: about a week.
    std::uint32_t step_attempts{6};  ///< For one that is answered with an error: about half a day.
};

/// The pause after that many attempts (from 1): `first` (a minute), then growing to a day, each a fifth
/// longer or shorter as `seed` has it, so that what failed together does not come back together.
[[nodiscard]] std::chrono::milliseconds pause_after(std::uint32_t attempts,
                                                    std::uint64_t seed,
                                                    const RetryOptions& options);

}  // namespace fedtrail::erasure
