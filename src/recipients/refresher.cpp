#include "recipients/refresher.hpp"

#include <algorithm>
#include <mutex>
#include <span>
#include <utility>

namespace fedtrail::recipients {

namespace {

constexpr std::size_t kMostRobotsKept = 256;  // of up to 500 KiB each
constexpr std::size_t kWriteAtOnce = 64;
constexpr std::chrono::seconds kLookAgain{5};  ///< Others may have called for somebody.

bool is_damage(const Result<void>& done) {
    return !done && done.error().kind == ErrorKind::Corrupt;
}

/// All at once; where something is damaged each by itself, so that it does not hold up the others. Errors:
/// those of `write`; Corrupt: all are written but those that are damaged.
template <typename One, typename Write>
Result<void> write_sound(const std::vector<One>& all, const Write& write) {
    auto written = all.empty() ? Result<void>{} : write(std::span<const One>{all});
    if (!is_damage(written)) {
        return written;
    }
    for (const auto& one : all) {
        auto alone = write(std::span<const One>{&one, 1});
        if (!alone && !is_damage(alone)) {
            return alone;
        }
    }
    return written;
}

}  // namespace

/// What came from other threads, until step() takes it in.
struct Refresher::Inbox {
    explicit Inbox(std::function<void()> to_wake) : wake(std::move(to_wake)) {}

    std::mutex mutex;
    std::vector<std::pair<Host, RemoteResponse>> arrived;
    std::function<void()> wake;
};

struct Refresher::Running {
    Running(RefreshState state, const VisitTools& tools) : visit(std::move(state), tools) {}

    Visit visit;
    std::optional<VisitQuestion> question;  ///< Waits to be asked.
    std::optional<Instant> due;             ///< Not before; absent: an answer is on its way.
    Uri asked;
};

Refresher::Refresher(RefresherPorts ports,
                     RefresherLore lore,
                     RefresherOptions options,
                     std::function<void()> wake)
    : ports_(ports),
      lore_(lore),
      options_(std::move(options)),
      tools_{ports.html,
             ports.cipher,
             options_.read_policies,
             options_.agent,
             options_.is_public_suffix,
             [this](const Host& host) { return robots_of(host); }},
      rate_(options_.max_rate),
      inbox_(std::make_shared<Inbox>(std::move(wake))) {}

Refresher::~Refresher() = default;

const fediverse::Robots* Refresher::robots_of(const Host& host) const {
    const auto known = robots_.find(host);
    const bool fresh = known != robots_.end() && known->second.until > ports_.clock.now();
    return fresh ? &known->second.robots : nullptr;
}

Result<std::optional<Instant>> Refresher::step() {
    const auto now = ports_.clock.now();
    collect(now);
    if (auto claimed = claim_some(now); !claimed) {
        return fail(claimed);
    }
    ask_some(now);
    if (must_write(now)) {
        if (auto written = write(now); !written) {
            return fail(written);
        }
    }
    figures_.under_way = running_.size();
    return next_call(now);
}

void Refresher::collect(Instant now) {
    std::vector<std::pair<Host, RemoteResponse>> arrived;
    {
        const std::lock_guard lock{inbox_->mutex};
        arrived.swap(inbox_->arrived);
    }
    for (auto& [host, response] : arrived) {
        if (response.fault == RemoteFault::Stopped) {
            stopping_ = true;
            continue;
        }
        const auto found = running_.find(host);
        if (found == running_.end() || found->second.due) {
            continue;
        }
        take(found->second, std::move(response), now);
        if (!found->second.question) {
            finish(found->second.visit, now);
            running_.erase(found);
        }
    }
}

void Refresher::take(Running& running, RemoteResponse response, Instant now) {
    if (response.url.text().empty()) {
        response.url = running.asked;
    }
    running.visit.take(response, now, [&](const Host& host, fediverse::Robots robots) {
        if (robots_.size() >= kMostRobotsKept) {
            robots_.clear();
        }
        robots_[host] = {now + options_.robots_kept, std::move(robots)};
    });
    running.question = running.visit.question();
    running.due = now + options_.pause;
}

Result<void> Refresher::claim_some(Instant now) {
    if (stopping_ || running_.size() >= options_.max_visits || (empty_until_ && *empty_until_ > now)) {
        return {};
    }
    auto states = ports_.book.claim(now, now + options_.lease, options_.max_visits - running_.size());
    if (!states) {
        return fail(states);
    }
    if (auto done = put_off_resting(*states, now); !done) {
        return done;
    }
    for (auto& state : *states) {
        const auto host = state.host;
        const auto [place, fresh] = running_.try_emplace(host, std::move(state), tools_);
        if (fresh) {
            place->second.question = place->second.visit.question();
            place->second.due = now;
        }
    }
    empty_until_.reset();
    if (states->empty()) {
        const auto next = ports_.book.next_due();
        if (!next) {
            return fail(next);
        }
        empty_until_ = std::min(next->value_or(now + kLookAgain), now + kLookAgain);
    }
    return {};
}

/// Each is read by itself: what is damaged of one does not hold up the others that were claimed with it.
Result<std::optional<Instant>> Refresher::rest_of(const Host& host, Instant now) const {
    const auto entry = ports_.directory.entry(host);
    if (!entry && entry.error().kind != ErrorKind::Corrupt) {
        return fail(entry);
    }
    return entry && is_resting(*entry, now) ? entry->rest_until : std::nullopt;
}

/// Who asked somebody else here to be left alone is visited when that is over.
Result<void> Refresher::put_off_resting(std::vector<RefreshState>& claimed, Instant now) {
    std::vector<RefreshState> others;
    for (auto& state : claimed) {
        const auto until = rest_of(state.host, now);
        if (!until) {
            return fail(until);
        }
        if (!*until) {
            others.push_back(std::move(state));
            continue;
        }
        state.due = **until;
        states_.push_back(std::move(state));
        oldest_ = oldest_.value_or(now);
    }
    claimed = std::move(others);
    return {};
}

void Refresher::ask_some(Instant now) {
    for (auto& [host, running] : running_) {
        if (stopping_) {
            return;
        }
        if (!running.due || *running.due > now) {
            continue;
        }
        if (!rate_.take(now)) {
            return;
        }
        ask(running, *running.question, now);
    }
}

void Refresher::ask(Running& running, const VisitQuestion& question, Instant /*now*/) {
    RemoteRequest request;
    request.method = question.method;
    request.url = question.url;
    request.headers = {{"Accept", question.accept}};
    if (!question.body.empty()) {
        request.headers.emplace_back("Content-Type", "application/json");
    }
    if (question.conditional) {
        const auto& answers = running.visit.state().answers;
        const auto known = std::find_if(
            answers.begin(), answers.end(), [&](const auto& one) { return one.url == question.url.text(); });
        if (known != answers.end() && !known->etag.empty()) {
            request.headers.emplace_back("If-None-Match", known->etag);
        }
        if (known != answers.end() && !known->last_modified.empty()) {
            request.headers.emplace_back("If-Modified-Since", known->last_modified);
        }
    }
    request.body = question.body;
    request.timeout = options_.timeout;
    request.max_body = question.max_body;
    request.follow_redirects = question.follow;
    running.asked = question.url;
    running.due.reset();
    ++figures_.questions;
    ports_.http.send(std::move(request),
                     [inbox = inbox_, host = running.visit.host()](RemoteResponse response) {
                         {
                             const std::lock_guard lock{inbox->mutex};
                             inbox->arrived.emplace_back(host, std::move(response));
                         }
                         inbox->wake();
                     });
}

bool Refresher::must_write(Instant now) const {
    return oldest_ && (states_.size() >= kWriteAtOnce || now - *oldest_ >= options_.write_after ||
                       (running_.empty() && empty_until_));
}

Result<void> Refresher::keep(std::span<const ReadPolicy> policies) {
    auto kept = ports_.archive.keep(policies);
    if (!kept) {
        return fail(kept);
    }
    figures_.policies +=
        static_cast<std::uint64_t>(std::count(kept->begin(), kept->end(), PolicyKept::First));
    figures_.changes +=
        static_cast<std::uint64_t>(std::count(kept->begin(), kept->end(), PolicyKept::Changed));
    return {};
}

/// The visit's own row last: without it everything is asked and written once more.
Result<void> Refresher::write(Instant /*now*/) {
    auto kept = write_sound(policies_, [&](std::span<const ReadPolicy> policies) { return keep(policies); });
    if (!kept && !is_damage(kept)) {
        return kept;
    }
    policies_.clear();
    auto told = write_sound(changes_, [&](std::span<const RecipientChange> changes) {
        return ports_.directory.update_all(changes);
    });
    if (!told && !is_damage(told)) {
        return told;
    }
    changes_.clear();
    if (auto put = ports_.book.put(states_); !put) {
        return put;
    }
    states_.clear();
    oldest_.reset();
    return kept ? told : kept;
}

Result<void> Refresher::end() {
    stopping_ = true;
    const auto now = ports_.clock.now();
    collect(now);
    std::vector<Host> cut_off;
    for (const auto& [host, running] : running_) {
        cut_off.push_back(host);
    }
    running_.clear();
    figures_.under_way = 0;
    auto written = oldest_ ? write(now) : Result<void>{};
    if (!written && !is_damage(written)) {
        return written;
    }
    auto called = ports_.book.call_for(cut_off, now);
    return called ? written : called;
}

Result<std::optional<Instant>> Refresher::next_call(Instant now) {
    std::optional<Instant> at = oldest_ ? std::optional{*oldest_ + options_.write_after} : std::nullopt;
    const auto sooner = [&at](Instant other) { at = at ? std::min(*at, other) : other; };
    bool waits_for_rate = false;
    for (const auto& [host, running] : running_) {
        if (running.due && *running.due <= now) {
            waits_for_rate = true;
        } else if (running.due) {
            sooner(*running.due);
        }
    }
    if (waits_for_rate && !stopping_) {
        sooner(rate_.next());
    }
    if (!stopping_ && running_.size() < options_.max_visits) {
        sooner(empty_until_.value_or(now));
    }
    return at;
}

RefresherFigures Refresher::figures() const {
    return figures_;
}

bool Refresher::idle() const {
    return running_.empty() && !oldest_;
}

}  // namespace fedtrail::recipients
