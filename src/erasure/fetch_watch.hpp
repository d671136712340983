/// Watches for other servers that still fetch, with their signature, what was erased: who asks for it holds a
/// trace of it.

#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "fedtrail/core/personal.hpp"
#include "fedtrail/ports/subject_vault.hpp"

#include "erasure/go_on.hpp"
#include "erasure/verdict.hpp"
#include "erasure/watch_end.hpp"

namespace fedtrail::erasure {

/// A fetch of something that is watched.
struct SpottedFetch {
    Instant at{};
    Personal<std::string> uri;
    Host recipient;
    std::uint16_t status{};
};

/// watches() from any thread, the rest from one.
class FetchWatch {
public:
    struct Limits {
        std::size_t uris{500'000};                      ///< Watched at once; of the newest requests first.
        std::chrono::minutes refresh{10};               ///< How often the list is made anew.
        std::chrono::seconds after_close{kWatchedFor};  ///< See watched_until().
        /// Servers look at the origin while they work on a Delete, and when we look at them: what is fetched
        /// so soon after an attempt or a look says nothing.
        std::chrono::hours grace{1};
        std::chrono::hours again{24};  ///< One trace a day and recipient is enough.
    };

    FetchWatch(VerdictPorts ports, const SubjectVault& vault, Limits limits);
    ~FetchWatch();
    FetchWatch(const FetchWatch&) = delete;
    FetchWatch& operator=(const FetchWatch&) = delete;
    FetchWatch(FetchWatch&&) = delete;
    FetchWatch& operator=(FetchWatch&&) = delete;

    /// Quick: whether `uri` is an actor or object that was erased.
    [[nodiscard]] bool watches(std::string_view uri) const;
    /// Makes the list anew if it is time. When it wants to be called again. Errors: those of the books;
    /// Corrupt where a request that is damaged was passed over.
    [[nodiscard]] Result<Instant> refresh();
    /// Writes the trace down; the same again does no harm. Errors: as refresh().
    [[nodiscard]] Result<void> take(const SpottedFetch& fetch);

private:
    struct Index;
    struct Known {
        std::uint64_t closed_version{};   ///< Of the request, if it was closed when they were read.
        std::vector<std::uint64_t> uris;  ///< Hashes.
    };
    struct Watched {
        std::vector<records::ErasureRequest> requests;
        std::vector<records::RequestNumber> damaged;  ///< Whether they are still watched nobody can read.
        Walk walk;                                    ///< Past them.
    };
    [[nodiscard]] Result<Watched> watched_requests() const;
    /// Puts it into `index` as far as there is room, and into `kept`.
    void watch(records::RequestNumber number,
               Known known,
               Index& index,
               std::map<records::RequestNumber, Known>& kept) const;
    [[nodiscard]] Result<std::vector<std::uint64_t>> read_uris(const records::ErasureRequest& request) const;
    [[nodiscard]] Result<Known> known_of(const records::ErasureRequest& request) const;
    [[nodiscard]] Result<void> take_for(const SpottedFetch& fetch, records::RequestNumber number);

    VerdictPorts ports_;
    const SubjectVault& vault_;
    Limits limits_;
    std::optional<Instant> refresh_at_;
    std::map<records::RequestNumber, Known> uris_;  ///< Read once of what is closed.
    mutable std::mutex lock_;
    std::shared_ptr<const Index> index_;
};

}  // namespace fedtrail::erasure
