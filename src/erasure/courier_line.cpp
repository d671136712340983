// Several notices for one host: one goes at a time, and the next when the host is free.

#include <algorithm>

#include "fedtrail/privacy/erasure_request.hpp"

#include "erasure/courier_round.hpp"
#include "erasure/letter_sent.hpp"
#include "erasure/sound_entries.hpp"

namespace fedtrail::erasure {

namespace {

/// Beyond that a notice is put off and not called: it comes by its time.
constexpr std::size_t kMostInLine = 500'000;
/// Those in front that do not wait any more are passed over, so many at once.
constexpr int kMostPassedOver = 8;
constexpr std::chrono::milliseconds kShortestPace{std::chrono::seconds{1}};
constexpr std::chrono::milliseconds kLongestWait{std::chrono::hours{1}};

}  // namespace

bool Courier::is_busy(const Round& round, const Host& host) const {
    return round.chosen.count(host) != 0 || (busy_.count(host) != 0 && round.freed.count(host) == 0);
}

bool Courier::is_parked(const Host& host, Instant now) const {
    const auto park = parks_.find(host);
    return park != parks_.end() && park->second.until > now;
}

/// Put off so far that its turn will have come by then: out of the way of the notices for other hosts, and
/// not lost if the line is, as by a restart.
bool Courier::waits_in_line(Round& round, records::Notice& notice) {
    if (!is_busy(round, notice.recipient)) {
        return false;
    }
    const auto line = host_lines_.find(notice.recipient);
    const auto before = line == host_lines_.end() ? 0 : line->second.waiting.size();
    const auto pace = line == host_lines_.end() ? kShortestPace : line->second.pace;
    const auto place = before + static_cast<std::size_t>(++round.lines[notice.recipient]);
    notice.next_at =
        round.now + std::min(kLongestWait, pace * static_cast<std::int64_t>(std::min(place, kMostInLine)));
    round.joined.emplace_back(notice.recipient, notice.number);
    round.change.notices.push_back(notice);
    return true;
}

Result<std::optional<records::Notice>> Courier::next_in_line(Round& round, const Host& host) const {
    const auto line = host_lines_.find(host);
    int passed_over = 0;
    for (const auto number : line->second.waiting) {
        if (++passed_over > kMostPassedOver) {
            break;
        }
        auto found = notice_numbered(ports_.notices, number);
        const auto absent = [](const auto& read) {
            return !read &&
                   (read.error().kind == ErrorKind::NotFound || read.error().kind == ErrorKind::Corrupt);
        };
        if (!found && !absent(found)) {
            return fail(found);
        }
        round.called.emplace_back(host, number);
        if (!found) {  // what is damaged comes by its time, and is told then
            continue;
        }
        auto& notice = *found;
        const auto request = request_of(round, notice.request);
        if (absent(request)) {
            continue;
        }
        if (!request) {
            return fail(request);
        }
        const bool may_leave = privacy::may_send((*request)->state) && !(*request)->stopped;
        if (may_leave && notice.next_at && !notice.in_flight) {
            return std::optional{std::move(notice)};
        }
    }
    return std::optional<records::Notice>{};
}

Result<void> Courier::call_next(Round& round) {
    // Half of what may begin is left to those that are due.
    const auto most = (options_.max_begun - round.candidates.size()) / 2;
    std::vector<records::Notice> called;
    std::vector<Host> hosts;
    for (const auto& [host, since] : round.freed) {
        const bool waits =
            host_lines_.count(host) != 0 && round.chosen.count(host) == 0 && !is_parked(host, round.now);
        if (!waits || called.size() >= most) {
            continue;
        }
        auto notice = next_in_line(round, host);
        if (!notice) {
            return fail(notice);
        }
        if (*notice) {
            hosts.push_back(host);
            called.push_back(std::move(**notice));
        }
    }
    const auto entries = each_entry(ports_.directory, hosts);
    if (!entries) {
        return fail(entries);
    }
    for (std::size_t i = 0; i < called.size(); ++i) {
        const auto before = round.candidates.size();
        called[i].next_at = round.now;
        if (auto fine = consider_if_known(round, std::move(called[i]), (*entries)[i]); !fine) {
            return fine;
        }
        if (round.candidates.size() > before) {
            round.candidates.back().changed = true;  // due now, if the rate does not let it leave
        }
    }
    return {};
}

void Courier::leave_line(const Host& host, records::NoticeNumber number) {
    const auto line = host_lines_.find(host);
    if (line == host_lines_.end()) {
        return;
    }
    in_line_ -= line->second.waiting.erase(number);
    if (line->second.waiting.empty()) {
        host_lines_.erase(line);
    }
}

void Courier::keep_lines(const Round& round) {
    for (const auto& [host, since] : round.freed) {
        if (const auto line = host_lines_.find(host); line != host_lines_.end()) {
            const auto took = std::chrono::duration_cast<std::chrono::milliseconds>(round.now - since);
            line->second.pace = std::max(kShortestPace, took);
        }
    }
    for (const auto& [host, number] : round.called) {
        leave_line(host, number);
    }
    for (const auto& departure : round.departures) {
        leave_line(departure.notice.recipient, departure.notice.number);
    }
    for (const auto& [host, number] : round.joined) {
        if (in_line_ < kMostInLine) {
            in_line_ += host_lines_[host].waiting.insert(number).second ? 1 : 0;
        }
    }
}

}  // namespace fedtrail::erasure
