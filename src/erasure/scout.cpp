#include "erasure/scout.hpp"

#include <algorithm>
#include <iterator>
#include <mutex>

#include "fedtrail/ports/visit_books.hpp"

#include "erasure/go_on.hpp"
#include "erasure/plan_targets.hpp"
#include "erasure/sound_entries.hpp"

namespace fedtrail::erasure {

namespace {

using namespace std::chrono_literals;

constexpr std::size_t kNoticesAtOnce = 1'000;
constexpr std::chrono::seconds kReviveEvery = 1min;

std::size_t longest_answer(bool well_known) {
    return std::size_t{well_known ? 16U : 256U} * 1024;
}

/// When the next question is due, as far as the directory remembers.
Instant due_by(const RecipientEntry& entry,
               const fediverse::Dialects& dialects,
               std::chrono::seconds stale_after,
               Instant now) {
    if (!entry.asked_at) {
        return now;
    }
    const bool has_inbox = !inboxes_of(entry, dialects.of(entry.host, entry.software, entry.relay)).empty();
    const bool answered = has_inbox && entry.known_at && *entry.known_at >= *entry.asked_at;
    return answered ? *entry.known_at + stale_after : *entry.asked_at + 24h;
}

std::vector<Host> hosts_of(const std::vector<records::Notice>& notices) {
    std::vector<Host> hosts(notices.size());
    std::transform(notices.begin(), notices.end(), hosts.begin(), [](const records::Notice& notice) {
        return notice.recipient;
    });
    return hosts;
}

}  // namespace

/// What came from other threads, until step() takes it in.
struct Scout::Inbox {
    explicit Inbox(std::function<void()> to_wake) : wake(std::move(to_wake)) {}

    std::mutex mutex;
    std::vector<std::pair<Host, RemoteResponse>> arrived;
    std::vector<Host> wanted;
    std::function<void()> wake;
};

Scout::Scout(ScoutPorts ports,
             const fediverse::Dialects& dialects,
             ScoutOptions options,
             std::function<void()> wake)
    : ports_(ports),
      dialects_(dialects),
      options_(std::move(options)),
      inbox_(std::make_shared<Inbox>(std::move(wake))) {}

Scout::~Scout() = default;

void Scout::want(std::span<const Host> hosts) {
    {
        const std::lock_guard lock{inbox_->mutex};
        const auto room = options_.max_agenda - std::min(options_.max_agenda, inbox_->wanted.size());
        const auto taken = hosts.first(std::min(room, hosts.size()));
        inbox_->wanted.insert(inbox_->wanted.end(), taken.begin(), taken.end());
    }
    inbox_->wake();
}

Result<std::optional<Instant>> Scout::step() {
    const auto now = ports_.clock.now();
    collect();
    go_on(now);
    Result<void> done;
    for (const auto work :
         {&Scout::take_wanted, &Scout::scan, &Scout::start_some, &Scout::write, &Scout::revive}) {
        done = worse_of(done, (this->*work)(now));
        if (!may_go_on(done)) {
            return fail(done);
        }
    }
    return done ? Result<std::optional<Instant>>{next_call(now)} : fail(done);
}

void Scout::collect() {
    std::vector<std::pair<Host, RemoteResponse>> arrived;
    {
        const std::lock_guard lock{inbox_->mutex};
        arrived.swap(inbox_->arrived);
        wanted_.insert(wanted_.end(), inbox_->wanted.begin(), inbox_->wanted.end());
        inbox_->wanted.clear();
    }
    for (auto& [host, response] : arrived) {
        if (const auto visit = visits_.find(host); visit != visits_.end()) {
            visit->second.response = std::move(response);
        }
    }
}

Result<void> Scout::take_wanted(Instant now) {
    if (wanted_.empty()) {
        return {};
    }
    auto entered = enter(wanted_, true, now);
    if (may_go_on(entered)) {
        wanted_.clear();
    }
    return entered;
}

Result<void> Scout::enter(std::span<const Host> hosts, bool wanted, Instant now) {
    const auto entries = each_entry(ports_.directory, hosts);
    if (!entries) {
        return fail(entries);
    }
    Walk walk;
    for (const auto& entry : *entries) {
        if (auto passed = walk.pass(enter_one(entry, wanted, now)); !passed) {
            return passed;
        }
    }
    return walk.damage();
}

Result<void> Scout::enter_one(const Result<RecipientEntry>& entry, bool wanted, Instant now) {
    if (!entry) {
        return fail(entry);
    }
    auto at = due_by(*entry, dialects_, options_.stale_after, now);
    if (wanted) {
        at = entry->asked_at ? std::max(now, *entry->asked_at + options_.ask_again_after) : now;
    }
    if (wanted || due_.count(entry->host) == 0) {
        plan(entry->host, at);
    }
    return {};
}

void Scout::plan(const Host& host, Instant at) {
    const auto known = due_.find(host);
    if (known != due_.end()) {
        agenda_.erase({known->second, host});
        known->second = at;
    } else if (due_.size() < options_.max_agenda) {
        due_.emplace(host, at);
    } else {
        return;
    }
    agenda_.emplace(at, host);
}

Result<void> Scout::scan(Instant now) {
    if (scan_at_ && *scan_at_ > now) {
        return {};
    }
    RequestFilter filter;
    filter.open_only = true;
    open_.clear();
    learned_ = true;  // others learn inboxes as well: from deliveries, imports and the operator
    Walk walk;
    const auto visited =
        visit_whole_requests(ports_.requests, filter, [&](const records::ErasureRequest& request) {
            open_.insert(request.number);
            return walk.pass(scan_request(request.number, now));
        });
    if (may_go_on(visited)) {
        scan_at_ = now + options_.scan_every;
    }
    return worse_of(walk.damage(), visited);
}

Result<void> Scout::scan_request(records::RequestNumber request, Instant now) {
    NoticeFilter filter;
    filter.request = request;
    filter.limit = kNoticesAtOnce;
    filter.after = read_to_[request];
    Walk walk;
    while (due_.size() < options_.max_agenda) {
        const auto page = ports_.notices.whole_notices(filter);
        if (!page) {
            return fail(page);
        }
        const auto& notices = page->rows;
        const auto hosts = hosts_of(notices);
        auto passed = walk.pass(page->whole());
        passed = passed ? walk.pass(enter(hosts, false, now)) : passed;
        if (!passed) {
            return passed;
        }
        if (!notices.empty()) {
            filter.after = notices.back().number;
            read_to_[request] = filter.after;
        }
        if (notices.size() < kNoticesAtOnce) {
            break;
        }
    }
    return walk.damage();
}

Result<void> Scout::start_some(Instant now) {
    const auto room =
        stopping_ ? 0 : options_.max_in_flight - std::min(options_.max_in_flight, visits_.size());
    std::vector<Host> hosts;
    for (auto next = agenda_.begin(); next != agenda_.end() && next->first <= now && hosts.size() < room;
         ++next) {
        hosts.push_back(next->second);
    }
    const auto entries = each_entry(ports_.directory, hosts);
    if (!entries) {
        return fail(entries);
    }
    Walk walk;
    for (std::size_t i = 0; i < hosts.size(); ++i) {
        if (auto passed = walk.pass(start_one(hosts[i], (*entries)[i], now)); !passed) {
            return passed;
        }
    }
    return walk.damage();
}

Result<void> Scout::start_one(const Host& host, const Result<RecipientEntry>& entry, Instant now) {
    if (entry && is_resting(*entry, now)) {
        plan(host, *entry->rest_until);
        return {};
    }
    const auto due = due_.find(host);
    agenda_.erase({due->second, host});
    due_.erase(due);
    if (!entry) {  // what it says could not be written
        return fail(entry);
    }
    if (visits_.try_emplace(host).second) {
        send(host, "GET", "https://" + host.text() + "/.well-known/nodeinfo", {});
    }
    return {};
}

void Scout::send(const Host& host,
                 const std::string& method,
                 const std::string& url,
                 std::string body,
                 const char* accept) {
    RemoteRequest request;
    request.method = method;
    request.url = Uri::parse(url).value_or(Uri{});
    request.headers = {{"Accept", accept}};
    if (!body.empty()) {
        request.headers.emplace_back("Content-Type", "application/json");
    }
    request.body = std::move(body);
    request.timeout = options_.timeout;
    request.max_body = longest_answer(visits_.at(host).stage == Stage::WellKnown);
    request.follow_redirects = true;
    ports_.http.send(std::move(request), [inbox = inbox_, host](RemoteResponse response) {
        {
            const std::lock_guard lock{inbox->mutex};
            inbox->arrived.emplace_back(host, std::move(response));
        }
        inbox->wake();
    });
}

void Scout::go_on(Instant now) {
    for (auto visit = visits_.begin(); visit != visits_.end();) {
        const bool over = visit->second.response && !next_stage(visit->first, visit->second, now);
        visit = over ? visits_.erase(visit) : std::next(visit);
    }
}

Result<void> Scout::write(Instant /*now*/) {
    if (changes_.empty()) {
        return {};
    }
    auto written = update_sound(ports_.directory, changes_);
    if (may_go_on(written) || changes_.size() > kNoticesAtOnce * 10) {
        changes_.clear();
    }
    return written;
}

bool Scout::has_new_inbox(const records::Notice& notice,
                          const RecipientEntry& entry,
                          Versions& helpless) const {
    if (inboxes_of(entry, dialects_.of(entry.host, entry.software, entry.relay)).empty()) {
        return false;
    }
    helpless[notice.number] = notice.version;
    const auto before = revived_.find(notice.number);
    return before == revived_.end() || before->second != notice.version;
}

Result<bool> Scout::has_come_to_light(records::RequestNumber request, Versions& helpless) const {
    NoticeFilter filter;
    filter.request = request;
    filter.state = fediverse::NoticeState::Unreachable;
    filter.limit = kNoticesAtOnce;
    bool found = false;
    for (bool more = true; more;) {
        auto notices = ports_.notices.notices(filter);
        if (!notices) {
            return fail(notices);
        }
        more = notices->size() >= filter.limit;
        filter.after = notices->empty() ? filter.after : notices->back().number;
        std::erase_if(*notices, [](const records::Notice& notice) { return !lacked_inbox(notice); });
        const auto entries = ports_.directory.entries(hosts_of(*notices));
        if (!entries) {
            return fail(entries);
        }
        for (std::size_t i = 0; i < entries->size(); ++i) {
            found = has_new_inbox((*notices)[i], (*entries)[i], helpless) || found;
        }
    }
    return found;
}

Result<void> Scout::revive(Instant now) {
    if (!learned_ || !options_.replan || now < revive_at_) {
        return {};
    }
    revive_at_ = now + kReviveEvery;
    Versions helpless;
    Walk walk;
    for (const auto request : open_) {
        const auto found = has_come_to_light(request, helpless);
        auto planned = !found   ? Result<void>{fail(found)}
                       : *found ? options_.replan(request)
                                : Result<void>{};
        if (!planned && planned.error().kind == ErrorKind::NotFound) {  // shredded meanwhile
            continue;
        }
        if (auto passed = walk.pass(std::move(planned)); !passed) {
            revived_.clear();  // of those whose plan was not made
            return passed;
        }
    }
    revived_ = std::move(helpless);
    learned_ = false;
    return walk.damage();
}

std::optional<Instant> Scout::next_call(Instant now) const {
    auto at = *scan_at_;
    if (learned_ && options_.replan) {
        at = std::min(at, std::max(revive_at_, now));
    }
    if (!stopping_ && visits_.size() < options_.max_in_flight && !agenda_.empty()) {
        at = std::min(at, std::max(agenda_.begin()->first, now));
    }
    return at;
}

}  // namespace fedtrail::erasure
