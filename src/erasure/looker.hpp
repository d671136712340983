/// Looker: looks at other servers whether the copy is gone, at growing intervals, politely, and never before
/// the origin itself answers 404 or 410 (a look could make the server fetch everything anew). Where somebody
/// is removed from one server alone the origin goes on serving: there it asks only what imports nothing.

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
#include <utility>
#include <vector>

#include "fedtrail/fediverse/dialect.hpp"
#include "fedtrail/fediverse/politeness.hpp"
#include "fedtrail/fediverse/probe.hpp"
#include "fedtrail/ports/handle_book.hpp"
#include "fedtrail/ports/remote_http.hpp"
#include "fedtrail/ports/subject_vault.hpp"

#include "erasure/arrivals.hpp"
#include "erasure/go_on.hpp"
#include "erasure/handle_names.hpp"
#include "erasure/list_walk.hpp"
#include "erasure/look.hpp"
#include "erasure/request_signer.hpp"
#include "erasure/verdict.hpp"

namespace fedtrail::erasure {

/// In place of a probe's name where nothing is asked for.
inline constexpr const char* kNoProbe = "none";

struct LookerPorts {
    RequestBook& requests;
    NoticeBook& notices;
    const NoticeOutcomes& outcomes;
    RecipientDirectory& directory;
    const SubjectVault& vault;
    const HandleBook& handles;
    RemoteHttp& http;
    RequestSigner& signer;
    const Clock& clock;
    const fediverse::Dialects* dialects{};  ///< As VerdictPorts has it.
};

struct LookerOptions {
    std::string user_agent;  ///< With a contact URL; its first word is what robots.txt may name.
    std::string agent{"fedtrail"};
    /// To the first look, from the first to the second, and so on; then no more.
    std::vector<std::chrono::seconds> intervals{std::chrono::hours{1},
                                                std::chrono::hours{24},
                                                std::chrono::hours{24 * 7},
                                                std::chrono::hours{24 * 30}};
    std::size_t max_looks{50};          ///< Recipients that are looked at at the same time.
    std::size_t objects_of_account{3};  ///< Asked for besides the account.
    std::size_t objects_of_choice{
        50};                         ///< Where objects alone are erased; with more of them nothing is Gone.
    std::chrono::seconds pause{2};   ///< Between two questions to one recipient.
    std::chrono::hours patience{1};  ///< Who wants to be left alone for longer is looked at another time.
    std::chrono::hours robots_kept{24};  ///< RFC 9309 section 2.4
    /// How long the origin's 404 or 410 is believed before a probe that would import what it serves.
    std::chrono::seconds origin_kept{std::chrono::hours{1}};
    std::chrono::seconds sweep{
        std::chrono::minutes{10}};  ///< How often notices without a date for a look are looked for.
    std::chrono::seconds tell_again_after{std::chrono::minutes{10}};  ///< As VerdictPorts has it.
    std::chrono::milliseconds timeout{20'000};
    bool write_probes{};  ///< Probes that POST to an inbox.
    /// The origin's actor URIs may hold ids where others have names (Misskey and its forks): a handle that
    /// was read from one may be nobody's, and that nobody is not found says nothing.
    bool opaque_ids{true};
    /// As CourierOptions has it.
    std::function<void(privacy::SubjectNumber, const Error&)> damaged;
};

struct LookerFigures {
    std::uint64_t questions{};
    std::uint64_t looks{};
    std::size_t under_way{};
};

/// Not thread-safe, but for what the answers need.
class Looker {
public:
    /// All references must outlive it. `wake` is called from another thread when an answer came.
    Looker(LookerPorts ports,
           const fediverse::Probes& probes,
           LookerOptions options,
           std::function<void()> wake);

    /// When it wants to be called again. Errors: those of the books; what was found is kept. Corrupt: all was
    /// done but what is damaged.
    [[nodiscard]] Result<std::optional<Instant>> step();

    /// Between two steps, before the probes become others: looks under way begin anew, what was found and
    /// what is known of servers stays.
    void start_over();

    [[nodiscard]] LookerFigures figures() const;

private:
    enum class Question : std::uint8_t { Probe, Robots, Origin };
    /// One notice that is being looked at.
    struct Look {
        records::RequestNumber request;
        privacy::SubjectNumber subject;
        Host host;
        std::uint64_t seen_version{};  ///< Of the notice, when the look began.
        std::string software;
        std::string version;
        std::vector<LookPlace> places;
        std::size_t place{};
        std::size_t probe{};
        /// By the probe's name and the handle that it asks for.
        std::map<std::pair<std::string, std::string>, ListWalk> walks;
        std::vector<Finding> findings;
        std::vector<records::NoticeLook> looks;
        std::size_t asked_origin{};   ///< So often without an answer, since it came back.
        std::optional<Instant> due;   ///< Absent: an answer is on its way.
        std::optional<Instant> rest;  ///< What the recipient asked for.
        std::optional<Instant> held;  ///< Finished, and to be written down not before.
        SignatureScheme scheme{SignatureScheme::Unknown};
        Question question{Question::Probe};  ///< That was asked last.
        bool origin_serves{};  ///< "Remove me from that server": only what imports nothing is asked.
        bool account{};        ///< The account is to go, not only some of its objects.
        bool would_import{};   ///< There are probes, and all of them import.
        bool no_post_probe{};  ///< There are probes for accounts, and none for single objects.
        bool tells_anew{};     ///< A copy that is seen now has come back: its server is told anew.
        bool misheard{};       ///< A probe that imports got an answer, of this place, that it does not know.
        bool came_back{};      ///< It was seen; the origin is asked before anybody is told.
        bool served{};         ///< The origin has it again.
        bool unsure{};         ///< The origin did not say whether it has it again.
        bool whole{true};
        bool handle_confirmed{};  ///< As HandleNames says.
        bool finished{};
        bool tried{};  ///< It was to be written down: it may have been.
    };
    struct KnownRobots {
        Instant until{};
        fediverse::Robots robots;
    };
    using Requests = std::map<records::RequestNumber, records::ErasureRequest>;

    /// Past those that are damaged, which are told.
    [[nodiscard]] Result<std::vector<records::Notice>> whole_notices(const NoticeFilter& filter) const;
    [[nodiscard]] Result<void> draw();
    [[nodiscard]] Result<void> consider(const records::Notice& notice,
                                        Requests& requests,
                                        NoticeChange& later);
    [[nodiscard]] Result<const records::ErasureRequest*> request_of(records::RequestNumber number,
                                                                    Requests& known) const;
    [[nodiscard]] Result<void> begin(const records::Notice& notice,
                                     const records::ErasureRequest& request,
                                     const RecipientEntry& entry);
    [[nodiscard]] Result<bool> account_erased(const records::Notice& notice,
                                              const records::ErasureRequest& request) const;
    [[nodiscard]] Result<void> add_places(const records::Notice& notice,
                                          const records::ErasureRequest& request,
                                          Look& look);
    void add_account(const Personal<std::string>& actor, const HandleNames& names, Look& look) const;
    [[nodiscard]] Result<void> add_objects(const records::Notice& notice,
                                           const records::ErasureRequest& request,
                                           const Personal<std::string>& actor,
                                           const HandleNames& names,
                                           Look& look) const;
    /// Where nothing can be asked: why.
    void add_nothing(const records::Notice& notice, Look& look) const;
    [[nodiscard]] Result<std::vector<std::uint32_t>> objects_at(const records::Notice& notice,
                                                                const records::ErasureRequest& request) const;
    [[nodiscard]] Result<void> sweep();
    [[nodiscard]] Result<void> sweep_request(const records::ErasureRequest& request);

    /// Those that may be used for this look.
    [[nodiscard]] std::vector<const fediverse::Probe*> probes_for(const Look& look,
                                                                  fediverse::ProbeTarget target) const;
    void take_in(records::NoticeNumber number, const RemoteResponse& response);
    void take_in_probe(records::NoticeNumber number, Look& look, const RemoteResponse& response);
    /// Writes down what the probe said of the place, and goes on to what is to be asked next.
    void settle(records::NoticeNumber number,
                Look& look,
                const fediverse::Probe& probe,
                Finding found,
                std::uint16_t status);
    static void next_place(Look& look);
    [[nodiscard]] static ListWalk& walk_of(Look& look, const fediverse::Probe& probe);
    [[nodiscard]] bool rests(Look& look, const RecipientEntry& entry) const;
    /// Asks what comes next wherever it is time.
    [[nodiscard]] Result<void> ask_due();
    [[nodiscard]] Result<void> tell_directory();
    /// The next question to the same server, of whichever request, keeps within the probe's rate.
    void space_out(const Host& host, const fediverse::Probe& probe);
    void advance(records::NoticeNumber number, Look& look);
    /// Whether the probe was sent or must wait; false: it cannot be used.
    [[nodiscard]] bool try_probe(records::NoticeNumber number, Look& look, const fediverse::Probe& probe);
    [[nodiscard]] bool ask_robots(records::NoticeNumber number, Look& look);
    /// Whether the origin said a while ago that what is looked at now is gone.
    [[nodiscard]] bool is_gone_at_origin(const Look& look) const;
    [[nodiscard]] bool ask_origin(records::NoticeNumber number, Look& look);
    void take_in_origin(records::NoticeNumber number, Look& look, const RemoteResponse& response);
    /// What the origin says of a copy that came back.
    void take_in_return(records::NoticeNumber number, Look& look, const RemoteResponse& response);
    [[nodiscard]] bool send(records::NoticeNumber number,
                            Look& look,
                            const fediverse::Probe& probe,
                            fediverse::ProbeRequest request);
    [[nodiscard]] Result<void> finish();
    [[nodiscard]] Result<void> finish_once();
    /// All of them are finished. Writes all or, where it fails, keeps all to be written again.
    [[nodiscard]] Result<void> finish_these(std::span<const records::NoticeNumber> numbers);
    /// Nothing: the notice is being sent; its look waits.
    [[nodiscard]] Result<std::optional<Verdict>> verdict_of(records::NoticeNumber number,
                                                            const Look& look) const;
    /// Whether it was written down, though that was said to have failed.
    [[nodiscard]] Result<bool> is_written(records::NoticeNumber number, const Look& look) const;
    [[nodiscard]] Result<void> write(std::span<const Verdict> verdicts, const std::set<Host>& uncounted);
    void forget(records::NoticeNumber number);
    [[nodiscard]] Result<Instant> next_call() const;
    [[nodiscard]] std::optional<Instant> next_look(const records::Notice& notice, const Look& look) const;

    LookerPorts ports_;
    const fediverse::Probes& probes_;
    LookerOptions options_;
    Arrivals<records::NoticeNumber> arrivals_;
    std::map<records::NoticeNumber, Look> looks_;
    std::set<Host> busy_;                   ///< Of looks_.
    std::map<Host, Instant> spaced_;        ///< No question before, by the rate of a probe.
    std::vector<RecipientChange> changes_;  ///< For the directory; not written yet.
    std::map<Host, KnownRobots> robots_;
    std::map<std::size_t, Instant> gone_until_;  ///< By the hash of the URI that the origin said was gone.
    std::optional<Instant> sweep_at_;
    Walk counts_;  ///< Past the recipients whose count cannot be made; told at the end of the step.
    LookerFigures figures_;
};

}  // namespace fedtrail::erasure
