/// From the Deletes that the origin itself was seen to send to observed requests, and to notices of those it
/// reached. Not thread-safe: one worker's own.

#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "fedtrail/fediverse/dialect.hpp"
#include "fedtrail/ports/clock.hpp"
#include "fedtrail/ports/notice_book.hpp"
#include "fedtrail/ports/recipient_directory.hpp"
#include "fedtrail/ports/request_book.hpp"
#include "fedtrail/ports/subject_vault.hpp"

namespace fedtrail::erasure {

/// One Delete (or what takes one back) of the origin, to one recipient.
struct SpottedDelete {
    Instant at{};
    Personal<std::string> actor;   ///< URI.
    Personal<std::string> object;  ///< URI; the actor's where the account is deleted.
    Host recipient;
    bool accepted{};  ///< Answered 2xx.
    std::uint16_t status{};
    bool undone{};     ///< An Undo of that Delete.
    bool passed_on{};  ///< In an Announce of a community: software without communities reads none.
};

struct SpottedPorts {
    RequestBook& requests;
    NoticeBook& notices;
    const RecipientDirectory& directory;
    const SubjectVault& vault;
    const Clock& clock;
};

struct SpottedOptions {
    /// The origin's own fan-out is waited for so long after its last Delete, at most so long in all; then
    /// what it left out is planned.
    std::chrono::seconds quiet{std::chrono::minutes{10}};
    std::chrono::seconds longest{std::chrono::minutes{60}};
    std::size_t max_objects{1'000};      ///< In one observed request.
    std::size_t max_reached{1'000'000};  ///< Recipients remembered until then, over all requests.
    std::chrono::hours again{24 * 30};   ///< So long a Delete still belongs to a request that was closed.
    std::chrono::hours late{48};     ///< So long the origin's queue goes on with a Delete that it took back.
    std::function<void()> opened{};  ///< Is told of each request that was opened; must be quick.
    /// Is told, once of each such request, that an account is deleted once more within `late` of taking that
    /// back, and that nothing is opened by it; must be quick.
    std::function<void(const records::ErasureRequest&)> deleted_again{};
};

class SpottedDeletions {
public:
    /// Plans the request and lets its notices leave (Desk::start). Errors: Unavailable (it is asked again).
    using FanOutOver = std::function<Result<void>(records::RequestNumber)>;

    /// `dialects` must outlive it.
    SpottedDeletions(SpottedPorts ports,
                     const fediverse::Dialects& dialects,
                     FanOutOver over,
                     SpottedOptions options);

    /// Returns when it is durable. Giving the same again after an error is safe. Errors: those of the ports.
    [[nodiscard]] Result<void> take(std::span<const SpottedDelete> deletes);
    /// Hands over what is quiet. When it wants to be called again. Errors: those of the ports.
    [[nodiscard]] Result<std::optional<Instant>> settle();

private:
    struct Reached {
        Instant at{};
        std::uint16_t status{};
        bool kept{};  ///< Written down.
    };
    using ReachedObjects = std::map<std::uint32_t, Reached>;  ///< By index of the object.
    /// A request whose fan-out is still going on.
    struct Gathering {
        privacy::SubjectNumber subject;
        Instant opened{};
        Instant last_seen{};
        std::vector<std::string> objects;  ///< Empty: the account.
        std::map<Host, ReachedObjects> reached;
        std::vector<Host> news;  ///< With something that is not kept yet.
    };
    using Gatherings = std::map<records::RequestNumber, Gathering>;
    struct Place {
        records::RequestNumber request;
        std::uint32_t object{};
    };

    enum class Fit : std::uint8_t {
        No,
        Is,      ///< What was deleted is what the request is about.
        Covers,  ///< The account goes, and this object with it.
        Grows,   ///< The object can be added.
    };
    struct Match {
        Fit fit{Fit::No};
        std::uint32_t object{};
    };

    [[nodiscard]] Result<void> load();
    void gather(const records::ErasureRequest& request);
    /// Its fan-out is over. The one behind it.
    Gatherings::iterator forget(Gatherings::iterator gathering);
    [[nodiscard]] Result<std::vector<records::ErasureRequest>> requests_of(
        privacy::SubjectNumber subject) const;
    [[nodiscard]] bool is_meant(const records::ErasureRequest& request) const;
    /// When the origin took back what this request began with; nothing: it did not.
    [[nodiscard]] Result<std::optional<Instant>> taken_back_at(const records::ErasureRequest& request) const;
    [[nodiscard]] Match match(const records::ErasureRequest& request, const SpottedDelete& seen) const;
    /// Tells where an account's Delete that is passed over as the queue's rest is none.
    [[nodiscard]] Result<void> look_at_repetition(const records::ErasureRequest& request,
                                                  const SpottedDelete& seen);
    /// Whether its recipient took it, and reads what is sent so.
    [[nodiscard]] Result<bool> was_heard(const SpottedDelete& seen) const;
    [[nodiscard]] Result<void> take_one(privacy::SubjectNumber subject, const SpottedDelete& seen);
    /// Nothing: it is part of an erasure that is not told apart by objects.
    [[nodiscard]] Result<std::optional<Place>> place_of(privacy::SubjectNumber subject,
                                                        const SpottedDelete& seen);
    [[nodiscard]] Result<std::optional<Place>> open_for(privacy::SubjectNumber subject,
                                                        const SpottedDelete& seen);
    [[nodiscard]] Result<std::optional<Place>> add_object(const records::ErasureRequest& request,
                                                          const SpottedDelete& seen);
    [[nodiscard]] Result<records::RequestNumber> open_new(privacy::SubjectNumber subject,
                                                          Instant received_at,
                                                          std::vector<Personal<std::string>> objects);
    [[nodiscard]] Result<void> undo_one(const records::ErasureRequest& request, Instant at);
    /// Whether a request about just these objects, in this order, is being gathered: what failed later is
    /// done anew, and opens no second one.
    [[nodiscard]] bool is_gathered(privacy::SubjectNumber subject,
                                   const std::vector<Personal<std::string>>& objects) const;
    /// Those at `places`, by their index there, and still to be written down.
    [[nodiscard]] static ReachedObjects moved(const ReachedObjects& reached,
                                              const std::vector<std::uint32_t>& places);
    /// The other objects of a request of which one is back before it was started, under one of their own.
    [[nodiscard]] Result<void> go_on_without(const records::ErasureRequest& request, const std::string& back);
    [[nodiscard]] Result<void> undo(privacy::SubjectNumber subject, const SpottedDelete& seen);
    /// What was kept before the program ended.
    [[nodiscard]] Result<void> read_reached(records::RequestNumber number);
    [[nodiscard]] Result<void> keep_news();
    [[nodiscard]] Result<void> keep_news_of(records::RequestNumber number, Gathering& gathering);
    void take_history(const NoticeHistory& history, const Host& recipient, Gathering& gathering);
    static void add_attempts(records::NoticeNumber notice,
                             const ReachedObjects& reached,
                             NoticeChange& change);
    [[nodiscard]] Result<void> write_news(records::RequestNumber number, const Gathering& gathering);
    /// To each of `hosts` that has none: one without steps, until the planner knows what it lacks.
    [[nodiscard]] Result<void> add_notices(records::RequestNumber number,
                                           const Gathering& gathering,
                                           const std::vector<Host>& hosts);
    void mark_told(records::Notice& notice, const Gathering& gathering, const RecipientEntry& entry) const;
    [[nodiscard]] Result<void> write_told(records::RequestNumber number, const Gathering& gathering);
    /// An accepted Delete for a request whose fan-out was over already.
    [[nodiscard]] Result<void> count_late(const Place& place, const SpottedDelete& seen);
    [[nodiscard]] Result<void> count_late_once(const Place& place, const SpottedDelete& seen);

    SpottedPorts ports_;
    const fediverse::Dialects& dialects_;
    FanOutOver over_;
    SpottedOptions options_;
    bool loaded_{};
    std::size_t reached_{};
    Gatherings gathering_;
    std::set<records::RequestNumber> deleted_again_;  ///< Of which it was told.
};

}  // namespace fedtrail::erasure
