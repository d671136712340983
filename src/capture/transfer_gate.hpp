/// Holds back what a transfer rule of the controller or a person's objection (GDPR Art. 21) forbids: one
/// gate, one function (privacy::decide, or decide_unread), before anything leaves.

#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "fedtrail/ports/clock.hpp"
#include "fedtrail/ports/delivery_sink.hpp"
#include "fedtrail/ports/recipient_directory.hpp"

#include "capture/known_recipients.hpp"
#include "capture/local_hosts.hpp"
#include "capture/people_index.hpp"
#include "capture/rules_in_force.hpp"

namespace fedtrail::capture {

/// What the rules say of a delivery, all people in it taken together.
struct DeliveryVerdict {
    privacy::RuleEffect effect{privacy::RuleEffect::Allow};  ///< The strictest of anybody's part.
    std::optional<std::size_t> rule{};                       ///< That decided so.
    bool objection{};                                        ///< A person's objection did.

    friend bool operator==(const DeliveryVerdict&, const DeliveryVerdict&) = default;
};

/// Asks about every part that belongs to the sender or somebody local: it is blocked if one of them is. Pure.
[[nodiscard]] DeliveryVerdict decide_delivery(const privacy::TransferRules& rules,
                                              const records::Observation& observation,
                                              const KnownRecipient& recipient,
                                              const PeopleIndex::Snapshot& people,
                                              const LocalHosts& hosts);

struct TransferGatePorts {
    DeliverySink& next;    ///< What may leave goes there.
    DeliverySink& ledger;  ///< Writes down what was prevented.
    const ObjectionBook& objections;
    const SubjectFacts& facts;
    const SubjectVault& vault;
    const RecipientRegister& recipients;
    const RecipientDirectory& directory;  ///< Knows which hosts are one recipient's.
    const Clock& clock;
    const ConsentBook* consents{};  ///< Null: nobody consented to a transfer.
};

struct TransferGateOptions {
    std::vector<OriginHosts> origins{};
    std::size_t max_waiting{10'000};         ///< Deliveries that wait for what is known of a recipient.
    std::chrono::seconds longest_wait{5};    ///< Then they are held: shorter than the proxy's own patience.
    std::chrono::seconds look_at_hosts{60};  ///< So often it is asked which hosts are one recipient's.
    KnownRecipientsOptions recipients{};
};

/// All methods may be called from any thread at once.
class TransferGate final : public DeliverySink {
public:
    /// Everything must outlive it. `wake` is called when step() has something to do. Who else asks `rules`
    /// is told by the gate which hosts are one recipient's.
    TransferGate(TransferGatePorts ports,
                 RulesInForce& rules,
                 TransferGateOptions options,
                 std::function<void()> wake);
    TransferGate(const TransferGate&) = delete;
    TransferGate& operator=(const TransferGate&) = delete;
    TransferGate(TransferGate&&) = delete;
    TransferGate& operator=(TransferGate&&) = delete;
    ~TransferGate() override { close(); }

    /// Refuses what still waits.
    void close();

    /// Denied, when the prevention is durable in the ledger: the error says which rule, or that a person
    /// objected, and names nobody. Conflict, if it cannot be decided or a prevention cannot be written now:
    /// it must not leave, and may be tried again.
    void intend(records::Observation observation, IntentDone done) override;
    void gather(records::Observation observation, IntentDone done) override;
    void write_gathered() override { ports_.next.write_gathered(); }
    void settle(IntentId intent, privacy::Outcome outcome) override { ports_.next.settle(intent, outcome); }
    [[nodiscard]] Result<Observed> observe(std::span<const records::Observation> observations) override {
        return ports_.next.observe(observations);
    }
    /// A tunnel that nobody declared could carry anything to its recipient: it is Denied wherever something
    /// could be. Errors: as intend(); nothing of it is written down, for nobody is known to be concerned.
    void open_tunnel(const records::TunnelObservation& tunnel, TunnelReason why, TunnelDone done) override;
    void tunnel(const records::TunnelObservation& tunnel) override { ports_.next.tunnel(tunnel); }
    void gap(const records::GapObservation& gap) override { ports_.next.gap(gap); }
    /// True where a rule blocks, somebody objects, or that cannot be read.
    [[nodiscard]] bool may_deny() override;

    /// Reads what is known of recipients and which hosts are one recipient's, and decides on what waited for
    /// it. When it wants to be called again. From one thread. Errors: those of the register and the
    /// directory; to be called again.
    [[nodiscard]] Result<std::optional<Instant>> step();

    struct Figures {
        std::uint64_t by_rule{};       ///< Prevented by a rule,
        std::uint64_t by_objection{};  ///< and by an objection.
        std::uint64_t tunnels{};       ///< Tunnels denied by either.
        std::uint64_t flagged{};       ///< Left, and marked by a rule.
        std::uint64_t undecided{};     ///< Held: what they are decided by could not be read.
        std::uint64_t unwritten{};     ///< Held: to be prevented, but that could not be written down.
        std::uint64_t waiting{};       ///< Now, for what is known of a recipient.
        std::uint64_t recipients{};    ///< At hand.
        std::uint64_t damaged{};       ///< Entries of the directory: what is joined to these is not known.
    };
    [[nodiscard]] Figures figures() const;

private:
    struct Tunnel {
        records::TunnelObservation seen;
        TunnelReason why{TunnelReason::Unreadable};
    };
    struct Waiting {
        records::Observation observation;  ///< Of a tunnel: its recipient alone.
        IntentDone done;
        std::optional<Tunnel> tunnel{};
        bool gathered{};  ///< Who asks calls write_gathered(), if it is decided at once.
        Instant since{};
    };
    using People = std::shared_ptr<const PeopleIndex::Snapshot>;

    /// Decides, unless that takes to know more of the recipient: then false, and nothing was taken.
    [[nodiscard]] bool settled(Waiting& asked);
    /// Whether deliveries can be decided on: nobody objects and no rule stands, or the hosts were read.
    [[nodiscard]] bool knows_hosts(const RuleSet& rules, const PeopleIndex::Snapshot& people) const;
    /// Asks the directory, unless it was asked lately. Errors: its own; what was known stays.
    [[nodiscard]] Result<void> look_at_hosts();
    /// Reads the recipients of `waiting`. Errors: those of the register.
    [[nodiscard]] Result<void> read_for(const std::deque<Waiting>& waiting);
    /// Reads again what is known of recipients, or forgets it where no rule asks; whether there is more to
    /// read. Errors: those of the register.
    [[nodiscard]] Result<bool> keep_fresh();
    /// What the rules ask of a recipient; null if it is not at hand.
    [[nodiscard]] std::shared_ptr<const KnownRecipient> known(const RuleSet& rules, const Host& host) const;
    void act_on_tunnel(const RuleSet& rules,
                       const KnownRecipient& recipient,
                       const PeopleIndex::Snapshot& people,
                       Waiting& asked);
    void pass(Waiting& asked);
    void act(const RuleSet& rules, const DeliveryVerdict& verdict, Waiting& asked);
    void prevent(const RuleSet& rules,
                 const DeliveryVerdict& verdict,
                 records::Observation& observation,
                 IntentDone& done);
    void hold(IntentDone& done, const std::string& what, const std::string& remedy);
    [[nodiscard]] bool took(Waiting& asked);
    void wait(Waiting& asked);
    [[nodiscard]] std::deque<Waiting> take_waiting();
    /// `read`: Corrupt where what is known of some of their recipients is damaged.
    void decide_all(std::deque<Waiting>& waiting, const Result<void>& read);
    void put_back(std::deque<Waiting>& waiting, const Error& why);

    TransferGatePorts ports_;
    RulesInForce& rules_;
    TransferGateOptions options_;
    const LocalHosts hosts_;
    std::function<void()> wake_;
    PeopleIndex people_;
    KnownRecipients recipients_;
    std::atomic<std::uint64_t> damaged_{};  ///< Entries of the directory.
    std::atomic<bool> hosts_known_{};
    Instant hosts_read_{};  ///< Of the thread that steps.

    mutable std::mutex waiting_lock_;
    std::deque<Waiting> waiting_;

    struct Counters {
        std::atomic<std::uint64_t> by_rule{}, by_objection{}, tunnels{}, flagged{}, undecided{}, unwritten{};
    };
    std::shared_ptr<Counters> counters_{std::make_shared<Counters>()};  ///< A late answer may outlive us.
};

}  // namespace fedtrail::capture
