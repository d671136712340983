#include "recipients/refresher.hpp"

#include <algorithm>
#include <array>
#include <iterator>
#include <mutex>
#include <span>
#include <utility>

namespace fedtrail::recipients {

namespace {

using namespace std::chrono_literals;

constexpr std::size_t kMostRobotsKept = 256;  // of up to 500 KiB each
constexpr std::size_t kMostAddresses = 8;
constexpr std::size_t kWriteAtOnce = 64;
constexpr std::size_t kMostAliases = 16;
constexpr std::chrono::hours kAfterHalf{24};   ///< Who broke off in the middle.
constexpr std::chrono::seconds kLookAgain{5};  ///< Others may have called for somebody.
// Of the first pause: an hour, six hours, a day, a week.
constexpr std::array<int, 4> kPauses{1, 6, 24, 168};

/// splitmix64 over the host's letters and a number: what failed together does not come back together.
std::uint64_t mixed(const Host& host, std::uint64_t number) {
    std::uint64_t value = number + 0x9e3779b97f4a7c15U;
    for (const char c : host.text()) {
        value = (value ^ static_cast<unsigned char>(c)) * 0xbf58476d1ce4e5b9U;
        value ^= value >> 27U;
    }
    value = (value ^ (value >> 30U)) * 0x94d049bb133111ebU;
    return value ^ (value >> 31U);
}

/// A fifth longer or shorter.
std::chrono::milliseconds jittered(std::chrono::seconds pause, std::uint64_t seed) {
    const auto permille = static_cast<std::int64_t>(800 + seed % 401);
    return std::chrono::milliseconds{pause} * permille / 1'000;
}

void add_address(RecipientEntry& entry, const std::string& address) {
    if (address.empty()) {
        return;
    }
    auto& all = entry.addresses;
    all.erase(std::remove(all.begin(), all.end(), address), all.end());
    all.insert(all.begin(), address);
    all.resize(std::min(all.size(), kMostAddresses));
}

void drop_alias(RecipientEntry& entry, const Host& host) {
    std::erase_if(entry.aliases, [&](const records::HostAlias& one) { return one.host == host; });
    if (entry.main == host) {
        entry.main = Host{};
    }
}

void add_alias(RecipientEntry& entry, const records::HostAlias& alias) {
    auto& all = entry.aliases;
    const auto known =
        std::find_if(all.begin(), all.end(), [&](const auto& one) { return one.host == alias.host; });
    if (known != all.end()) {
        *known = alias;
    } else if (all.size() < kMostAliases) {
        all.push_back(alias);
    }
    std::sort(all.begin(), all.end(), [](const auto& a, const auto& b) { return a.host < b.host; });
}

void note_silence(RecipientEntry& entry,
                  const std::string& how,
                  const records::RecipientMarks& named,
                  Instant now) {
    entry.asked_at = now;
    if (!how.empty()) {
        note_failure(entry, how, now);
    }
    entry.relay = entry.relay || named.relay;
    entry.bridge = entry.bridge || named.bridge;
    entry.single_person = entry.single_person && !entry.relay && !entry.bridge;
}

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

Instant Refresher::next_visit(const Visit& visit, std::uint32_t failures, Instant now) const {
    const auto& findings = visit.findings();
    auto pause = options_.stale_after;
    if (failures > 0) {
        pause = options_.first_pause * kPauses.at(std::min<std::size_t>(failures, kPauses.size()) - 1);
    } else if (findings.rest) {
        pause = findings.answered ? std::min<std::chrono::seconds>(pause, kAfterHalf) : options_.first_pause;
    }
    const auto day = static_cast<std::uint64_t>(to_unix_seconds(now) / 86'400);
    const auto next = now + jittered(pause, mixed(visit.host(), failures + day));
    return findings.rest ? std::max(*findings.rest, next) : next;
}

void Refresher::finish(const Visit& visit, Instant now) {
    const auto& findings = visit.findings();
    ++figures_.visits;
    figures_.answered += findings.answered ? 1 : 0;
    figures_.not_modified += findings.not_modified;
    auto state = visit.next_state();
    const bool failed = !findings.answered && !findings.rest;
    state.failures = failed ? state.failures + 1 : findings.answered ? 0 : state.failures;
    state.due = next_visit(visit, state.failures, now);
    states_.push_back(std::move(state));
    policies_.insert(policies_.end(), findings.policies.begin(), findings.policies.end());
    for (const auto kind : findings.unchanged) {
        ReadPolicy seen;
        seen.host = visit.host();
        seen.kind = kind;
        seen.at = now;
        seen.unchanged = true;
        policies_.push_back(std::move(seen));
    }
    note(visit, now);
    note_aliases(visit);
    oldest_ = oldest_.value_or(now);
}

void Refresher::note(const Visit& visit, Instant now) {
    const auto& findings = visit.findings();
    if (findings.rest) {
        changes_.push_back(
            {visit.host(), [until = *findings.rest](RecipientEntry& entry) { note_rest(entry, until); }});
    }
    if (!findings.answered) {
        // Its name may say what it is, though it says nothing itself.
        const auto named = marks_of(lore_.marks, visit.host(), "");
        changes_.push_back({visit.host(), [how = findings.failing_how, named, now](RecipientEntry& entry) {
                                note_silence(entry, how, named, now);
                            }});
        return;
    }
    auto marks = marks_of(lore_.marks, visit.host(), findings.facts.software);
    marks.relay = marks.relay || fediverse::is_relay(findings.facts.software);
    marks.community = !marks.relay && lore_.dialects.of(findings.facts.software).passes_on;
    marks.single_person = findings.facts.users == 1 && !marks.relay && !marks.bridge;
    changes_.push_back({visit.host(),
                        [facts = findings.facts,
                         address = findings.address,
                         from_api = findings.contact_from_api,
                         marks,
                         now](RecipientEntry& entry) {
                            entry.software = facts.software;
                            entry.version = facts.version;
                            entry.asked_at = now;
                            entry.known_at = now;
                            note_answer(entry);
                            entry.relay = marks.relay;
                            entry.bridge = marks.bridge;
                            entry.community = marks.community;
                            entry.single_person = marks.single_person;
                            entry.users = facts.users;
                            entry.registrations_open = facts.registrations_open;
                            entry.operator_name = facts.operator_name;
                            entry.contact_name = facts.contact_name;
                            entry.privacy_policy = facts.privacy_policy;
                            entry.terms = facts.terms;
                            entry.imprint = facts.imprint;
                            entry.declared_country = facts.declared_country;
                            if (!facts.contact.reveal().empty()) {
                                entry.contact = facts.contact;
                                entry.contact_source = from_api ? "instance_api" : "nodeinfo";
                            }
                            if (!facts.language.empty()) {
                                entry.language = facts.language;
                            }
                            add_address(entry, address);
                        }});
}

void Refresher::note_aliases(const Visit& visit) {
    const auto& findings = visit.findings();
    if (!findings.answered) {
        return;
    }
    const auto& before = visit.state().aliases;
    changes_.push_back(
        {visit.host(), [before, aliases = findings.aliases, main = findings.main](RecipientEntry& entry) {
             for (const auto& alias : before) {
                 drop_alias(entry, alias.host);
             }
             for (const auto& alias : aliases) {
                 add_alias(entry, alias);
             }
             if (!aliases.empty()) {
                 entry.main = main;
             }
         }});
    for (const auto& alias : before) {
        changes_.push_back(
            {alias.host, [host = visit.host()](RecipientEntry& entry) { drop_alias(entry, host); }});
    }
    for (const auto& alias : findings.aliases) {
        const auto main = findings.main.empty() ? visit.host() : findings.main;
        changes_.push_back(
            {alias.host, [back = records::HostAlias{visit.host(), alias.why}, main](RecipientEntry& entry) {
                 add_alias(entry, back);
                 entry.main = entry.host == main ? Host{} : main;
             }});
    }
}

bool Refresher::must_write(Instant now) const {
    return oldest_ && (states_.size() >= kWriteAtOnce || now - *oldest_ >= options_.write_after ||
                       (running_.empty() && empty_until_));
}

Result<void> Refresher::keep(std::span<const ReadPolicy> policies) {
    const auto kept = ports_.archive.keep(policies);
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
    const auto kept =
        write_sound(policies_, [&](std::span<const ReadPolicy> policies) { return keep(policies); });
    if (!kept && !is_damage(kept)) {
        return kept;
    }
    policies_.clear();
    const auto told = write_sound(changes_, [&](std::span<const RecipientChange> changes) {
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
    const auto written = oldest_ ? write(now) : Result<void>{};
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
