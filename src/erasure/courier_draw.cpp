// Which of the due notices may be sent now.

#include <algorithm>
#include <string_view>
#include <utility>

#include "fedtrail/privacy/erasure_request.hpp"

#include "erasure/courier_round.hpp"
#include "erasure/plan_targets.hpp"
#include "erasure/reason.hpp"
#include "erasure/sound_entries.hpp"

namespace fedtrail::erasure {

namespace {

constexpr std::size_t kMostParks = 100'000;

/// So many recipients of a software, and more than half of those that were told, must have refused the one
/// scheme and taken the other before it goes first to all of them: a few could be somebody's trap, and who
/// answers 2xx to a signature that it does not know drops what it signs.
constexpr std::uint64_t kEnoughHosts = 3;
constexpr std::chrono::hours kSoftwareKept{1};
constexpr std::chrono::hours kDamagedAgain{1};

/// A notice drawn so long after it was due did not wait for a server: its request was stopped, or nothing
/// ran.
constexpr std::chrono::hours kLateAfter{24};
constexpr std::string_view kOnlyRest = "it has only asked to be left alone for a week";

}  // namespace

Result<void> Courier::read_software(Instant now) {
    if (software_until_ && now < *software_until_) {
        return {};
    }
    auto known = ports_.directory.by_software();
    if (!known) {
        return fail(known);
    }
    software_ = std::move(*known);
    software_until_ = now + kSoftwareKept;
    return {};
}

SignatureScheme Courier::first_scheme(const RecipientEntry& entry) const {
    if (entry.scheme != SignatureScheme::Unknown) {
        return entry.scheme;
    }
    const auto known = entry.software.empty() ? software_.end() : software_.find(entry.software);
    const bool modern = known != software_.end() && known->second.rfc9421 >= kEnoughHosts &&
                        known->second.rfc9421 * 2 > known->second.told_hosts &&
                        known->second.rfc9421 > known->second.cavage;
    return modern ? SignatureScheme::Rfc9421 : SignatureScheme::Cavage;
}

Result<void> Courier::draw(Round& round) {
    const auto in_use = flights_.size() - round.settled.size() + round.candidates.size();
    const auto free = options_.max_in_flight - std::min(in_use, options_.max_in_flight);
    if (stopping_ || free < std::max<std::size_t>(1, options_.max_in_flight / 8) ||
        round.candidates.size() >= options_.max_begun) {
        return {};
    }
    const auto drawn = round.candidates.size();
    if (auto called = call_next(round); !called) {
        return called;
    }
    const auto called = round.candidates.size() - drawn;
    const auto room = std::min({free - std::min(free, called),
                                options_.max_begun - round.candidates.size(),
                                std::max<std::size_t>(1, bucket_.ready(round.now))});
    NoticeFilter filter;
    filter.due_at = round.now;
    filter.limit = room + waiting_;
    auto due = whole_notices(filter);
    if (!due) {
        return fail(due);
    }
    std::vector<Host> hosts;
    hosts.reserve(due->size());
    for (const auto& notice : *due) {
        hosts.push_back(notice.recipient);
    }
    const auto entries = each_entry(ports_.directory, hosts);
    if (!entries) {
        return fail(entries);
    }
    if (!due->empty()) {
        if (auto read = read_software(round.now); !read) {
            return read;
        }
    }
    waiting_ = 0;
    const auto most = round.candidates.size() + room;
    for (std::size_t i = 0; i < due->size() && round.candidates.size() < most; ++i) {
        if (round.was_called((*due)[i].number)) {
            continue;
        }
        if (auto fine = consider_if_known(round, std::move((*due)[i]), (*entries)[i]); !fine) {
            return fine;
        }
    }
    round.more_due = due->size() == filter.limit;
    return {};
}

void Courier::tell_damage(privacy::SubjectNumber who, const Error& error) const {
    if (options_.damaged) {
        options_.damaged(who, error);
    }
}

Result<std::vector<records::Notice>> Courier::whole_notices(const NoticeFilter& filter) const {
    auto page = ports_.notices.whole_notices(filter);
    if (!page) {
        return fail(page);
    }
    for (const auto& row : page->damaged) {
        tell_damage(row.subject, row.error);
    }
    return std::move(page->rows);
}

void Courier::pass_over(Round& round, records::Notice notice) const {
    notice.next_at = round.now + kDamagedAgain;
    // Where a crash left it so it is not under way: what really is will be settled when it comes back.
    notice.in_flight = notice.in_flight && flights_.count(notice.number) != 0;
    round.change.notices.push_back(std::move(notice));
}

/// Why no message of the notice will pass there; "" while one may.
std::string Courier::hopeless(const Round& round,
                              const records::Notice& notice,
                              const RecipientEntry& entry) const {
    const auto long_ago = round.now - options_.give_up_after;
    const auto park = parks_.find(notice.recipient);
    if (park != parks_.end() && park->second.failed && entry.failing_since &&
        *entry.failing_since <= long_ago && round.requests.at(notice.request).received_at <= long_ago) {
        const auto last = entry.failing_how.empty() ? "" : "; the last: " + entry.failing_how;
        return "Everything has failed there for a week" + last + ".";
    }
    if (is_resting(entry, round.now) && notice.resting_since && *notice.resting_since <= long_ago) {
        const auto code = records::was_told(notice) ? ReasonCode::None : ReasonCode::NotSent;
        return text_of({code, std::string{kOnlyRest}});
    }
    return {};
}

/// It waits, or is given up where nothing has passed for long.
void Courier::put_off(Round& round,
                      records::Notice& notice,
                      const RecipientEntry& entry,
                      Instant until) const {
    const auto why = hopeless(round, notice, entry);
    const auto to = fediverse::next(notice.state, fediverse::NoticeEventKind::GaveUp);
    if (why.empty() || !to) {
        notice.next_at = until;
    } else {
        notice.state = *to;
        notice.next_at.reset();
        notice.resting_since.reset();
        notice.reason = why;
        // The moment from which letters count their days, also where nothing was ever tried.
        round.change.attempts.push_back({notice.number,
                                         notice.position,
                                         round.now,
                                         records::AttemptResult::Blocked,
                                         0,
                                         {},
                                         reason_of(why).words});
    }
    round.change.notices.push_back(notice);
}

/// Whoever heard that: this courier, somebody who looked, or a run before this one. Others may renew the rest
/// before the notice's turn comes, so that it has an end of its own.
bool Courier::waits_for_rest(Round& round, records::Notice& notice, const RecipientEntry& entry) {
    if (!is_resting(entry, round.now)) {
        return false;
    }
    const bool came_late = notice.next_at && *notice.next_at + kLateAfter < round.now;
    if (!notice.resting_since || came_late) {
        notice.resting_since = round.now;
    }
    put_off(round, notice, entry, *entry.rest_until);
    return true;
}

bool Courier::waits_for_host(Round& round, records::Notice& notice, const RecipientEntry& entry) {
    if (parks_.size() > kMostParks) {
        parks_.clear();
    }
    auto park = parks_.find(notice.recipient);
    if (park == parks_.end() && entry.failing_since && notice.attempts == 0) {
        park = parks_.emplace(notice.recipient, Park{round.now + options_.park, false}).first;
    }
    if (park == parks_.end() || park->second.until <= round.now) {
        return false;
    }
    put_off(round, notice, entry, park->second.until);
    return true;
}

bool Courier::waits_to_be_known(Round& round, records::Notice& notice, const RecipientEntry& entry) {
    if (notice.position > 0 || notice.last_status != 0) {
        return false;
    }
    const bool changed =
        options_.replan && dialects_.of(entry.host, entry.software, entry.relay).name != notice.dialect;
    const bool unknown = entry.software.empty() && !entry.known_at;
    const auto waiting = unknown_since_.find(notice.number);
    const auto since = waiting != unknown_since_.end() ? waiting->second : round.now;
    const bool asked = entry.asked_at && *entry.asked_at >= since - options_.know_fresh;
    if (!changed && (!unknown || asked)) {
        unknown_since_.erase(notice.number);
        return false;
    }
    if (since + options_.know_within <= round.now) {
        return false;
    }
    if (waiting == unknown_since_.end()) {
        if (unknown_since_.size() > kMostParks) {
            unknown_since_.clear();
        }
        unknown_since_.emplace(notice.number, round.now);
        if (unknown) {
            to_ask_.push_back(notice.recipient);
        }
    }
    if (changed) {
        to_replan_.insert(notice.request);
    }
    notice.next_at = round.now + options_.know_poll;
    round.change.notices.push_back(notice);
    return true;
}

Result<void> Courier::learn_more(Round& round) {
    if (const auto hosts = std::exchange(to_ask_, {}); !hosts.empty() && options_.ask) {
        options_.ask(hosts);
    }
    if (to_replan_.empty() || (replan_at_ && *replan_at_ > round.now)) {
        return {};
    }
    replan_at_ = round.now + options_.know_poll;
    round.again = true;
    Walk walk;
    for (auto waiting = std::exchange(to_replan_, {}); !waiting.empty(); waiting.erase(waiting.begin())) {
        auto planned = options_.replan(*waiting.begin());
        if (!planned && planned.error().kind == ErrorKind::NotFound) {  // shredded meanwhile
            continue;
        }
        if (auto passed = walk.pass(std::move(planned)); !passed) {
            to_replan_.merge(waiting);
            return passed;
        }
    }
    return walk.damage();
}

Result<void> Courier::consider_if_known(Round& round,
                                        records::Notice notice,
                                        const Result<RecipientEntry>& entry) {
    if (entry) {
        return consider(round, std::move(notice), *entry);
    }
    pass_over(round, std::move(notice));
    return round.walk.pass(fail(entry));
}

Result<void> Courier::consider(Round& round, records::Notice notice, const RecipientEntry& entry) {
    const auto request = request_of(round, notice.request);
    if (!request && request.error().kind == ErrorKind::Corrupt) {
        tell_damage(notice.subject, request.error());
        pass_over(round, std::move(notice));
        return {};
    }
    if (!request) {
        return fail(request);
    }
    const bool may_leave = privacy::may_send((*request)->state) && !(*request)->stopped;
    if (!may_leave || flights_.count(notice.number) != 0) {
        ++waiting_;
        return {};
    }
    if (notice.position >= notice.steps.size()) {
        notice.next_at.reset();
        // Told by the origin alone so far: the planner knows what it is to be told anew.
        if (notice.rounds > 0 && notice.steps.empty() && options_.replan) {
            notice.next_at = round.now + options_.know_poll;
            to_replan_.insert(notice.request);
        }
        round.change.notices.push_back(std::move(notice));
        return {};
    }
    if (notice.steps[notice.position].wave > 1 && !(*request)->origin_gone_at) {
        notice.next_at = round.now + options_.wave_poll;
        round.change.notices.push_back(std::move(notice));
        return {};
    }
    if (waits_in_line(round, notice) || waits_for_rest(round, notice, entry) ||
        waits_to_be_known(round, notice, entry) || waits_for_host(round, notice, entry)) {
        return {};
    }
    if (notice.inbox.empty()) {
        notice.inbox =
            choose_inbox(entry, dialects_.of(entry.host, entry.software, entry.relay), round.now).uri;
    }
    round.chosen.insert(notice.recipient);
    round.candidates.push_back({std::move(notice),
                                first_scheme(entry),
                                false,
                                entry.failing_since ? std::optional{entry.failing_how} : std::nullopt,
                                false,
                                !entry.known_at || entry.failing_since});
    return {};
}

}  // namespace fedtrail::erasure
