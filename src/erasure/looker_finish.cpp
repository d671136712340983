// What looks have found is written down, as verdicts.

#include <algorithm>
#include <utility>

#include "erasure/go_on.hpp"
#include "erasure/looker.hpp"
#include "erasure/plan_targets.hpp"
#include "erasure/reason.hpp"
#include "erasure/until_current.hpp"

namespace fedtrail::erasure {

namespace {

using fediverse::Presence;

constexpr std::chrono::minutes kBusy{1};  ///< Until a notice that is being sent is asked for again.

/// A server that blocks the origin answers its messages with 403, and whoever looks as if it had nothing of
/// it (Mastodon's look-up of accounts), whatever lies there. It may have taken earlier ones: the block came
/// in between.
bool blocks_the_origin(const records::Notice& notice) {
    return notice.last_status == 403;
}

bool says_away(Presence presence) {
    return presence == Presence::Gone || presence == Presence::Missing || presence == Presence::NotVisible;
}

}  // namespace

std::optional<Instant> Looker::next_look(const records::Notice& notice, const Look& look) const {
    const bool never = !look.looks.empty() && look.looks.front().probe == kNoProbe &&
                       look.findings.front().presence == Presence::Unprobeable;
    if (never || notice.looks >= options_.intervals.size()) {
        return std::nullopt;
    }
    const auto next = ports_.clock.now() + options_.intervals[notice.looks];
    return look.rest ? std::max(next, Instant{*look.rest}) : next;
}

Result<std::optional<Verdict>> Looker::verdict_of(records::NoticeNumber number, const Look& look) const {
    const auto stored = notice_to(ports_.notices, look.request, look.host);
    if (!stored) {
        return fail(stored);
    }
    if (!*stored || (*stored)->number != number) {
        return fail(ErrorKind::NotFound, "a notice that was looked at is not there any more");
    }
    if (records::is_under_way(**stored, ports_.clock.now())) {
        return std::optional<Verdict>{};
    }
    Verdict verdict{**stored, (*stored)->state, look.looks, look.served, look.unsure};
    auto& notice = verdict.notice;
    auto presence = combined(look.findings, look.whole);
    if (presence == Presence::Gone && blocks_the_origin(notice)) {
        presence = Presence::Missing;
    }
    const bool changed = notice.version != look.seen_version;
    if (changed && notice.state == fediverse::NoticeState::StillPresent && says_away(presence)) {
        // A fetch by it was seen meanwhile, maybe after these answers: it is looked at anew.
        return fail(ErrorKind::NotFound, "what a look found is older than what is known of the copy");
    }
    ++notice.looks;
    if (presence != Presence::Unknown) {
        notice.presence = presence;
    }
    if (const auto event = fediverse::event_of(presence)) {
        notice.state = fediverse::next(notice.state, *event).value_or(notice.state);
    }
    notice.next_look_at = next_look(notice, look);
    const bool barred = is_barred(notice);  // that says more, and others go by it
    if (look.would_import && !barred) {
        notice.reason = text_of({ReasonCode::WouldImport, {}});
    } else if (look.no_post_probe && !barred) {
        notice.reason = text_of({ReasonCode::NoPostProbe, {}});
    }
    return std::optional{std::move(verdict)};
}

void Looker::forget(records::NoticeNumber number) {
    const auto look = looks_.find(number);
    busy_.erase(look->second.host);
    looks_.erase(look);
}

Result<bool> Looker::is_written(records::NoticeNumber number, const Look& look) const {
    if (!look.tried || look.looks.empty()) {
        return false;
    }
    const auto history = ports_.notices.history(number);
    if (!history) {
        return fail(history);
    }
    const auto& last = look.looks.back();
    return std::any_of(history->looks.begin(), history->looks.end(), [&](const records::NoticeLook& one) {
        return one.at == last.at && one.probe == last.probe;
    });
}

Result<void> Looker::write(std::span<const Verdict> verdicts, const std::set<Host>& uncounted) {
    VerdictPorts ports{ports_.requests,
                       ports_.notices,
                       ports_.outcomes,
                       ports_.directory,
                       ports_.clock,
                       options_.tell_again_after,
                       ports_.dialects};
    auto written = verdicts.empty() ? Result<void>{} : write_verdicts(ports, verdicts);
    for (auto host = uncounted.begin(); written && host != uncounted.end(); ++host) {
        written = counts_.pass(count_honour(ports, *host));  // the looks are written: nothing waits for it
    }
    return written;
}

Result<void> Looker::finish_these(std::span<const records::NoticeNumber> numbers) {
    std::vector<Verdict> verdicts;
    std::vector<records::NoticeNumber> done;
    std::set<Host> uncounted;
    for (const auto number : numbers) {
        auto& look = looks_.at(number);
        const auto written = is_written(number, look);
        if (!written) {
            return fail(written);
        }
        if (*written) {  // all but the recipient's count
            uncounted.insert(look.host);
            done.push_back(number);
            continue;
        }
        auto verdict = verdict_of(number, look);
        if (!verdict && verdict.error().kind != ErrorKind::NotFound) {
            return fail(verdict);
        }
        if (verdict && !*verdict) {
            look.held = ports_.clock.now() + kBusy;
            continue;
        }
        done.push_back(number);
        if (verdict) {
            verdicts.push_back(std::move(**verdict));
            look.tried = true;
        }
    }
    if (auto written = write(verdicts, uncounted); !written) {
        return written;
    }
    figures_.looks += verdicts.size() + uncounted.size();
    for (const auto number : done) {
        forget(number);
    }
    return {};
}

Result<void> Looker::finish_once() {
    const auto now = ports_.clock.now();
    std::vector<records::NoticeNumber> finished;
    for (const auto& [number, look] : looks_) {
        if (look.finished && (!look.held || *look.held <= now)) {
            finished.push_back(number);
        }
    }
    auto written = finish_these(finished);
    if (written || written.error().kind != ErrorKind::Corrupt) {
        return written;
    }
    Walk walk;  // each by itself: one that is damaged waits, and the others are written
    for (const auto& number : finished) {
        auto alone = finish_these({&number, 1});
        if (!alone && may_go_on(alone)) {
            looks_.at(number).held = now + kBusy;
        }
        if (auto passed = walk.pass(std::move(alone)); !passed) {
            return passed;
        }
    }
    return walk.damage();
}

Result<void> Looker::finish() {
    return until_current([&] { return finish_once(); });
}

}  // namespace fedtrail::erasure
