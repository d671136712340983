#include "capture/transfer_gate.hpp"

#include <algorithm>
#include <unordered_set>
#include <utility>

#include "fedtrail/fediverse/authored.hpp"

#include "capture/elapsed.hpp"

namespace fedtrail::capture {

namespace {

using fediverse::DataCategory;
using privacy::RuleEffect;

constexpr fediverse::CategorySet kUnread{DataCategory::Unread};

bool takes_back(const fediverse::ActivityDigest& activity) {
    return activity.type == "Delete" || activity.type == "Undo";
}

void take_stricter(DeliveryVerdict& verdict, const privacy::RuleDecision& decision) {
    if (decision.effect > verdict.effect || (!verdict.rule && !verdict.objection)) {
        verdict = {decision.effect, decision.rule, decision.objection};
    }
}

/// In words for the origin's log; names no host and nobody.
Error denied(const RuleSet& rules, const DeliveryVerdict& verdict) {
    if (verdict.objection || !verdict.rule) {
        return {
            ErrorKind::Denied,
            "A person whose data it carries objected to this recipient (GDPR Art. 21), so nothing was sent.",
            "`fedtrail subjects objections SUBJECT` shows a person's objections, `fedtrail subjects allow` "
            "lifts one."};
    }
    return {ErrorKind::Denied,
            "The transfer rule \"" + rules.rules().rules()[*verdict.rule].name +
                "\" of this server keeps it from this recipient, so nothing was sent.",
            "`fedtrail rules list` shows the rules."};
}

void count_up(std::atomic<std::uint64_t>& counter) {
    counter.fetch_add(1, std::memory_order_relaxed);
}

privacy::RuleFacts facts_of(const Host& host, const KnownRecipient& recipient) {
    privacy::RuleFacts facts;
    facts.recipient = host;
    facts.country = recipient.country;
    facts.basis = recipient.basis;
    facts.software = recipient.software;
    facts.judged = recipient.judged;
    facts.gone = recipient.gone;
    facts.categories = kUnread.bits();
    return facts;
}

/// On what a transfer of this person's data rests.
privacy::BasisKind basis_for(const std::string& actor,
                             const Host& host,
                             const KnownRecipient& recipient,
                             const PeopleIndex::Snapshot& people) {
    const auto& then = recipient.if_consented;
    return then && people.consents(actor, host, then->country, recipient.day) ? then->basis.kind
                                                                              : recipient.basis;
}

/// What could not be read, and what was read and names nobody: it could be anything of anybody. What takes
/// back is known to be no more than that.
bool is_unread(const fediverse::ActivityDigest& activity) {
    const auto& shares = activity.shares;
    return (shares.empty() && !takes_back(activity)) ||
           std::any_of(shares.begin(), shares.end(), [](const fediverse::DataShare& share) {
               return share.categories.has(DataCategory::Unread);
           });
}

/// Of the person who signed it, if that is one of ours; else of anybody.
privacy::RuleFacts unread_facts(const records::Observation& observation,
                                const KnownRecipient& recipient,
                                const PeopleIndex::Snapshot& people,
                                const LocalHosts& hosts) {
    auto facts = facts_of(observation.recipient, recipient);
    const auto& shares = observation.activity.shares;
    if (shares.size() != 1 || !hosts.origin_of_person(shares.front().actor.reveal())) {
        facts.objection = people.is_objected_to(observation.recipient);
        facts.minor = people.has_minors();
        return facts;
    }
    const auto& signer = shares.front().actor.reveal();
    facts.objection = people.objects(signer, observation.recipient);
    facts.minor = people.is_minor(signer);
    facts.basis = basis_for(signer, observation.recipient, recipient, people);
    return facts;
}

}  // namespace

DeliveryVerdict decide_delivery(const privacy::TransferRules& rules,
                                const records::Observation& observation,
                                const KnownRecipient& recipient,
                                const PeopleIndex::Snapshot& people,
                                const LocalHosts& hosts) {
    const auto& activity = observation.activity;
    DeliveryVerdict verdict;
    if (is_unread(activity)) {
        const auto facts = unread_facts(observation, recipient, people, hosts);
        take_stricter(verdict, privacy::decide_unread(rules, facts));
        return verdict;
    }
    auto facts = facts_of(observation.recipient, recipient);
    facts.visibility = static_cast<std::uint8_t>(activity.visibility);
    facts.takes_back = takes_back(activity);
    if (activity.shares.empty()) {
        take_stricter(verdict, decide(rules, facts));
    }
    const bool concerns = people.concerns(observation.recipient);
    for (std::size_t i = 0; i < activity.shares.size(); ++i) {
        const auto& share = activity.shares[i];
        const auto& actor = share.actor.reveal();
        facts.objection = concerns && (i == 0 || fediverse::is_authored(share.categories)) &&
                          people.objects(actor, observation.recipient);
        if (i != 0 && !facts.objection && !hosts.origin_of_uri(actor)) {
            continue;
        }
        facts.minor = concerns && people.is_minor(actor);
        facts.categories = share.categories.bits();
        facts.basis = basis_for(actor, observation.recipient, recipient, people);
        take_stricter(verdict, decide(rules, facts));
    }
    return verdict;
}

TransferGate::TransferGate(TransferGatePorts ports,
                           RulesInForce& rules,
                           TransferGateOptions options,
                           std::function<void()> wake)
    : ports_(ports),
      rules_(rules),
      options_(std::move(options)),
      hosts_(options_.origins),
      wake_(std::move(wake)),
      people_(ports.objections, ports.facts, ports.vault, ports.consents),
      recipients_(ports.recipients, ports.clock, options_.recipients) {
    static_cast<void>(look_at_hosts());  // step() tries again, and says what is amiss
}

void TransferGate::close() {
    for (auto& one : take_waiting()) {
        hold(one.done, "the gate for transfer rules is closing", "retry when the service runs again");
    }
}

void TransferGate::hold(IntentDone& done, const std::string& what, const std::string& remedy) {
    count_up(counters_->undecided);
    done(fail(ErrorKind::Conflict, what, remedy));
}

void TransferGate::intend(records::Observation observation, IntentDone done) {
    Waiting asked{std::move(observation), std::move(done)};
    if (!settled(asked)) {
        wait(asked);
    }
}

void TransferGate::gather(records::Observation observation, IntentDone done) {
    Waiting asked{std::move(observation), std::move(done)};
    asked.gathered = true;
    if (!settled(asked)) {
        wait(asked);
    }
}

void TransferGate::pass(Waiting& asked) {
    if (asked.gathered) {
        ports_.next.gather(std::move(asked.observation), std::move(asked.done));
    } else {
        ports_.next.intend(std::move(asked.observation), std::move(asked.done));
    }
}

void TransferGate::open_tunnel(const records::TunnelObservation& tunnel, TunnelReason why, TunnelDone done) {
    if (why == TunnelReason::Declared || hosts_.origin_of(tunnel.recipient)) {
        ports_.next.open_tunnel(tunnel, why, std::move(done));
        return;
    }
    Waiting asked;
    asked.observation.recipient = tunnel.recipient;
    asked.tunnel = Tunnel{tunnel, why};
    asked.done = [done = std::move(done)](const Result<IntentId>& opened) {
        done(opened ? Result<void>{} : Result<void>{fail(opened)});
    };
    if (!settled(asked)) {
        wait(asked);
    }
}

bool TransferGate::may_deny() {
    const auto people = people_.now();
    return !people || !(*people)->no_objections() || rules_.now()->rules().blocks();
}

std::shared_ptr<const KnownRecipient> TransferGate::known(const RuleSet& rules, const Host& host) const {
    static const auto nobody = std::make_shared<const KnownRecipient>();
    return rules.rules().asks_recipient() ? recipients_.find(host) : nobody;
}

bool TransferGate::settled(Waiting& asked) {
    auto& observation = asked.observation;
    if (hosts_.origin_of(observation.recipient)) {  // no disclosure: the controller keeps it
        pass(asked);
        return true;
    }
    const auto people = people_.now();
    if (!people) {
        hold(asked.done,
             "the list of objections cannot be read: " + people.error().what,
             people.error().remedy);
        return true;
    }
    const auto rules = rules_.now();
    if (!knows_hosts(*rules, **people)) {
        return false;
    }
    const auto recipient = known(*rules, observation.recipient);
    if (!recipient) {
        return false;
    }
    if (asked.tunnel) {
        act_on_tunnel(*rules, *recipient, **people, asked);
        return true;
    }
    const auto verdict = decide_delivery(rules->rules(), observation, *recipient, **people, hosts_);
    act(*rules, verdict, asked);
    return true;
}

void TransferGate::act_on_tunnel(const RuleSet& rules,
                                 const KnownRecipient& recipient,
                                 const PeopleIndex::Snapshot& people,
                                 Waiting& asked) {
    auto facts = facts_of(asked.tunnel->seen.recipient, recipient);
    facts.objection = people.is_objected_to(asked.tunnel->seen.recipient);
    facts.minor = people.has_minors();
    const auto decision = privacy::decide_unread(rules.rules(), facts);
    if (decision.effect == RuleEffect::Block) {
        count_up(counters_->tunnels);
        asked.done(tl::unexpected<Error>{
            denied(rules, DeliveryVerdict{decision.effect, decision.rule, decision.objection})});
        return;
    }
    ports_.next.open_tunnel(
        asked.tunnel->seen, asked.tunnel->why, [done = std::move(asked.done)](const Result<void>& opened) {
            done(opened ? Result<IntentId>{IntentId{0}} : Result<IntentId>{fail(opened)});
        });
}

void TransferGate::act(const RuleSet& rules, const DeliveryVerdict& verdict, Waiting& asked) {
    if (verdict.rule) {
        rules.count(*verdict.rule);
    }
    if (verdict.effect == RuleEffect::Block) {
        prevent(rules, verdict, asked.observation, asked.done);
        return;
    }
    if (verdict.effect == RuleEffect::Flag) {
        count_up(counters_->flagged);
    }
    pass(asked);
}

/// It is answered when it is durable: a crash cannot lose it.
void TransferGate::prevent(const RuleSet& rules,
                           const DeliveryVerdict& verdict,
                           records::Observation& observation,
                           IntentDone& done) {
    auto& counter = verdict.objection ? counters_->by_objection : counters_->by_rule;
    count_up(counter);
    observation.outcome = privacy::Outcome{privacy::OutcomeKind::Prevented, 0};
    ports_.ledger.intend(std::move(observation),
                         [done = std::move(done), why = denied(rules, verdict), counters = counters_](
                             const Result<IntentId>& written) {
                             if (written) {
                                 done(tl::unexpected<Error>{why});
                                 return;
                             }
                             count_up(counters->unwritten);
                             done(fail(ErrorKind::Conflict, written.error().what, written.error().remedy));
                         });
}

/// False, and nothing taken, if there is no room.
bool TransferGate::took(Waiting& asked) {
    const std::scoped_lock held{waiting_lock_};
    if (waiting_.size() >= options_.max_waiting) {
        return false;
    }
    asked.since = ports_.clock.now();
    asked.gathered = false;
    waiting_.push_back(std::move(asked));
    return true;
}

void TransferGate::wait(Waiting& asked) {
    if (!took(asked)) {
        hold(asked.done,
             "too many deliveries wait for what is known of their recipients",
             "the server retries");
    } else if (wake_) {
        wake_();
    }
}

std::deque<TransferGate::Waiting> TransferGate::take_waiting() {
    const std::scoped_lock held{waiting_lock_};
    return std::exchange(waiting_, {});
}

void TransferGate::decide_all(std::deque<Waiting>& waiting, const Result<void>& read) {
    for (auto& one : waiting) {
        if (settled(one)) {
            continue;
        }
        if (read) {  // more recipients than there is room for: the next step
            wait(one);
        } else {
            hold(one.done,
                 "what is known of the recipient is damaged: " + read.error().what,
                 read.error().remedy);
        }
    }
}

void TransferGate::put_back(std::deque<Waiting>& waiting, const Error& why) {
    const auto now = ports_.clock.now();
    std::deque<Waiting> kept;
    for (auto& one : waiting) {
        if (has_passed(one.since, options_.longest_wait, now)) {
            hold(one.done, "what is known of the recipient cannot be read: " + why.what, why.remedy);
        } else {
            kept.push_back(std::move(one));
        }
    }
    const std::scoped_lock held{waiting_lock_};
    std::move(waiting_.begin(), waiting_.end(), std::back_inserter(kept));
    waiting_ = std::move(kept);
}

bool TransferGate::knows_hosts(const RuleSet& rules, const PeopleIndex::Snapshot& people) const {
    return hosts_known_.load(std::memory_order_acquire) ||
           (rules.rules().rules().empty() && people.no_objections());
}

Result<void> TransferGate::look_at_hosts() {
    const auto now = ports_.clock.now();
    if (hosts_known_ && !has_passed(hosts_read_, options_.look_at_hosts, now)) {
        return {};
    }
    const auto joined = ports_.directory.joined();
    if (!joined) {
        return fail(joined);
    }
    rules_.join(*joined);
    people_.join(*joined);
    damaged_ = ports_.directory.damaged_entries();
    hosts_read_ = now;
    hosts_known_.store(true, std::memory_order_release);
    return {};
}

Result<void> TransferGate::read_for(const std::deque<Waiting>& waiting) {
    std::vector<Host> hosts;
    std::unordered_set<std::string_view> seen;
    for (const auto& one : waiting) {
        if (seen.insert(one.observation.recipient.text()).second) {
            hosts.push_back(one.observation.recipient);
        }
    }
    return hosts.empty() ? Result<void>{} : recipients_.read(hosts);
}

Result<std::optional<Instant>> TransferGate::step() {
    auto waiting = take_waiting();
    const auto looked = look_at_hosts();
    const auto read = hosts_known_ ? read_for(waiting) : looked;
    if (!read && (!hosts_known_ || read.error().kind != ErrorKind::Corrupt)) {
        put_back(waiting, read.error());
        return fail(read);
    }
    decide_all(waiting, read);
    if (!looked) {
        return fail(looked);
    }
    const auto more = keep_fresh();
    if (!read) {  // one that is damaged: the others were kept fresh
        return fail(read);
    }
    if (!more) {
        return fail(more);
    }
    return std::optional{*more ? ports_.clock.now() : hosts_read_ + options_.look_at_hosts};
}

Result<bool> TransferGate::keep_fresh() {
    if (!rules_.now()->rules().asks_recipient()) {
        recipients_.forget();  // nobody keeps them fresh: a rule that comes later has them read
        return false;
    }
    return recipients_.refresh();
}

TransferGate::Figures TransferGate::figures() const {
    Figures figures{counters_->by_rule,
                    counters_->by_objection,
                    counters_->tunnels,
                    counters_->flagged,
                    counters_->undecided,
                    counters_->unwritten,
                    0,
                    recipients_.size(),
                    damaged_};
    const std::scoped_lock held{waiting_lock_};
    figures.waiting = waiting_.size();
    return figures;
}

}  // namespace fedtrail::capture
