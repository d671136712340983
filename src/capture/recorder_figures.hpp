/// What the recorder did so far, for /metrics: counts only, no personal data.

#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>

namespace fedtrail::capture {

/// How long commits took. `counts[i]` are those of at most `kBounds[i]` milliseconds and more than the bound
/// before; the last are all above.
struct CommitTimes {
    static constexpr std::array<double, 11> kBounds{0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1'000};
    std::array<std::uint64_t, kBounds.size() + 1> counts{};
    double sum_ms{};
    double last_ms{};

    void add(std::chrono::duration<double, std::milli> took);
};

struct RecorderFigures {
    std::uint64_t groups{};         ///< Commits that succeeded.
    std::uint64_t failed_groups{};  ///< Commits that failed.
    static constexpr std::size_t kSenders = 256;

    std::uint64_t intents{};          ///< Intents made durable that concern a local person.
    std::uint64_t intents_refused{};  ///< Not durable: the ledger or the vault failed, or too many waited.
    std::uint64_t intents_damaged{};  ///< Of these, because rows about their person are damaged.
    std::uint64_t settled{};          ///< Outcomes made durable.
    std::uint64_t settles_lost{};     ///< Outcomes given up: these intents stay `intended`.
    std::uint64_t observations{};  ///< Observations taken in by observe() and made durable, duplicates too.
    std::uint64_t duplicates{};    ///< Of these, known before.
    std::uint64_t recorded{};      ///< Intents and observations that are in the ledger and were not before.
    std::uint64_t without_subject{};  ///< Intents and observations that concern no local person.
    std::uint64_t unread{};           ///< Intents that name nobody, kept as unread connections.
    /// Hosts of people in those without a subject, at most kSenders: an origin that is not named?
    std::map<std::string, std::uint64_t> senders;
    std::uint64_t tunnels{};          ///< Connections that pass unread, made durable.
    std::uint64_t tunnels_refused{};  ///< … and those that could not be.
    std::uint64_t tunnels_lost{};     ///< Octets of open tunnels were given up so often.
    std::uint64_t gap_deliveries{};
    std::uint64_t folds{};
    std::uint64_t failed_folds{};
    std::uint64_t last_group_size{};  ///< Intents and observations in the last group.
    std::uint64_t waiting_intents{};  ///< Now.
    std::uint64_t open_intents{};     ///< Now; not settled yet.
    CommitTimes commit_times;

    /// Where there is no room it takes that of the host with the fewest.
    void add_sender(const std::string& host, std::uint64_t count);
};

}  // namespace fedtrail::capture
