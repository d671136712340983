/// How all notices to one recipient ended, in one question: what its honour rate is counted from.

#pragma once

#include <vector>

#include "fedtrail/core/result.hpp"
#include "fedtrail/core/uri.hpp"
#include "fedtrail/fediverse/notice.hpp"
#include "fedtrail/privacy/disclosure.hpp"
#include "fedtrail/privacy/erasure_request.hpp"

namespace fedtrail {

/// What of a notice, and of its request, the count needs.
struct NoticeOutcome {
    privacy::SubjectNumber subject;
    privacy::RequestState request{privacy::RequestState::Received};
    fediverse::NoticeState state{fediverse::NoticeState::Planned};
    fediverse::Presence presence{fediverse::Presence::Unknown};
    bool acknowledged{};
    bool declined{};  ///< A step was answered 4xx for good.
    bool told{};      ///< records::was_told().

    friend bool operator==(const NoticeOutcome&, const NoticeOutcome&) = default;
};

/// Thread-safe.
class NoticeOutcomes {
public:
    NoticeOutcomes() = default;
    NoticeOutcomes(const NoticeOutcomes&) = delete;
    NoticeOutcomes& operator=(const NoticeOutcomes&) = delete;
    NoticeOutcomes(NoticeOutcomes&&) = delete;
    NoticeOutcomes& operator=(NoticeOutcomes&&) = delete;
    virtual ~NoticeOutcomes() = default;

    /// In the order of the notices' numbers. Opens nothing that is sealed and reads no steps. Errors:
    /// Unavailable, Corrupt.
    [[nodiscard]] virtual Result<std::vector<NoticeOutcome>> outcomes(const Host& recipient) const = 0;
};

}  // namespace fedtrail
