/// Learns from deliveries where the recipients' inboxes are.

#pragma once

#include <cstddef>
#include <mutex>
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

/// note() from any thread, write() from one.
class InboxLore {
public:
    struct Limits {
        std::size_t hosts{100'000};  ///< Remembered as known; beyond it, all are forgotten and learned again.
        std::size_t waiting{10'000};  ///< Not written yet; more are learned another time.
        std::size_t batch{500};       ///< Written in one call of write().
    };

    explicit InboxLore(Limits limits) : limits_(limits) {}

    /// Quick. True if there is something new to write.
    bool note(const records::Observation& delivery);
    /// Whether there is more to write. Errors: those of the directory; what was to be written is kept.
    [[nodiscard]] Result<bool> write(RecipientDirectory& directory);

private:
    struct Learnt {
        std::string shared;
        std::string personal;
    };
    [[nodiscard]] static Result<void> write_one(RecipientDirectory& directory,
                                                const RecipientEntry& entry,
                                                const Learnt& learnt);

    Limits limits_;
    std::mutex lock_;
    std::unordered_map<std::string, bool> known_;  ///< True: its shared inbox.
    std::unordered_map<Host, Learnt> waiting_;
};

}  // namespace fedtrail::erasure
