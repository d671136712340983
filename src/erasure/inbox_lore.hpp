/// Learns from deliveries where the recipients' inboxes are.

#pragma once

#include <chrono>
#include <cstddef>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "fedtrail/core/result.hpp"
#include "fedtrail/ports/recipient_directory.hpp"
#include "fedtrail/records/observation.hpp"

namespace fedtrail::erasure {

/// Whether an inbox's URI looks like one for everybody at that server, by the paths that server software
/// uses.
[[nodiscard]] bool looks_shared(std::string_view inbox);

/// lesson(), learn() and note() from any thread, write() from one.
class InboxLore {
public:
    struct Limits {
        std::size_t hosts{100'000};  ///< Remembered as known; beyond it, all are forgotten and learned again.
        std::size_t waiting{10'000};  ///< Not written yet; more are learned another time.
        std::size_t batch{500};       ///< Written in one call of write().
        /// So long nothing more is learned of a host whose inbox is known: no delivery costs a write.
        std::chrono::hours good_for{24};
    };
    /// What a delivery teaches once it is accepted.
    struct Lesson {
        Host host;
        std::string inbox;  ///< URI.
        bool shared{};
    };

    explicit InboxLore(Limits limits) : limits_(limits) {}

    /// Quick. Nothing where the delivery has no inbox of its recipient's, or it is known well enough.
    [[nodiscard]] std::optional<Lesson> lesson(const records::Observation& delivery, Instant now);
    /// It was accepted. Quick. True if there is something new to write.
    bool learn(Lesson lesson, Instant now);
    /// Of a delivery that happened: an inbox that accepted lately is learned; one of long ago, or that is
    /// concluded from tables, only where none is known. Quick. True if there is something new to write.
    bool note(const records::Observation& delivery, Instant now);
    /// Whether there is more to write. Errors: those of the directory; what was to be written is learned
    /// again.
    [[nodiscard]] Result<bool> write(RecipientDirectory& directory);

private:
    struct Learnt {
        std::string shared;
        std::string personal;
        bool shared_fills{};  ///< Not instead of one that is known.
        bool personal_fills{};
    };
    /// When it was learned, of either kind.
    struct Times {
        std::optional<Instant> shared;
        std::optional<Instant> personal;
    };
    struct Known {
        Times accepted;
        Times filled;
    };
    [[nodiscard]] std::optional<Lesson> find(const records::Observation& delivery, bool fills, Instant now);
    bool put(Lesson lesson, bool fills, Instant now);
    [[nodiscard]] bool is_known(const Times& times, bool shared, Instant now) const;
    [[nodiscard]] bool is_known(const Host& host, bool shared, bool fills, Instant now) const;
    [[nodiscard]] static Result<void> write_one(RecipientDirectory& directory,
                                                const RecipientEntry& entry,
                                                const Learnt& learnt);

    Limits limits_;
    std::mutex lock_;
    std::unordered_map<std::string, Known> known_;
    std::unordered_map<Host, Learnt> waiting_;
};

}  // namespace fedtrail::erasure
