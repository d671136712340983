#include "erasure/deletion_spotter.hpp"

#include <algorithm>
#include <mutex>
#include <unordered_map>
#include <utility>

#include "erasure/go_on.hpp"

namespace fedtrail::erasure {

namespace {

using privacy::OutcomeKind;

/// In the ids of our own Deletes, should they pass the proxy.
constexpr std::string_view kOwnMark = "#fedtrail-";
/// Of one object's Deletes one in so long a time opens the request before its answer.
constexpr std::chrono::minutes kBeginAgain{1};

/// What an activity deletes or brings back, and who does.
struct Deed {
    const Personal<std::string>* actor{};
    const Personal<std::string>* object{};
    bool takes_back{};
    bool passed_on{};  ///< A community of ours tells it to whoever follows that.
};

std::optional<Deed> deed_of(const fediverse::ActivityDigest& activity) {
    if (activity.shares.empty()) {
        return std::nullopt;
    }
    const auto& actor = activity.shares.front().actor;
    const bool back = !activity.restored.reveal().empty();
    if (activity.type == "Delete") {
        return Deed{&actor, &activity.object, false, false};
    }
    if (activity.type == "Undo" && (back || activity.object == actor)) {
        return Deed{&actor, back ? &activity.restored : &activity.object, true, false};
    }
    if (activity.type == "Announce" && !activity.deleter.reveal().empty()) {
        return Deed{&activity.deleter, back ? &activity.restored : &activity.deleted, back, true};
    }
    return std::nullopt;
}

/// Lemmy, Mbin and PieFed give a moderator's removal a reason, though it may be "". The text of a post that
/// lies whole in its Delete is none.
bool has_reason(const fediverse::ActivityDigest& activity, const Personal<std::string>& actor) {
    if (activity.reasoned) {
        return *activity.reasoned;
    }
    return std::any_of(activity.shares.begin(), activity.shares.end(), [&](const auto& share) {
        return share.actor == actor && share.categories.has(fediverse::DataCategory::PostText);
    });
}

template <typename T>
Result<void> without_value(const Result<T>& done) {
    return done ? Result<void>{} : Result<void>{fail(done)};
}

}  // namespace

/// What a delivery says, once it is known what came of it.
struct DeletionSpotter::Spotted {
    std::optional<SpottedDelete> deletion;
    std::optional<InboxLore::Lesson> lesson;
};

struct DeletionSpotter::Shared {
    std::mutex lock;
    std::atomic<std::size_t> open_count{};
    std::unordered_map<std::uint64_t, Spotted> open;  ///< By intent.
    std::vector<SpottedDelete> begun;  ///< The first of each fan-out, whose outcome is not known yet.
    std::vector<SpottedDelete> deletes;
    std::vector<SpottedFetch> fetches;
    Personal<std::string> last_begun;  ///< Its object, and when.
    Instant last_begun_at{};
    Figures figures;
    std::size_t max_open{};
    std::size_t max_waiting{};

    /// Whether it is the first of a fan-out: its request is there when the first answer is, whatever happens
    /// then.
    bool announce(const SpottedDelete& seen) {
        const std::scoped_lock held{lock};
        const bool again =
            seen.object == last_begun && seen.at - last_begun_at < kBeginAgain && seen.at >= last_begun_at;
        if (again || seen.undone || begun.size() >= max_waiting) {
            return false;
        }
        last_begun = seen.object;
        last_begun_at = seen.at;
        begun.push_back(seen);
        return true;
    }
    void begin(IntentId intent, Spotted seen) {
        if (intent == IntentId{0}) {  // of all that concern nobody: whose outcome it is cannot be told
            return;
        }
        const std::scoped_lock held{lock};
        if (open.size() >= (seen.deletion ? max_open : max_open / 2)) {
            figures.lost += seen.deletion ? 1 : 0;  // an inbox is learned another time
            return;
        }
        open.emplace(intent.get(), std::move(seen));
        open_count = open.size();
    }
    std::optional<Spotted> end(IntentId intent) {
        if (open_count == 0) {
            return std::nullopt;
        }
        const std::scoped_lock held{lock};
        const auto found = open.find(intent.get());
        if (found == open.end()) {
            return std::nullopt;
        }
        auto seen = std::move(found->second);
        open.erase(found);
        open_count = open.size();
        return seen;
    }
    template <typename One>
    void put(std::vector<One>& waiting, One one, std::uint64_t& counter) {
        const std::scoped_lock held{lock};
        if (waiting.size() >= max_waiting) {
            ++figures.lost;
            return;
        }
        waiting.push_back(std::move(one));
        ++counter;
    }
    template <typename One>
    std::vector<One> take(std::vector<One>& waiting, std::size_t most) {
        const std::scoped_lock held{lock};
        const auto count = static_cast<std::ptrdiff_t>(std::min(most, waiting.size()));
        std::vector<One> taken{std::make_move_iterator(waiting.begin()),
                               std::make_move_iterator(waiting.begin() + count)};
        waiting.erase(waiting.begin(), waiting.begin() + count);
        return taken;
    }
    template <typename One>
    void put_back(std::vector<One>& waiting, std::vector<One> taken) {
        const std::scoped_lock held{lock};
        waiting.insert(
            waiting.begin(), std::make_move_iterator(taken.begin()), std::make_move_iterator(taken.end()));
    }
    bool idle() {
        const std::scoped_lock held{lock};
        return begun.empty() && deletes.empty() && fetches.empty();
    }
};

DeletionSpotter::DeletionSpotter(DeliverySink& next,
                                 SpotterPorts ports,
                                 const fediverse::Dialects& dialects,
                                 SpottedDeletions::FanOutOver over,
                                 SpotterOptions options,
                                 std::function<void()> wake)
    : next_(next),
      directory_(ports.directory),
      clock_(ports.clock),
      options_(std::move(options)),
      wake_(std::move(wake)),
      inboxes_(options_.inboxes),
      fetches_(VerdictPorts{ports.requests,
                            ports.notices,
                            ports.outcomes,
                            ports.directory,
                            ports.clock,
                            options_.tell_again_after,
                            &dialects},
               ports.vault,
               options_.fetches),
      deletions_(SpottedPorts{ports.requests, ports.notices, ports.directory, ports.vault, ports.clock},
                 dialects,
                 std::move(over),
                 options_.deletions),
      shared_(std::make_shared<Shared>()) {
    shared_->max_open = options_.max_open;
    shared_->max_waiting = options_.max_waiting;
}

DeletionSpotter::~DeletionSpotter() = default;

bool DeletionSpotter::is_local(std::string_view uri) const {
    const auto start = uri.find("://");
    if (start == std::string_view::npos) {
        return false;
    }
    const auto rest = uri.substr(start + 3);
    const auto host = rest.substr(0, rest.find_first_of("/?#"));
    return std::any_of(options_.local_hosts.begin(), options_.local_hosts.end(), [&](const Host& one) {
        return one.text() == host;
    });
}

std::optional<SpottedDelete> DeletionSpotter::spot(const records::Observation& observation) const {
    const auto& activity = observation.activity;
    const auto deed = deed_of(activity);
    if (!deed || observation.channel != privacy::Channel::Push) {
        return std::nullopt;
    }
    const auto& actor = *deed->actor;
    const auto& object = *deed->object;
    // A moderator's removal of what another person posted.
    const bool of_another =
        !deed->takes_back && object != actor && (!is_local(object.reveal()) || has_reason(activity, actor));
    const bool ours = activity.id.reveal().find(kOwnMark) != std::string::npos;
    const bool old = clock_.now() - observation.at > options_.oldest;
    if (of_another || ours || old || object.reveal().empty() || !is_local(actor.reveal()) ||
        !is_local(activity.shares.front().actor.reveal()) ||
        is_local("https://" + observation.recipient.text())) {
        return std::nullopt;
    }
    SpottedDelete seen{observation.at, actor, object, observation.recipient, false, 0, deed->takes_back};
    seen.passed_on = deed->passed_on;
    return seen;
}

DeliverySink::IntentDone DeletionSpotter::watched(const records::Observation& observation, IntentDone done) {
    Spotted seen{spot(observation), inboxes_.lesson(observation, clock_.now())};
    if (!seen.deletion && !seen.lesson) {
        return done;
    }
    if (seen.deletion && shared_->announce(*seen.deletion) && wake_) {
        wake_();
    }
    return [shared = shared_, one = std::move(seen), done = std::move(done)](Result<IntentId> intent) {
        if (intent) {
            shared->begin(*intent, one);
        }
        done(std::move(intent));
    };
}

void DeletionSpotter::intend(records::Observation observation, IntentDone done) {
    auto then = watched(observation, std::move(done));
    next_.intend(std::move(observation), std::move(then));
}

void DeletionSpotter::gather(records::Observation observation, IntentDone done) {
    auto then = watched(observation, std::move(done));
    next_.gather(std::move(observation), std::move(then));
}

void DeletionSpotter::settle(IntentId intent, privacy::Outcome outcome) {
    next_.settle(intent, outcome);
    auto seen = shared_->end(intent);
    if (!seen) {
        return;
    }
    const bool accepted = outcome.kind == OutcomeKind::Accepted;
    bool news = accepted && seen->lesson && inboxes_.learn(std::move(*seen->lesson), clock_.now());
    if (auto& deletion = seen->deletion) {
        deletion->accepted = accepted;
        deletion->status = outcome.status;
        shared_->put(shared_->deletes, std::move(*deletion), shared_->figures.deletions);
        news = true;
    }
    if (news && wake_) {
        wake_();
    }
}

bool DeletionSpotter::spot_happened(const records::Observation& observation) {
    if (observation.channel == privacy::Channel::SignedPull) {
        const auto& activity = observation.activity;
        std::vector<const Personal<std::string>*> uris{&activity.object, &activity.id};
        if (!activity.shares.empty()) {
            uris.push_back(&activity.shares.front().actor);
        }
        const auto watched = std::find_if(
            uris.begin(), uris.end(), [&](const auto* uri) { return fetches_.watches(uri->reveal()); });
        if (watched != uris.end()) {
            shared_->put(
                shared_->fetches,
                SpottedFetch{observation.at, **watched, observation.recipient, observation.outcome.status},
                shared_->figures.fetches);
        }
        return watched != uris.end();
    }
    const bool news = inboxes_.note(observation, clock_.now());
    auto seen = spot(observation);
    if (seen) {
        seen->accepted = observation.outcome.kind == OutcomeKind::Accepted;
        seen->status = observation.outcome.status;
        shared_->put(shared_->deletes, std::move(*seen), shared_->figures.deletions);
    }
    return news || seen;
}

Result<Observed> DeletionSpotter::observe(std::span<const records::Observation> observations) {
    auto observed = next_.observe(observations);
    if (!observed) {
        return observed;
    }
    bool news = false;
    for (const auto& observation : observations) {
        news = spot_happened(observation) || news;
    }
    if (wake_ && news) {
        wake_();
    }
    return observed;
}

/// What was not taken waits.
Result<void> DeletionSpotter::take_fetches() {
    auto fetches = shared_->take(shared_->fetches, options_.batch);
    Walk walk;
    for (auto fetch = fetches.begin(); fetch != fetches.end(); ++fetch) {
        if (auto taken = walk.pass(fetches_.take(*fetch)); !taken) {
            fetches.erase(fetches.begin(), fetch);
            shared_->put_back(shared_->fetches, std::move(fetches));
            return taken;
        }
    }
    return walk.damage();
}

Result<std::optional<Instant>> DeletionSpotter::step() {
    Walk walk;
    for (auto* const waiting : {&shared_->begun, &shared_->deletes}) {
        auto deletes = shared_->take(*waiting, options_.batch);
        if (auto taken = walk.pass(deletions_.take(deletes)); !taken) {
            shared_->put_back(*waiting, std::move(deletes));
            return fail(taken);
        }
    }
    if (auto taken = walk.pass(take_fetches()); !taken) {
        return fail(taken);
    }
    const auto more = inboxes_.write(directory_);
    if (auto written = walk.pass(without_value(more)); !written) {
        return fail(written);
    }
    const auto again = deletions_.settle();
    if (auto settled = walk.pass(without_value(again)); !settled) {
        return fail(settled);
    }
    const auto refresh = fetches_.refresh();
    if (auto refreshed = walk.pass(without_value(refresh)); !refreshed) {
        return fail(refreshed);
    }
    if (!walk.damage()) {
        return fail(walk.damage());
    }
    if (*more || !shared_->idle()) {
        return std::optional{clock_.now()};
    }
    return std::optional{*again ? std::min(**again, *refresh) : *refresh};
}

DeletionSpotter::Figures DeletionSpotter::figures() const {
    const std::scoped_lock held{shared_->lock};
    return shared_->figures;
}

}  // namespace fedtrail::erasure
