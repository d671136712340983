#include "recipients/rules_trial.hpp"

#include <algorithm>
#include <iterator>
#include <map>
#include <optional>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include "fedtrail/fediverse/authored.hpp"

#include "recipients/recipient_pages.hpp"

namespace fedtrail::recipients {

namespace {

using privacy::Doing;
using privacy::RuleEffect;

constexpr std::size_t kSubjectsAtOnce = 1'000;
constexpr std::uint64_t kLookEvery = 4'096;
/// Kinds of decisions kept for one recipient; more are made anew each time.
constexpr std::size_t kMostKept = 64;

/// Counts people once: they come one after the other.
struct Counting {
    TrialTally tally;
    std::uint64_t last_subject{};

    bool add(std::uint64_t subject, std::uint64_t disclosures) {
        tally.disclosures += disclosures;
        ++tally.activities;
        const bool fresh = last_subject != subject;
        tally.subjects += fresh ? 1 : 0;
        last_subject = subject;
        return fresh;
    }
};

struct Place {
    privacy::RuleFacts facts;
    privacy::BasisKind basis{privacy::BasisKind::Undocumented};
    std::optional<records::IfConsented> if_consented;
    std::string passes_on;  ///< "relay", "bridge", "community", or "".
    TrialTally there;
    std::uint64_t tunnels{};
    Counting blocked;
    std::vector<privacy::SubjectNumber> subjects;
    std::uint64_t still_arriving{};
    std::uint64_t fetched{};
    std::uint64_t passed_on{};
    std::vector<std::pair<std::uint32_t, privacy::RuleDecision>> kept;  ///< By kind of activity.
};

struct OfRule {
    Counting counting;
    std::unordered_set<std::uint32_t> recipients;
};

class Trial {
public:
    Trial(const TrialPorts& ports, const privacy::TransferRules& rules, const TrialOptions& options)
        : ports_(ports), rules_(rules), options_(options), of_rule_(rules.rules().size()) {}

    Result<RulesTrial> run() {
        for (const auto& step : {&Trial::read_recipients, &Trial::read_people, &Trial::replay_all}) {
            if (auto done = (this->*step)(); !done) {
                return fail(done);
            }
        }
        return finished();
    }

private:
    Result<void> read_people() {
        const auto objections = ports_.objections.objections();
        const auto minors = ports_.facts.minors();
        if (!objections || !minors) {
            return !objections ? Result<void>{fail(objections)} : Result<void>{fail(minors)};
        }
        for (const auto& objection : *objections) {
            for (auto& name : joined_.names_of(objection.recipient)) {
                objected_.insert(name);
                objections_[objection.subject.get()].insert(std::move(name));
            }
        }
        for (const auto minor : *minors) {
            minors_.insert(minor.get());
        }
        const auto consents = ports_.consents != nullptr ? ports_.consents->consents()
                                                         : Result<std::vector<records::Consent>>{};
        if (!consents) {
            return fail(consents);
        }
        for (const auto& consent : *consents) {
            auto all = records::for_all_hosts(consent, joined_);
            auto& theirs = consents_[consent.subject.get()];
            std::move(all.begin(), all.end(), std::back_inserter(theirs));
        }
        return {};
    }

    Result<void> read_recipients() {
        auto read = for_each_page(ports_.ledger, [this](const auto& page) { return add_recipients(page); });
        if (read) {
            rules_ = rules_.joined(joined_);
        }
        return read;
    }

    Result<void> add_recipients(const std::vector<RecipientTotals>& page) {
        const auto first = hosts_.size();
        for (const auto& totals : page) {
            hosts_.push_back(totals.recipient);
        }
        today_ = privacy::Day{std::chrono::floor<std::chrono::days>(ports_.clock.now())};
        const auto cards = ports_.recipients.cards(std::span{hosts_}.subspan(first), today_);
        if (!cards) {
            return fail(cards);
        }
        for (std::size_t i = 0; i < page.size(); ++i) {
            const auto& card = cards->at(i);
            join(joined_, card);
            Place place;
            place.facts.recipient = page[i].recipient;
            place.facts.country = records::established_in(card.country);
            place.basis = card.basis.kind;
            place.if_consented = card.if_consented;
            place.facts.software = card.software;
            place.facts.judged = records::judged(card);
            place.facts.gone = card.gone;
            place.passes_on = records::passes_on_as(card.marks, page[i].channels);
            place.there = {page[i].disclosures, 0, page[i].subjects};
            place.tunnels = page[i].tunnels;
            all_ += page[i].disclosures;
            places_.push_back(std::move(place));
        }
        return {};
    }

    Result<void> replay_all() {
        privacy::SubjectNumber after{0};
        for (;;) {
            const auto page = ports_.vault.list(after, kSubjectsAtOnce);
            if (!page) {
                return fail(page);
            }
            if (auto done = replay_each(*page); !done || trial_.stopped || page->size() < kSubjectsAtOnce) {
                return done;
            }
            after = page->back();
        }
    }

    Result<void> replay_each(std::span<const privacy::SubjectNumber> subjects) {
        for (const auto subject : subjects) {
            if (auto done = replay(subject); !done || trial_.stopped) {
                return done;
            }
        }
        return {};
    }

    Result<void> replay(privacy::SubjectNumber subject) {
        subject_ = subject.get();
        minor_ = minors_.count(subject_) != 0;
        const auto objections = objections_.find(subject_);
        hated_ = objections == objections_.end() ? nullptr : &objections->second;
        const auto consents = consents_.find(subject_);
        agreed_ = consents == consents_.end() ? nullptr : &consents->second;
        auto done = ports_.replay.visit_disclosed(
            subject,
            hosts_,
            [this](const ReplayedActivity& activity, std::span<const ReplayedDisclosures> to) {
                take(activity, to);
                return !trial_.stopped;
            });
        report();
        return done;
    }

    void report() {
        if (options_.progress && !options_.progress(done_, all_)) {
            trial_.stopped = true;
        }
    }

    void take(const ReplayedActivity& activity, std::span<const ReplayedDisclosures> to) {
        blocked_.clear();
        open_roads_.clear();
        for (std::size_t i = 0; i < to.size();) {
            const auto recipient = to[i].recipient;
            std::uint64_t ours = 0;
            std::uint64_t others = 0;
            bool fetched = false;
            for (; i < to.size() && to[i].recipient == recipient; ++i) {
                const auto doing = privacy::doing_of(to[i].channel);
                (doing == Doing::Sent ? ours : others) += to[i].disclosures;  // rules stop what we send
                fetched = fetched || doing == Doing::Fetched;
            }
            done_ += ours + others;
            trial_.not_asked += others;
            take_one(activity, recipient, ours, others > 0, fetched);
        }
        add_roads();
        if (++activities_ % kLookEvery == 0) {
            report();
        }
    }

    void take_one(const ReplayedActivity& activity,
                  std::uint32_t recipient,
                  std::uint64_t ours,
                  bool by_others,
                  bool fetched) {
        auto& place = places_[recipient];
        const auto decision = decided(place, activity);
        const bool stops = decision.effect == RuleEffect::Block;
        if (!stops && !place.passes_on.empty()) {
            open_roads_.push_back(recipient);
        }
        if (ours == 0) {
            return;
        }
        if (decision.rule) {
            auto& of_rule = of_rule_[*decision.rule];
            of_rule.counting.add(subject_, ours);
            of_rule.recipients.insert(recipient);
        }
        if (decision.effect == RuleEffect::Allow) {
            trial_.allowed += ours;
        } else if (decision.effect == RuleEffect::Flag) {
            flagged_.add(subject_, ours);
        } else {
            all_blocked_.add(subject_, ours);
            if (decision.objection) {
                by_objection_.add(subject_, ours);
            }
            if (place.blocked.add(subject_, ours) && place.subjects.size() < options_.most_subjects) {
                place.subjects.emplace_back(subject_);
            }
            place.fetched += fetched ? 1 : 0;
            place.passed_on += by_others && !fetched ? 1 : 0;
            blocked_.emplace_back(recipient, by_others);
        }
    }

    /// What was kept from some, and lies at others that pass it on.
    void add_roads() {
        for (const auto& [recipient, by_others] : blocked_) {
            auto& place = places_[recipient];
            place.still_arriving += by_others || !open_roads_.empty() ? 1 : 0;
            for (const auto through : open_roads_) {
                count_road(recipient, through);
            }
        }
    }

    void count_road(std::uint32_t recipient, std::uint32_t through) {
        const auto key = std::uint64_t{recipient} << 32U | through;
        const auto road = roads_.find(key);
        if (road != roads_.end()) {
            ++road->second;
        } else if (roads_.size() < options_.most_roads) {
            roads_.emplace(key, 1);
        } else {
            trial_.roads_complete = false;
        }
    }

    bool consented(const Place& place) const {
        return agreed_ != nullptr && place.if_consented &&
               std::any_of(agreed_->begin(), agreed_->end(), [&](const records::Consent& consent) {
                   return records::carries(
                       consent, place.facts.recipient, place.if_consented->country, today_);
               });
    }

    privacy::RuleDecision decided(Place& place, const ReplayedActivity& activity) {
        auto& facts = place.facts;
        const bool unread = activity.categories.has(fediverse::DataCategory::Unread) && !activity.takes_back;
        facts.categories = activity.categories.bits();
        facts.visibility = static_cast<std::uint8_t>(activity.visibility);
        facts.takes_back = activity.takes_back;
        facts.minor = minor_;
        facts.objection = hated_ != nullptr &&
                          hated_->count(std::string{privacy::without_port(facts.recipient)}) != 0 &&
                          (unread || fediverse::is_by_them(activity.categories));
        const bool agreed = consented(place);
        facts.basis = agreed ? place.if_consented->basis.kind : place.basis;
        const std::uint32_t kind = std::uint32_t{facts.categories} | std::uint32_t{facts.visibility} << 16U |
                                   (facts.takes_back ? 1U << 24U : 0U) | (facts.minor ? 1U << 25U : 0U) |
                                   (facts.objection ? 1U << 26U : 0U) | (agreed ? 1U << 27U : 0U);
        const auto known = std::find_if(
            place.kept.begin(), place.kept.end(), [kind](const auto& one) { return one.first == kind; });
        if (known != place.kept.end()) {
            return known->second;
        }
        const auto decision = unread ? privacy::decide_unread(rules_, facts) : decide(rules_, facts);
        if (place.kept.size() < kMostKept) {
            place.kept.emplace_back(kind, decision);
        }
        return decision;
    }

    /// As the gate asks before it opens one: of anything of anybody.
    bool refuses_tunnels(const Place& place) const {
        auto facts = place.facts;
        facts.categories = privacy::kUnreadBit;
        facts.visibility = 0;
        facts.takes_back = false;
        facts.minor = !minors_.empty();
        facts.objection = objected_.count(std::string{privacy::without_port(facts.recipient)}) != 0;
        facts.basis = place.basis;
        return privacy::decide_unread(rules_, facts).effect == RuleEffect::Block;
    }

    void add_tunnels() {
        for (std::size_t i = 0; i < places_.size(); ++i) {
            if (places_[i].tunnels > 0 && refuses_tunnels(places_[i])) {
                trial_.tunnels.push_back({hosts_[i], places_[i].tunnels});
            }
        }
        std::sort(trial_.tunnels.begin(),
                  trial_.tunnels.end(),
                  [](const RefusedTunnels& a, const RefusedTunnels& b) {
                      return a.connections != b.connections ? a.connections > b.connections : a.host < b.host;
                  });
    }

    std::vector<std::vector<TrialRoad>> all_roads() const {
        std::vector<std::vector<TrialRoad>> roads(places_.size());
        for (const auto& [key, activities] : roads_) {
            const auto through = static_cast<std::uint32_t>(key);
            roads[key >> 32U].push_back({hosts_[through], places_[through].passes_on, activities});
        }
        for (auto& list : roads) {
            std::sort(list.begin(), list.end(), [](const TrialRoad& a, const TrialRoad& b) {
                return a.activities != b.activities ? a.activities > b.activities : a.through < b.through;
            });
        }
        return roads;
    }

    RulesTrial finished() {
        trial_.blocked = all_blocked_.tally;
        trial_.flagged = flagged_.tally;
        trial_.by_objection = by_objection_.tally;
        for (std::size_t rule = 0; rule < of_rule_.size(); ++rule) {
            if (of_rule_[rule].counting.tally.activities > 0) {
                trial_.rules.push_back(
                    {rule, of_rule_[rule].counting.tally, of_rule_[rule].recipients.size()});
            }
        }
        add_tunnels();
        auto roads = all_roads();
        for (std::size_t i = 0; i < places_.size(); ++i) {
            auto& place = places_[i];
            if (place.blocked.tally.activities > 0) {
                trial_.recipients.push_back({hosts_[i],
                                             place.blocked.tally,
                                             place.there,
                                             std::move(place.subjects),
                                             place.still_arriving,
                                             place.fetched,
                                             place.passed_on,
                                             std::move(roads[i])});
            }
        }
        std::sort(trial_.recipients.begin(),
                  trial_.recipients.end(),
                  [](const BlockedRecipient& a, const BlockedRecipient& b) {
                      return a.blocked.disclosures != b.blocked.disclosures
                                 ? a.blocked.disclosures > b.blocked.disclosures
                                 : a.host < b.host;
                  });
        return std::move(trial_);
    }

    const TrialPorts& ports_;
    privacy::TransferRules rules_;
    const TrialOptions& options_;
    RulesTrial trial_;
    privacy::JoinedHosts joined_;
    std::unordered_map<std::uint64_t, std::unordered_set<std::string>> objections_;
    std::unordered_set<std::string> objected_;  ///< By anybody.
    std::unordered_set<std::uint64_t> minors_;
    std::unordered_map<std::uint64_t, std::vector<records::Consent>> consents_;
    privacy::Day today_{};
    std::vector<Host> hosts_;
    std::vector<Place> places_;  ///< In the order of `hosts_`.
    std::vector<OfRule> of_rule_;
    Counting all_blocked_;
    Counting flagged_;
    Counting by_objection_;
    std::unordered_map<std::uint64_t, std::uint64_t> roads_;  ///< Recipient << 32 | through.
    std::uint64_t all_{};
    std::uint64_t done_{};
    std::uint64_t activities_{};

    // Of the person and the activity that are looked at.
    std::uint64_t subject_{};
    bool minor_{};
    const std::unordered_set<std::string>* hated_{};
    const std::vector<records::Consent>* agreed_{};
    std::vector<std::pair<std::uint32_t, bool>> blocked_;
    std::vector<std::uint32_t> open_roads_;
};

}  // namespace

Result<RulesTrial> try_rules(const TrialPorts& ports,
                             const privacy::TransferRules& rules,
                             const TrialOptions& options) {
    return Trial{ports, rules, options}.run();
}

}  // namespace fedtrail::recipients
