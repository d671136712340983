/// What one call of Courier::step() works on.

#pragma once

#include <algorithm>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "erasure/courier.hpp"
#include "erasure/go_on.hpp"

namespace fedtrail::erasure {

/// As records::NoticeAttempt::scheme has it.
[[nodiscard]] inline std::string scheme_name(SignatureScheme scheme) {
    return scheme == SignatureScheme::Rfc9421 ? "rfc9421" : "cavage";
}

/// What came back, until step() takes it in. Outlives the courier where an answer is late.
struct Courier::Inbox {
    explicit Inbox(std::function<void()> to_wake) : wake(std::move(to_wake)) {}

    std::mutex mutex;
    std::vector<std::pair<records::NoticeNumber, RemoteResponse>> arrived;
    CourierFigures figures;
    std::function<void()> wake;
};

struct Courier::Round {
    /// A message that is written down and not yet sent.
    struct Departure {
        records::Notice notice;
        Flight flight;
        Uri inbox;
    };
    using Places = std::vector<std::pair<Host, records::NoticeNumber>>;
    /// The id of the message, and the dialect: the same Delete is addressed otherwise in another one.
    using DocumentKey = std::tuple<records::RequestNumber, std::string, std::string>;

    [[nodiscard]] bool was_called(records::NoticeNumber number) const {
        return std::any_of(
            called.begin(), called.end(), [number](const auto& place) { return place.second == number; });
    }
    [[nodiscard]] bool has_change() const { return !change.notices.empty() || !change.attempts.empty(); }

    Instant now{};
    NoticeChange change;
    std::vector<records::NoticeNumber> settled;  ///< Flights that end with this round.
    std::map<Host, Instant> freed;               ///< Their hosts, and when the flight began.
    std::set<Host> chosen;                       ///< Hosts of the candidates.
    std::map<Host, int> lines;                   ///< Due notices that wait for a busy host.
    Places joined;                               ///< They stand in line from now on.
    Places called;                               ///< They did.
    std::vector<Candidate> candidates;
    std::vector<Departure> departures;
    std::vector<RecipientChange> changes;
    std::map<records::RequestNumber, records::ErasureRequest> requests;
    std::map<records::RequestNumber, std::map<std::uint32_t, records::ErasedObject>> objects;
    std::map<std::pair<records::RequestNumber, std::uint32_t>, Error> lost;  ///< Objects that are damaged.
    std::map<records::RequestNumber, Result<std::string>> actors;
    std::map<DocumentKey, Result<std::string>> documents;
    std::optional<Instant> token_at;  ///< When the rate lets the next message leave.
    bool again{};                     ///< There is more to do at once.
    bool more_due{};                  ///< The book may have more that is due.
    CourierFigures tally;             ///< Of what this round writes.
    Walk walk;                        ///< Past what is damaged, where that is not told of a person.
};

}  // namespace fedtrail::erasure
