/// Refresher: asks all recipients, now and then and politely, who they are and what they promise.
///
/// Polite: one question at a time to a server with a pause between them, few servers at once, a limit on all
/// questions together, nothing twice that has not changed (conditional requests), robots.txt for pages, who
/// asks to be left alone is, and who does not answer is asked less and less.

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

#include "fedtrail/core/token_bucket.hpp"
#include "fedtrail/fediverse/dialect.hpp"
#include "fedtrail/ports/clock.hpp"
#include "fedtrail/ports/recipient_directory.hpp"

#include "recipients/marks.hpp"
#include "recipients/visit.hpp"

namespace fedtrail::recipients {

/// What they name must outlive the refresher; `http` is stopped first.
struct RefresherPorts {
    RefreshBook& book;
    RecipientDirectory& directory;
    PolicyArchive& archive;
    RemoteHttp& http;
    const HtmlReader& html;
    const Cipher& cipher;
    const Clock& clock;
};

/// What is known of server software.
struct RefresherLore {
    const fediverse::Dialects& dialects;  ///< Which software passes on what its groups get.
    const std::vector<MarkRule>& marks;
};

struct RefresherOptions {
    std::string agent{"fedtrail"};
    std::size_t max_visits{32};
    double max_rate{20};  ///< Questions a second, to all servers together; 0 is no limit.
    std::chrono::milliseconds pause{500};
    std::chrono::seconds stale_after{std::chrono::hours{24 * 7}};
    std::chrono::seconds lease{std::chrono::minutes{10}};
    std::chrono::seconds first_pause{std::chrono::hours{1}};  ///< After the first failure.
    std::chrono::milliseconds timeout{15'000};
    std::chrono::milliseconds write_after{
        1'000};                          ///< What was learned waits so long for more, to be written together.
    std::chrono::hours robots_kept{24};  ///< RFC 9309 section 2.4
    bool read_policies{true};
    std::function<bool(const Host&)> is_public_suffix = [](const Host&) { return false; };
};

struct RefresherFigures {
    std::uint64_t visits{};    ///< That ended.
    std::uint64_t answered{};  ///< Of them.
    std::uint64_t questions{};
    std::uint64_t not_modified{};
    std::uint64_t policies{};  ///< Read for the first time.
    std::uint64_t changes{};   ///< Policies that say something else now.
    std::size_t under_way{};
};

/// Not thread-safe, but for what the answers need.
class Refresher {
public:
    /// `wake` is called from another thread when an answer came.
    Refresher(RefresherPorts ports, RefresherLore lore, RefresherOptions options, std::function<void()> wake);
    Refresher(const Refresher&) = delete;
    Refresher& operator=(const Refresher&) = delete;
    Refresher(Refresher&&) = delete;
    Refresher& operator=(Refresher&&) = delete;
    ~Refresher();

    /// Takes in what came back, writes it down, and asks whoever is due. Gives the time when it wants to be
    /// called again if nothing wakes it before. Errors: those of the books; nothing is lost.
    [[nodiscard]] Result<std::optional<Instant>> step();

    /// Begins no more visits; what was learned is written, what was cut off is due again at once. The network
    /// is stopped before.
    [[nodiscard]] Result<void> end();

    [[nodiscard]] RefresherFigures figures() const;
    /// No visit is under way, and everything learned is written.
    [[nodiscard]] bool idle() const;

private:
    struct Running;
    struct Inbox;
    struct KnownRobots {
        Instant until{};
        fediverse::Robots robots;
    };

    void collect(Instant now);
    void take(Running& running, RemoteResponse response, Instant now);
    [[nodiscard]] Result<void> claim_some(Instant now);
    /// Until when it asks to be left alone; nothing if it does not, or that is damaged.
    [[nodiscard]] Result<std::optional<Instant>> rest_of(const Host& host, Instant now) const;
    [[nodiscard]] Result<void> put_off_resting(std::vector<RefreshState>& claimed, Instant now);
    void ask_some(Instant now);
    void ask(Running& running, const VisitQuestion& question, Instant now);
    void finish(const Visit& visit, Instant now);
    void note(const Visit& visit, Instant now);
    void note_aliases(const Visit& visit);
    [[nodiscard]] Instant next_visit(const Visit& visit, std::uint32_t failures, Instant now) const;
    [[nodiscard]] bool must_write(Instant now) const;
    [[nodiscard]] Result<void> keep(std::span<const ReadPolicy> policies);
    /// Corrupt: all is written but what is damaged, which is not tried again.
    [[nodiscard]] Result<void> write(Instant now);
    [[nodiscard]] Result<std::optional<Instant>> next_call(Instant now);
    [[nodiscard]] const fediverse::Robots* robots_of(const Host& host) const;

    RefresherPorts ports_;
    RefresherLore lore_;
    RefresherOptions options_;
    VisitTools tools_;
    TokenBucket rate_;
    std::shared_ptr<Inbox> inbox_;
    std::map<Host, Running> running_;
    std::map<Host, KnownRobots> robots_;
    std::vector<RefreshState> states_;  ///< Not written yet, as the two that follow.
    std::vector<RecipientChange> changes_;
    std::vector<ReadPolicy> policies_;
    std::optional<Instant> oldest_;       ///< Since when something waits to be written.
    std::optional<Instant> empty_until_;  ///< Nothing is due before.
    RefresherFigures figures_;
    bool stopping_{};
};

}  // namespace fedtrail::recipients
