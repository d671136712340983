/// What commands about recipients look into: their books, and the ledger that says what went there.

#pragma once

#include "app/recipient_room.hpp"
#include "app/stores.hpp"

namespace fedtrail::app {

struct LookingRoom {
    RecipientSession recipients;
    ReadingRoom reading;

    [[nodiscard]] RecipientRoom& books() const { return *recipients.room; }
    [[nodiscard]] Instant now() const { return recipients.clock->now(); }
    [[nodiscard]] privacy::Day today() const {
        return privacy::Day{std::chrono::floor<std::chrono::days>(now())};
    }
    /// What decisions ask of recipients.
    [[nodiscard]] std::vector<std::string> facts() const {
        return recipients::scope_facts(books().recipients().policies()->adequacy.adequacy);
    }
};

[[nodiscard]] inline Result<LookingRoom> open_looking_room(const Session& session) {
    auto recipients = open_recipient_session(session);
    if (!recipients) {
        return fail(recipients);
    }
    auto reading = open_reading_room(recipients->config, session.environment);
    if (!reading) {
        return fail(reading);
    }
    return Result<LookingRoom>{LookingRoom{std::move(*recipients), std::move(*reading)}};
}

}  // namespace fedtrail::app
