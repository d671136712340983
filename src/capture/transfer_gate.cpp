#include "capture/transfer_gate.hpp"

#include <algorithm>
#include <unordered_set>
#include <utility>

#include "fedtrail/fediverse/authored.hpp"

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
            "`fedtrail requests list` shows the objections' requests, `fedtrail requests show N` one of "
            "them."};
    }
    return {ErrorKind::Denied,
            "The transfer rule \"" + rules.rules().rules()[*verdict.rule].name +
                "\" of this server keeps it from this recipient, so nothing was sent.",
            "`fedtrail rules list` shows the rules."};
}

}  // namespace

DeliveryVerdict decide_delivery(const privacy::TransferRules& rules,
                                const records::Observation& observation,
                                const KnownRecipient& recipient,
                                const PeopleIndex::Snapshot& people,
                                const LocalHosts& hosts) {
    const auto& activity = observation.activity;
    privacy::RuleFacts facts{observation.recipient,
                             recipient.country,
                             recipient.basis,
                             recipient.software,
                             recipient.told,
                             recipient.gone,
                             false,
                             false,
                             kUnread.bits(),
                             static_cast<std::uint8_t>(activity.visibility),
                             takes_back(activity)};
    DeliveryVerdict verdict;
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
        const auto& then = recipient.if_consented;
        facts.basis = then && people.consents(actor, observation.recipient, then->country, recipient.day)
                          ? then->basis.kind
                          : recipient.basis;
        take_stricter(verdict, decide(rules, facts));
    }
    return verdict;
}

TransferGate::TransferGate(TransferGatePorts ports,
                           const RulesInForce& rules,
                           TransferGateOptions options,
                           std::function<void()> wake)
    : ports_(ports),
      rules_(rules),
      options_(std::move(options)),
      hosts_(options_.origins),
      wake_(std::move(wake)),
      people_(ports.objections, ports.facts, ports.vault, ports.consents),
      recipients_(ports.recipients, ports.clock, options_.recipients) {}

void TransferGate::close() {
    for (auto& one : take_waiting()) {
        hold(one.done, "the gate for transfer rules is closing", "retry when the service runs again");
    }
}

void TransferGate::hold(IntentDone& done, const std::string& what, const std::string& remedy) {
    counters_->undecided.fetch_add(1, std::memory_order_relaxed);
    done(fail(ErrorKind::Conflict, what, remedy));
}

void TransferGate::intend(records::Observation observation, IntentDone done) {
    if (!settled(observation, done)) {
        wait(observation, done);
    }
}

bool TransferGate::settled(records::Observation& observation, IntentDone& done) {
    if (hosts_.origin_of(observation.recipient)) {  // no disclosure: the controller keeps it
        ports_.next.intend(std::move(observation), std::move(done));
        return true;
    }
    const auto people = people_.now();
    if (!people) {
        hold(done, "the list of objections cannot be read: " + people.error().what, people.error().remedy);
        return true;
    }
    static const KnownRecipient nobody;
    const auto rules = rules_.now();
    std::shared_ptr<const KnownRecipient> known;
    if (rules->rules().asks_recipient()) {
        known = recipients_.find(observation.recipient);
        if (!known) {
            return false;
        }
    }
    const auto verdict =
        decide_delivery(rules->rules(), observation, known ? *known : nobody, **people, hosts_);
    act(*rules, verdict, observation, done);
    return true;
}

void TransferGate::act(const RuleSet& rules,
                       const DeliveryVerdict& verdict,
                       records::Observation& observation,
                       IntentDone& done) {
    if (verdict.rule) {
        rules.count(*verdict.rule);
    }
    if (verdict.effect == RuleEffect::Block) {
        prevent(rules, verdict, observation, done);
        return;
    }
    if (verdict.effect == RuleEffect::Flag) {
        counters_->flagged.fetch_add(1, std::memory_order_relaxed);
    }
    ports_.next.intend(std::move(observation), std::move(done));
}

/// It is answered when it is durable: a crash cannot lose it.
void TransferGate::prevent(const RuleSet& rules,
                           const DeliveryVerdict& verdict,
                           records::Observation& observation,
                           IntentDone& done) {
    auto& counter = verdict.objection ? counters_->by_objection : counters_->by_rule;
    counter.fetch_add(1, std::memory_order_relaxed);
    observation.outcome = privacy::Outcome{privacy::OutcomeKind::Prevented, 0};
    ports_.ledger.intend(std::move(observation),
                         [done = std::move(done), why = denied(rules, verdict), counters = counters_](
                             const Result<IntentId>& written) {
                             if (written) {
                                 done(tl::unexpected<Error>{why});
                                 return;
                             }
                             counters->unwritten.fetch_add(1, std::memory_order_relaxed);
                             done(fail(ErrorKind::Conflict, written.error().what, written.error().remedy));
                         });
}

void TransferGate::wait(records::Observation& observation, IntentDone& done) {
    {
        const std::scoped_lock held{waiting_lock_};
        if (waiting_.size() < options_.max_waiting) {
            waiting_.push_back({std::move(observation), std::move(done), ports_.clock.now()});
            done = nullptr;
        }
    }
    if (done) {
        hold(done, "too many deliveries wait for what is known of their recipients", "the server retries");
    } else if (wake_) {
        wake_();
    }
}

std::deque<TransferGate::Waiting> TransferGate::take_waiting() {
    const std::scoped_lock held{waiting_lock_};
    return std::exchange(waiting_, {});
}

void TransferGate::decide_all(std::deque<Waiting>& waiting) {
    for (auto& one : waiting) {
        if (!settled(one.observation, one.done)) {  // more recipients than there is room for: the next step
            wait(one.observation, one.done);
        }
    }
}

void TransferGate::put_back(std::deque<Waiting>& waiting, const Error& why) {
    const auto now = ports_.clock.now();
    std::deque<Waiting> kept;
    for (auto& one : waiting) {
        if (now - one.since >= options_.longest_wait) {
            hold(one.done, "what is known of the recipient cannot be read: " + why.what, why.remedy);
        } else {
            kept.push_back(std::move(one));
        }
    }
    const std::scoped_lock held{waiting_lock_};
    std::move(waiting_.begin(), waiting_.end(), std::back_inserter(kept));
    waiting_ = std::move(kept);
}

Result<std::optional<Instant>> TransferGate::step() {
    auto waiting = take_waiting();
    std::vector<Host> hosts;
    std::unordered_set<std::string_view> seen;
    for (const auto& one : waiting) {
        if (seen.insert(one.observation.recipient.text()).second) {
            hosts.push_back(one.observation.recipient);
        }
    }
    if (!hosts.empty()) {
        if (const auto read = recipients_.read(hosts); !read) {
            put_back(waiting, read.error());
            return fail(read);
        }
        decide_all(waiting);
    }
    if (!rules_.now()->rules().asks_recipient()) {
        return std::optional<Instant>{};
    }
    const auto more = recipients_.refresh();
    if (!more) {
        return fail(more);
    }
    return *more ? std::optional{ports_.clock.now()} : std::optional<Instant>{};
}

TransferGate::Figures TransferGate::figures() const {
    Figures figures{counters_->by_rule,
                    counters_->by_objection,
                    counters_->flagged,
                    counters_->undecided,
                    counters_->unwritten,
                    0,
                    recipients_.size()};
    const std::scoped_lock held{waiting_lock_};
    figures.waiting = waiting_.size();
    return figures;
}

}  // namespace fedtrail::capture
