#include "erasure/scout.hpp"

#include <algorithm>
#include <array>
#include <iterator>
#include <mutex>

#include "fedtrail/fediverse/politeness.hpp"

namespace fedtrail::erasure {

namespace {

using namespace std::chrono_literals;

constexpr std::size_t kNoticesAtOnce = 1'000;
constexpr std::array<std::chrono::minutes, 4> kPausesAfterFailure{1h, 6h, 24h, 24h * 7};

std::size_t longest_answer(bool well_known) {
    return std::size_t{well_known ? 16U : 256U} * 1024;
}

/// When the next question is due, as far as the directory remembers.
Instant due_by(const RecipientEntry& entry, std::chrono::seconds stale_after, Instant now) {
    if (!entry.asked_at) {
        return now;
    }
    const bool answered = entry.known_at && *entry.known_at >= *entry.asked_at;
    return answered ? *entry.known_at + stale_after : *entry.asked_at + 24h;
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
      options_(options),
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
    if (auto done = take_wanted(now); !done) {
        return fail(done);
    }
    if (auto done = scan(now); !done) {
        return fail(done);
    }
    if (auto done = start_some(now); !done) {
        return fail(done);
    }
    if (auto done = write(); !done) {
        return fail(done);
    }
    return next_call(now);
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
    if (entered) {
        wanted_.clear();
    }
    return entered;
}

Result<void> Scout::enter(std::span<const Host> hosts, bool wanted, Instant now) {
    const auto entries = ports_.directory.entries(hosts);
    if (!entries) {
        return fail(entries);
    }
    for (const auto& entry : *entries) {
        auto at = due_by(entry, options_.stale_after, now);
        if (wanted) {
            at = entry.asked_at ? std::max(now, *entry.asked_at + options_.ask_again_after) : now;
        }
        if (wanted || due_.count(entry.host) == 0) {
            plan(entry.host, at);
        }
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
    for (bool more = true; more;) {
        const auto requests = ports_.requests.requests(filter);
        if (!requests) {
            return fail(requests);
        }
        if (auto done = scan_requests(*requests, now); !done) {
            return done;
        }
        more = requests->size() >= filter.limit;
        filter.after = requests->empty() ? filter.after : requests->back().number;
    }
    scan_at_ = now + options_.scan_every;
    return {};
}

Result<void> Scout::scan_requests(std::span<const records::ErasureRequest> requests, Instant now) {
    for (const auto& request : requests) {
        if (auto done = scan_request(request.number, now); !done) {
            return done;
        }
    }
    return {};
}

Result<void> Scout::scan_request(records::RequestNumber request, Instant now) {
    NoticeFilter filter;
    filter.request = request;
    filter.limit = kNoticesAtOnce;
    filter.after = read_to_[request];
    while (due_.size() < options_.max_agenda) {
        const auto notices = ports_.notices.notices(filter);
        if (!notices) {
            return fail(notices);
        }
        std::vector<Host> hosts;
        for (const auto& notice : *notices) {
            hosts.push_back(notice.recipient);
        }
        if (auto entered = enter(hosts, false, now); !entered) {
            return entered;
        }
        if (!notices->empty()) {
            filter.after = notices->back().number;
            read_to_[request] = filter.after;
        }
        if (notices->size() < kNoticesAtOnce) {
            break;
        }
    }
    return {};
}

Result<void> Scout::start_some(Instant now) {
    const auto room =
        stopping_ ? 0 : options_.max_in_flight - std::min(options_.max_in_flight, visits_.size());
    std::vector<Host> hosts;
    for (auto next = agenda_.begin(); next != agenda_.end() && next->first <= now && hosts.size() < room;
         ++next) {
        hosts.push_back(next->second);
    }
    const auto entries = ports_.directory.entries(hosts);
    if (!entries) {
        return fail(entries);
    }
    for (const auto& entry : *entries) {
        if (is_resting(entry, now)) {
            plan(entry.host, *entry.rest_until);
            continue;
        }
        const auto due = due_.find(entry.host);
        agenda_.erase({due->second, entry.host});
        due_.erase(due);
        if (visits_.try_emplace(entry.host).second) {
            send(entry.host, "GET", "https://" + entry.host.text() + "/.well-known/nodeinfo", {});
        }
    }
    return {};
}

void Scout::send(const Host& host, const std::string& method, const std::string& url, std::string body) {
    RemoteRequest request;
    request.method = method;
    request.url = Uri::parse(url).value_or(Uri{});
    request.headers = {{"Accept", "application/json"}};
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

bool Scout::next_stage(const Host& host, Visit& visit, Instant now) {
    const auto response = std::move(*std::exchange(visit.response, std::nullopt));
    const bool fine = response.fault == RemoteFault::None && response.status == 200;
    if (response.fault == RemoteFault::Stopped) {
        stopping_ = true;
        return false;
    }
    if (visit.stage == Stage::WellKnown) {
        const auto link = fine ? fediverse::node_info_link(response.body, host)
                               : Result<Uri>{fail(ErrorKind::Unavailable, "no answer")};
        if (!link) {
            end_badly(host, response, now);
            return false;
        }
        visit.stage = Stage::NodeInfo;
        send(host, "GET", link->text(), {});
        return true;
    }
    if (visit.stage == Stage::NodeInfo) {
        auto facts = fine ? fediverse::read_node_info(response.body)
                          : Result<fediverse::NodeFacts>{fail(ErrorKind::Unavailable, "no answer")};
        if (!facts) {
            end_badly(host, response, now);
            return false;
        }
        visit.facts = std::move(*facts);
        const auto question = fediverse::instance_question(visit.facts.software);
        const bool complete = !visit.facts.contact.reveal().empty() && !visit.facts.language.empty();
        if (question && !complete) {
            visit.stage = Stage::Instance;
            send(host, question->method, "https://" + host.text() + question->path, question->body);
            return true;
        }
    } else if (fine) {
        const bool had_contact = !visit.facts.contact.reveal().empty();
        fediverse::add_instance_facts(visit.facts, response.body);
        visit.from_api = !had_contact;
    }
    end_well(host, visit, now);
    return false;
}

void Scout::end_well(const Host& host, const Visit& visit, Instant now) {
    failures_.erase(host);
    plan(host, now + options_.stale_after);
    const bool relay = fediverse::is_relay(visit.facts.software);
    const bool community = !relay && dialects_.of(visit.facts.software).passes_on;
    changes_.push_back(
        {host,
         [facts = visit.facts, from_api = visit.from_api, relay, community, now](RecipientEntry& entry) {
             const bool is_new = entry.software != facts.software;  // what else is known of it may not hold
             entry.software = facts.software;
             entry.version = facts.version;
             entry.asked_at = now;
             entry.known_at = now;
             note_answer(entry);
             entry.relay = relay || (entry.relay && !is_new);
             entry.community = community;
             if (!facts.contact.reveal().empty()) {
                 entry.contact = facts.contact;
                 entry.contact_source = from_api ? "instance_api" : "nodeinfo";
             }
             if (!facts.language.empty()) {
                 entry.language = facts.language;
             }
         }});
}

void Scout::end_badly(const Host& host, const RemoteResponse& response, Instant now) {
    const auto times = failures_[host]++;
    plan(host, now + kPausesAfterFailure.at(std::min<std::size_t>(times, kPausesAfterFailure.size() - 1)));
    // Where a redirect led cannot send us away from here.
    const bool own = response.url.text().empty() || response.url.host() == host;
    const auto rest = response.status >= 400 && own
                          ? fediverse::rest_until(response.status, response.headers, now)
                          : std::nullopt;
    const auto how = response.status == 0 ? std::string{name_of(response.fault)} : std::string{};
    changes_.push_back({host, [how, rest, now](RecipientEntry& entry) {
                            entry.asked_at = now;
                            if (!how.empty()) {
                                note_failure(entry, how, now);
                            }
                            if (rest) {
                                note_rest(entry, *rest);
                            }
                        }});
}

Result<void> Scout::write() {
    if (changes_.empty()) {
        return {};
    }
    auto written = ports_.directory.update_all(changes_);
    if (written || changes_.size() > kNoticesAtOnce * 10) {
        changes_.clear();
    }
    return written;
}

std::optional<Instant> Scout::next_call(Instant now) const {
    auto at = *scan_at_;
    if (!stopping_ && visits_.size() < options_.max_in_flight && !agenda_.empty()) {
        at = std::min(at, std::max(agenda_.begin()->first, now));
    }
    return at;
}

}  // namespace fedtrail::erasure
