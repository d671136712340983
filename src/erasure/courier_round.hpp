/// What one call of Courier::step() works on.

#pragma once

#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "erasure/courier.hpp"

namespace fedtrail::erasure {

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
    using DocumentKey = std::tuple<records::RequestNumber, std::string, bool, bool>;

    [[nodiscard]] bool has_change() const { return !change.notices.empty() || !change.attempts.empty(); }

    Instant now{};
    NoticeChange change;
    std::vector<records::NoticeNumber> settled;  ///< Flights that end with this round.
    std::set<Host> freed;                        ///< Their hosts.
    std::set<Host> chosen;                       ///< Hosts of the candidates.
    std::map<Host, int> lines;                   ///< Due notices that wait for a busy host.
    std::vector<Candidate> candidates;
    std::vector<Departure> departures;
    std::vector<RecipientChange> changes;
    std::map<records::RequestNumber, records::ErasureRequest> requests;
    std::map<records::RequestNumber, std::map<std::uint32_t, records::ErasedObject>> objects;
    std::map<records::RequestNumber, Result<std::string>> actors;
    std::map<DocumentKey, Result<std::string>> documents;
    std::optional<Instant> token_at;  ///< When the rate lets the next message leave.
    bool again{};                     ///< There is more to do at once.
    bool more_due{};                  ///< The book may have more that is due.
    CourierFigures tally;             ///< Of what this round writes.
};

}  // namespace fedtrail::erasure
