/// Watches for the moment when the origin stops serving what is erased: from then on second waves go, and
/// looks begin. Until then a look could make other servers fetch everything anew.

#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "fedtrail/ports/clock.hpp"
#include "fedtrail/ports/ledger_holdings.hpp"
#include "fedtrail/ports/notice_book.hpp"
#include "fedtrail/ports/remote_http.hpp"
#include "fedtrail/ports/request_book.hpp"
#include "fedtrail/ports/subject_vault.hpp"

#include "erasure/arrivals.hpp"
#include "erasure/watch_end.hpp"

namespace fedtrail::erasure {

struct OriginWatchPorts {
    RequestBook& requests;
    const NoticeBook& notices;
    const SubjectVault& vault;
    RemoteHttp& http;
    const Clock& clock;
    /// Who may see a post; none: all are taken for public.
    const LedgerHoldings* holdings{};
};

struct OriginWatchOptions {
    std::string user_agent;  ///< With a contact URL.
    /// Between two checks of one request; the last one repeats.
    std::vector<std::chrono::seconds> intervals{
        std::chrono::minutes{1},
        std::chrono::minutes{2},
        std::chrono::minutes{5},
        std::chrono::minutes{15},
        std::chrono::hours{1},
        std::chrono::hours{3},
        std::chrono::hours{6},
    };
    /// As watched_until() has it: the looks of a closed request are still to come.
    std::chrono::seconds after_close{kWatchedFor};
    /// Rounds of questions that must all say gone, one after the other: a server that starts, or a proxy
    /// before it, answers 404 for a moment.
    std::size_t rounds{3};
    /// The same where every answer is a 410 or a Tombstone: somebody has said so on purpose.
    std::size_t rounds_for_good{2};
    std::chrono::seconds round_pause{60};  ///< Between two rounds that agree.
    std::size_t sample{20};                ///< Objects asked for in one check, spread over all of them.
    std::size_t account_sample{5};         ///< The same where the account is gone, and they should be.
    std::chrono::seconds refresh{60};      ///< How often the list of open requests is read.
    std::chrono::milliseconds timeout{15'000};
};

/// Whether an answer of the origin says that the thing is gone: 404, 410, or a Tombstone without content.
[[nodiscard]] bool says_gone(const RemoteResponse& response);
/// Whether it says that it is gone for good: 410, or such a Tombstone.
[[nodiscard]] bool says_gone_for_good(const RemoteResponse& response);

/// Not thread-safe, but for what the answers need.
class OriginWatch {
public:
    /// What `ports` names must outlive it. `wake` is called from another thread when an answer came.
    OriginWatch(OriginWatchPorts ports, OriginWatchOptions options, std::function<void()> wake);

    /// Asks the origin, without a signature, for the actor or the objects, each with an ActivityPub Accept
    /// header and plainly (WordPress asks plainly, and a server may answer the two differently). When the
    /// actor is gone, some of the objects that are erased are asked for, too: many servers delete them in a
    /// job that takes longer. Not plainly: Misskey's page for a note that is not there is a 200. Only if
    /// every answer of several rounds says gone the request is marked; one other answer, or none, and it
    /// begins anew. Where all that is asked for are posts that strangers were never shown a 404 says nothing,
    /// unless the origin was seen to delete each: others are asked for next. When it wants to be called
    /// again. Errors: those of the books.
    [[nodiscard]] Result<std::optional<Instant>> step();

private:
    struct Question {
        Uri uri;
        bool plainly{};
    };
    struct Check {
        std::vector<Question> questions;  ///< Read when a check begins.
        std::size_t next{};               ///< Of them.
        bool knows_objects{};             ///< They are among the questions, or there are none.
        std::size_t checks{};             ///< So many ended with something that is still there.
        std::size_t unseen{};             ///< So many with a 404 of posts for which it says nothing.
        std::optional<Instant> due;       ///< Absent: an answer is on its way.
        std::size_t agreed{};             ///< Rounds in a row of which every answer said gone.
        bool for_good{true};              ///< So did every answer of them.
    };
    using Key = std::pair<records::RequestNumber, std::size_t>;

    [[nodiscard]] Result<void> refresh();
    [[nodiscard]] Result<std::vector<Uri>> actor_of(const records::ErasureRequest& request) const;
    /// But what is called `besides`.
    [[nodiscard]] Result<std::vector<Uri>> objects_of(const records::ErasureRequest& request,
                                                      const std::string& besides,
                                                      std::size_t turn) const;
    [[nodiscard]] Result<void> add_objects(records::RequestNumber number, Check& check) const;
    [[nodiscard]] Result<void> begin(records::RequestNumber number, Check& check);
    void ask(records::RequestNumber number, Check& check);
    [[nodiscard]] Result<void> take_in_all();
    [[nodiscard]] Result<bool> take_in(const Key& key, const RemoteResponse& response);
    [[nodiscard]] Result<bool> can_be_seen(const Key& key, const Check& check) const;
    [[nodiscard]] Result<void> mark_gone(records::RequestNumber number);
    [[nodiscard]] std::chrono::seconds pause_of(const Check& check) const;
    void begin_anew(Check& check) const;

    OriginWatchPorts ports_;
    OriginWatchOptions options_;
    Arrivals<Key> arrivals_;
    std::optional<Instant> refresh_at_;
    std::map<records::RequestNumber, Check> checks_;
};

}  // namespace fedtrail::erasure
