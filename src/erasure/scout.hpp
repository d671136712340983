/// Scout: asks recipients what they run and who runs them, so that they are told in the dialect they obey and
/// a letter has somebody to go to. Who is to be told and has no inbox that anybody knows is asked for one:
/// that of the actor that stands for the server.
///
/// Polite: one question at a time to a server, few servers at once, what is known is not asked again for a
/// month, who does not answer is left alone for longer and longer.

#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "fedtrail/core/result.hpp"
#include "fedtrail/fediverse/dialect.hpp"
#include "fedtrail/fediverse/inbox.hpp"
#include "fedtrail/fediverse/node_info.hpp"
#include "fedtrail/ports/clock.hpp"
#include "fedtrail/ports/notice_book.hpp"
#include "fedtrail/ports/recipient_directory.hpp"
#include "fedtrail/ports/remote_http.hpp"
#include "fedtrail/ports/request_book.hpp"

namespace fedtrail::erasure {

/// What they name must outlive the scout; `http` is stopped first.
struct ScoutPorts {
    const RequestBook& requests;
    const NoticeBook& notices;
    RecipientDirectory& directory;
    RemoteHttp& http;
    const Clock& clock;
};

struct ScoutOptions {
    std::size_t max_in_flight{16};
    std::chrono::seconds stale_after{std::chrono::hours{24 * 30}};
    std::chrono::seconds scan_every{
        std::chrono::minutes{10}};  ///< The open requests, for recipients that are new.
    std::chrono::seconds ask_again_after{
        std::chrono::minutes{10}};  ///< On demand; sooner it is not asked even then.
    std::chrono::milliseconds timeout{10'000};
    /// Makes a request's plan anew: called when a server of which no inbox was known has one now, and was
    /// given up. From step()'s thread. May be empty.
    std::function<Result<void>(records::RequestNumber)> replan{};
    std::size_t max_agenda{200'000};  ///< Hosts in memory; notices beyond them are looked at by a later scan.
};

class Scout {
public:
    /// `wake` is called from another thread when step() has something new to do.
    Scout(ScoutPorts ports,
          const fediverse::Dialects& dialects,
          ScoutOptions options,
          std::function<void()> wake);
    Scout(const Scout&) = delete;
    Scout& operator=(const Scout&) = delete;
    Scout(Scout&&) = delete;
    Scout& operator=(Scout&&) = delete;
    ~Scout();

    /// Asks these whatever is known of them. From any thread.
    void want(std::span<const Host> hosts);

    /// Takes in what came back and asks whoever is due; from one thread. Gives the time when it wants to be
    /// called again if nothing wakes it before. Errors: those of the books and the directory; nothing is
    /// lost.
    [[nodiscard]] Result<std::optional<Instant>> step();

private:
    enum class Stage { WellKnown, NodeInfo, Instance, Finger, Actor };
    struct Visit {
        Stage stage{Stage::WellKnown};
        fediverse::NodeFacts facts;
        bool known{};                          ///< It said what it runs.
        bool from_api{};                       ///< The contact came from the instance API.
        std::optional<Uri> application;        ///< The actor that stands for it, as it says.
        bool sought{};                         ///< Its inbox is, or was, looked for …
        bool fingered{};                       ///< … by WebFinger too.
        fediverse::ActorInboxes inboxes;       ///< What was found.
        std::optional<RemoteResponse> failed;  ///< What it answered instead of saying what it runs.
        std::optional<RemoteResponse> response;
    };
    struct Inbox;

    [[nodiscard]] Result<void> take_wanted(Instant now);
    [[nodiscard]] Result<void> scan(Instant now);
    [[nodiscard]] Result<void> scan_request(records::RequestNumber request, Instant now);
    [[nodiscard]] Result<void> enter(std::span<const Host> hosts, bool wanted, Instant now);
    [[nodiscard]] Result<void> enter_one(const Result<RecipientEntry>& entry, bool wanted, Instant now);
    void plan(const Host& host, Instant at);
    void collect();
    void go_on(Instant now);
    /// False if the visit is over.
    [[nodiscard]] bool next_stage(const Host& host, Visit& visit, Instant now);
    /// The stages of a visit; each false if the visit is over.
    [[nodiscard]] bool after_well_known(const Host& host, Visit& visit, RemoteResponse response, Instant now);
    [[nodiscard]] bool after_node_info(const Host& host, Visit& visit, RemoteResponse response, Instant now);
    [[nodiscard]] bool after_finger(const Host& host,
                                    Visit& visit,
                                    const RemoteResponse& response,
                                    Instant now);
    [[nodiscard]] bool after_actor(const Host& host,
                                   Visit& visit,
                                   const RemoteResponse& response,
                                   Instant now);
    /// Looks for its inbox, if none is known; else the visit ends.
    [[nodiscard]] bool seek_or_end(const Host& host, Visit& visit, Instant now);
    [[nodiscard]] bool lacks_inbox(const Host& host, const Visit& visit, Instant now) const;
    [[nodiscard]] bool finger(const Host& host, Visit& visit);
    void ask_actor(const Host& host, Visit& visit, const Uri& actor);
    void send(const Host& host,
              const std::string& method,
              const std::string& url,
              std::string body,
              const char* accept = "application/json");
    void end(const Host& host, const Visit& visit, Instant now);
    void end_well(const Host& host, const Visit& visit, Instant now);
    void end_badly(const Host& host, const RemoteResponse& response, Instant now);
    /// Has those planned anew that were given up without an inbox and have one now.
    [[nodiscard]] Result<void> revive(Instant now);
    using Versions = std::map<records::NoticeNumber, std::uint64_t>;
    /// Whether a plan made anew may help one of its notices; `helpless` are all that were given up without an
    /// inbox and have one.
    [[nodiscard]] Result<bool> has_come_to_light(records::RequestNumber request, Versions& helpless) const;
    [[nodiscard]] bool has_new_inbox(const records::Notice& notice,
                                     const RecipientEntry& entry,
                                     Versions& helpless) const;
    [[nodiscard]] Result<void> start_some(Instant now);
    [[nodiscard]] Result<void> start_one(const Host& host, const Result<RecipientEntry>& entry, Instant now);
    [[nodiscard]] Result<void> write(Instant now);
    [[nodiscard]] std::optional<Instant> next_call(Instant now) const;

    ScoutPorts ports_;
    const fediverse::Dialects& dialects_;
    ScoutOptions options_;
    std::shared_ptr<Inbox> inbox_;
    std::map<Host, Visit> visits_;
    std::map<Host, Instant> due_;                ///< When each host is to be asked.
    std::set<std::pair<Instant, Host>> agenda_;  ///< The same, by time.
    std::map<Host, unsigned> failures_;          ///< In a row.
    std::map<records::RequestNumber, records::NoticeNumber> read_to_;
    std::optional<Instant> scan_at_;
    std::set<records::RequestNumber> open_;  ///< As the last scan found them.
    bool learned_{};                         ///< Something that a notice may have waited for.
    Instant revive_at_{};
    Versions revived_;  ///< As they were when a plan was made anew for them; those of the last round alone.
    std::vector<Host> wanted_;
    std::vector<RecipientChange> changes_;  ///< Not written yet.
    bool stopping_{};
};

}  // namespace fedtrail::erasure
