/// Courier: sends what is due of the notices, one message after the other, and writes down what came of it.
///
/// An attempt is written before its bytes leave. A crash after that leaves a notice `in_flight` that is due
/// again when the window has passed; nothing answered or unanswered leaves twice within it, except that a
/// recipient which refuses one kind of signature is tried with the other at once.

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
#include <vector>

#include "fedtrail/core/result.hpp"
#include "fedtrail/core/token_bucket.hpp"
#include "fedtrail/fediverse/dialect.hpp"
#include "fedtrail/ports/clock.hpp"
#include "fedtrail/ports/notice_book.hpp"
#include "fedtrail/ports/recipient_directory.hpp"
#include "fedtrail/ports/remote_http.hpp"
#include "fedtrail/ports/request_book.hpp"
#include "fedtrail/ports/subject_vault.hpp"

#include "erasure/delivery_rules.hpp"
#include "erasure/rate_line.hpp"
#include "erasure/request_signer.hpp"

namespace fedtrail::erasure {

/// What they name must outlive the courier; `http` is stopped first.
struct CourierPorts {
    RequestBook& requests;
    NoticeBook& notices;
    RecipientDirectory& directory;
    const SubjectVault& vault;
    RemoteHttp& http;
    RequestSigner& signer;
    const Clock& clock;
};

struct CourierOptions {
    std::size_t max_in_flight{1'000};
    std::size_t max_begun{250};  ///< Messages signed in one step().
    double max_rate{0};          ///< Messages a second; 0 is no limit.
    std::chrono::seconds window{std::chrono::minutes{10}};
    std::chrono::milliseconds timeout{30'000};  ///< Of one message; much shorter than the window.
    RetryOptions retry;
    /// How long a recipient must have failed, or only asked to be left alone, before what it has not even
    /// been sent is given up; of one that says nothing, how long an inbox is waited for.
    std::chrono::seconds give_up_after{std::chrono::hours{24 * 7}};
    std::chrono::seconds park{
        std::chrono::minutes{10}};  ///< Recipients that failed before come after the others.
    std::chrono::seconds wave_poll{
        std::chrono::minutes{15}};  ///< Between looks whether the second wave may go.
    std::chrono::seconds first_look_after{std::chrono::minutes{60}};
    /// How long a recipient of which nobody knows what it runs is not told: the software decides what a
    /// Delete must look like. 0: at once.
    std::chrono::seconds know_within{0};
    std::chrono::seconds know_poll{15};   ///< Between looks whether it is known.
    std::chrono::seconds know_fresh{60};  ///< Who was asked in vain before that is asked again before a try.
    /// Has somebody ask these what they run, whatever was known: who is to be told and says nothing yet, and
    /// who answers again. From step()'s thread. May be empty.
    std::function<void(std::span<const Host>)> ask;
    /// Makes a request's plan anew: called when more is known of a recipient than when it was planned, and
    /// nothing was sent there yet. From step()'s thread. May be empty.
    std::function<Result<void>(records::RequestNumber)> replan;
    /// Told of each person whose rows or key are damaged, and again whenever they are met: what cannot be
    /// read of theirs waits. From step()'s thread. May be empty.
    std::function<void(privacy::SubjectNumber, const Error&)> damaged;
};

/// Since it was made.
struct CourierFigures {
    std::uint64_t sent{};      ///< Messages given to the network.
    std::uint64_t accepted{};  ///< Of them.
    std::uint64_t declined{};
    std::uint64_t failed{};  ///< To be tried again, or given up.
    std::size_t in_flight{};
};

class Courier {
public:
    /// `wake` is called from another thread when step() has something new to do.
    Courier(CourierPorts ports,
            const fediverse::Dialects& dialects,
            CourierOptions options,
            std::function<void()> wake);
    Courier(const Courier&) = delete;
    Courier& operator=(const Courier&) = delete;
    Courier(Courier&&) = delete;
    Courier& operator=(Courier&&) = delete;
    ~Courier();

    /// Takes in what came back and sends what is due; from one thread. Gives the time when it wants to be
    /// called again if nothing wakes it before; none if nothing is planned. What others plan is found by the
    /// next call. Errors: those of the books; everything is kept and done by a later call, but for Corrupt:
    /// all was done but what is damaged.
    [[nodiscard]] Result<std::optional<Instant>> step();

    [[nodiscard]] CourierFigures figures() const;

private:
    struct Inbox;
    struct Round;

    /// A message on its way, or answered and not yet written down.
    struct Flight {
        Host host;
        std::uint32_t step{};
        std::uint32_t attempts{};
        Instant begun_at{};
        fediverse::NoticeState before{fediverse::NoticeState::Planned};  ///< The notice's, before it.
        SignatureScheme scheme{SignatureScheme::Unknown};
        bool second{};                           ///< The other scheme was tried right before.
        std::optional<std::string> failing_how;  ///< As the directory said; absent: it was not failing.
        std::optional<RemoteResponse> response;
        std::string obstacle;  ///< Why it could not be sent at all; `response` is empty then.
    };
    /// A notice whose next step may leave.
    struct Candidate {
        records::Notice notice;
        SignatureScheme scheme{SignatureScheme::Unknown};
        bool second{};
        std::optional<std::string> failing_how;
        bool changed{};  ///< It is to be written even if nothing is sent.
        bool silent{};   ///< Nobody knows what it runs, or it fails: an inbox may yet become known.
    };
    struct Park {
        Instant until{};
        bool failed{};  ///< It was tried.
    };
    /// Notices that came while another one of theirs was on its way to the same host.
    struct HostLine {
        std::set<records::NoticeNumber> waiting;
        std::chrono::milliseconds pace{std::chrono::seconds{1}};  ///< What a message there takes.
    };

    void collect();
    [[nodiscard]] Result<void> make_round(Round& round);
    [[nodiscard]] Result<void> settle(Round& round);
    [[nodiscard]] Result<void> settle_one(Round& round, records::NoticeNumber number, const Flight& flight);
    [[nodiscard]] Result<Ruling> ruling_on(const records::Notice& notice, const Flight& flight) const;
    [[nodiscard]] Result<void> settle_answer(Round& round,
                                             records::Notice notice,
                                             const Flight& flight,
                                             Ruling ruling);
    /// Whether another inbox is tried, now or once one is known, where the one that was told is not there.
    [[nodiscard]] Result<bool> goes_elsewhere(Round& round, records::Notice& notice, const Flight& flight);
    void settle_obstacle(Round& round, records::Notice notice, const Flight& flight);
    void pass_step(Round& round, records::Notice& notice, bool declined);
    static void take_back(Round& round, records::Notice& notice, const Flight& flight);
    void refuse_rest(Round& round, records::Notice& notice);
    void retry(Round& round, records::Notice& notice, const Flight& flight, Ruling ruling);
    [[nodiscard]] std::optional<Instant> rest_asked(const records::Notice& notice,
                                                    const RemoteResponse& response,
                                                    Instant now) const;
    void leave_alone(Round& round, records::Notice& notice, Instant until);
    void finish(Round& round, records::Notice& notice) const;
    void learn(Round& round, const Flight& flight, Ruling ruling);

    [[nodiscard]] Result<void> draw(Round& round);
    [[nodiscard]] Result<void> consider(Round& round, records::Notice notice, const RecipientEntry& entry);
    /// The same; nothing for whom the directory's entry is damaged.
    [[nodiscard]] Result<void> consider_if_known(Round& round,
                                                 records::Notice notice,
                                                 const Result<RecipientEntry>& entry);
    void tell_damage(privacy::SubjectNumber who, const Error& error) const;
    /// Past those that are damaged, which are told.
    [[nodiscard]] Result<std::vector<records::Notice>> whole_notices(const NoticeFilter& filter) const;
    /// For an hour: the many due notices of one who is damaged, or to one, would hide all others.
    void pass_over(Round& round, records::Notice notice) const;
    [[nodiscard]] Result<void> read_software(Instant now);
    [[nodiscard]] SignatureScheme first_scheme(const RecipientEntry& entry) const;
    /// False: it waits for its turn; its next_at says until when.
    [[nodiscard]] bool may_begin(Round& round, Candidate& candidate);
    [[nodiscard]] bool is_busy(const Round& round, const Host& host) const;
    [[nodiscard]] bool waits_in_line(Round& round, records::Notice& notice);
    /// Draws the next one in line of each host that became free.
    [[nodiscard]] Result<void> call_next(Round& round);
    [[nodiscard]] Result<std::optional<records::Notice>> next_in_line(Round& round, const Host& host) const;
    void keep_lines(const Round& round);
    void leave_line(const Host& host, records::NoticeNumber number);
    [[nodiscard]] bool is_parked(const Host& host, Instant now) const;
    [[nodiscard]] bool waits_for_rest(Round& round, records::Notice& notice, const RecipientEntry& entry);
    [[nodiscard]] bool waits_for_host(Round& round, records::Notice& notice, const RecipientEntry& entry);
    [[nodiscard]] bool waits_to_be_known(Round& round, records::Notice& notice, const RecipientEntry& entry);
    [[nodiscard]] std::string hopeless(const Round& round,
                                       const records::Notice& notice,
                                       const RecipientEntry& entry) const;
    void put_off(Round& round, records::Notice& notice, const RecipientEntry& entry, Instant until) const;
    [[nodiscard]] Result<void> learn_more(Round& round);
    void block(Round& round, Candidate& candidate);

    [[nodiscard]] Result<void> begin(Round& round);
    [[nodiscard]] Result<void> read_objects(Round& round) const;
    [[nodiscard]] Result<void> read_objects_of(Round& round,
                                               records::RequestNumber request,
                                               std::span<const std::uint32_t> indexes) const;
    [[nodiscard]] Result<void> read_each_of(Round& round,
                                            records::RequestNumber request,
                                            std::span<const std::uint32_t> indexes) const;
    void begin_one(Round& round, Candidate candidate);
    [[nodiscard]] Result<void> write(Round& round);
    void depart(Round& round);
    void depart_one(Round& round, const records::Notice& notice, const Uri& inbox, Flight& flight);
    [[nodiscard]] Result<std::string> document(Round& round, const records::Notice& notice);
    [[nodiscard]] Result<std::string> actor_of(Round& round, const records::Notice& notice) const;
    [[nodiscard]] Result<const records::ErasureRequest*> request_of(Round& round,
                                                                    records::RequestNumber number) const;
    [[nodiscard]] Result<void> tell_directory();
    [[nodiscard]] Result<std::optional<Instant>> next_call(const Round& round) const;

    CourierPorts ports_;
    const fediverse::Dialects& dialects_;
    CourierOptions options_;
    std::shared_ptr<Inbox> inbox_;
    TokenBucket bucket_;
    std::map<records::NoticeNumber, Flight> flights_;
    std::set<Host> busy_;  ///< Hosts of flights_.
    /// Where nothing is sent for a while: they fail, or ask for rest and the directory does not say so yet.
    std::map<Host, Park> parks_;
    std::map<Host, HostLine> host_lines_;
    std::size_t in_line_{};                                   ///< Notices in host_lines_.
    std::map<records::NoticeNumber, Instant> unknown_since_;  ///< Those that wait to be known.
    std::vector<Host> to_ask_;                                ///< What they run.
    std::set<records::RequestNumber> to_replan_;
    std::optional<Instant> replan_at_;
    std::map<records::RequestNumber, RateLine> lines_;  ///< Of requests that have a rate of their own.
    std::map<std::string, SoftwareRecord> software_;    ///< As the directory added it up …
    std::optional<Instant> software_until_;             ///< … and how long that is good enough.
    bool learned_scheme_{};                             ///< What is in software_ is older.
    bool stopping_{};                                   ///< The network has been stopped.
    std::size_t waiting_{};                             ///< Due notices that the last draw left alone.
    std::vector<RecipientChange> changes_;              ///< For the directory; not written yet.
    CourierFigures figures_;
};

}  // namespace fedtrail::erasure
