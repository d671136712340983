#include "erasure/verdict.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "erasure/look.hpp"
#include "erasure/origin_word.hpp"
#include "erasure/plan_targets.hpp"
#include "erasure/told_elsewhere.hpp"
#include "erasure/transition.hpp"

namespace fedtrail::erasure {

namespace {

using fediverse::NoticeState;

bool came_back(const Verdict& verdict) {
    return verdict.notice.state == NoticeState::StillPresent && verdict.before != NoticeState::StillPresent;
}

/// What a history says; one that is damaged says nothing, and what was seen is written down all the same.
Result<bool> or_nothing(Result<bool> said) {
    return said || said.error().kind != ErrorKind::Corrupt ? std::move(said) : Result<bool>{false};
}

/// Whether this request's last event is that it was woken: by us a moment ago, where something failed since.
/// That the origin is still gone may have been seen meanwhile.
Result<bool> was_just_woken(const RequestBook& requests, records::RequestNumber number) {
    const auto events = requests.events(number);
    if (!events) {
        return or_nothing(fail(events));
    }
    const auto last = std::find_if(events->rbegin(), events->rend(), [](const auto& event) {
        return event.kind != privacy::RequestEventKind::OriginGone &&
               event.kind != privacy::RequestEventKind::OriginUnsure;
    });
    return last != events->rend() && last->kind == privacy::RequestEventKind::Woken;
}

/// Whether it counts as gone at the origin by somebody's word, which no silence of the origin unsays.
Result<bool> is_said_gone(const RequestBook& requests, records::RequestNumber number) {
    const auto request = requests.request(number);
    const auto events = request ? requests.events(number) : Result<std::vector<records::RequestEvent>>{};
    if (!request || !events) {
        return or_nothing(request ? fail(events) : fail(request));
    }
    return origin_word(*request, *events) == OriginWord::SaidGone;
}

/// Whether it was closed before.
Result<bool> wake(VerdictPorts& ports, const Verdict& verdict) {
    auto said = is_said_gone(ports.requests, verdict.notice.request);
    if (!said) {
        return said;
    }
    const bool stays_gone = *said;
    records::RequestEvent event;
    event.at = ports.clock.now();
    event.kind = privacy::RequestEventKind::Woken;
    event.by = "fedtrail";
    event.reason = "a copy was seen at " + verdict.notice.recipient.text();
    const auto woken = record_event(
        ports.requests, verdict.notice.request, event, [&](records::ErasureRequest& request) -> Result<void> {
            request.closed_at.reset();
            if (!stays_gone) {  // it may be back since: that it is gone is to be seen anew
                request.origin_gone_at.reset();
            }
            return {};
        });
    if (!woken && woken.error().kind != ErrorKind::Denied) {  // Denied: it is open, or was refused
        return fail(woken);
    }
    return woken ? Result<bool>{true} : was_just_woken(ports.requests, verdict.notice.request);
}

/// What was seen of the origin before does not count any more; of one that is to stay nothing was.
Result<void> doubt_origin(VerdictPorts& ports, const Verdict& verdict) {
    const auto request = ports.requests.request(verdict.notice.request);
    if (!request || !request->origin_gone_at) {
        return request ? Result<void>{} : Result<void>{fail(request)};
    }
    const auto said = is_said_gone(ports.requests, verdict.notice.request);
    if (!said || *said) {
        return said ? Result<void>{} : Result<void>{fail(said)};
    }
    records::RequestEvent event;
    event.at = ports.clock.now();
    event.kind = privacy::RequestEventKind::OriginUnsure;
    event.by = "fedtrail";
    event.reason = "a copy was seen at " + verdict.notice.recipient.text() +
                   ", and our own server did not say whether it is gone there";
    const auto doubted = record_event(
        ports.requests, verdict.notice.request, event, [](records::ErasureRequest& one) -> Result<void> {
            one.origin_gone_at.reset();
            return {};
        });
    // Denied: it was closed this moment.
    return doubted || doubted.error().kind == ErrorKind::Denied ? Result<void>{}
                                                                : Result<void>{fail(doubted)};
}

/// Those of the second wave stand in for the same of the first. All wait until the origin is seen gone,
/// unless it stays.
std::vector<records::NoticeStep> steps_again(const std::vector<records::NoticeStep>& steps,
                                             bool origin_stays) {
    std::vector<records::NoticeStep> again;
    for (const auto& step : steps) {
        const bool follows = step.wave < 2 && std::any_of(steps.begin(), steps.end(), [&](const auto& other) {
                                 return other.wave > 1 && other.kind == step.kind &&
                                        other.object == step.object && other.form == step.form;
                             });
        if (!follows) {
            again.push_back(step);
            again.back().wave = origin_stays ? step.wave : std::uint8_t{2};
        }
    }
    return again;
}

/// Posts of which the origin itself told it are told anew with the others, before the account.
Result<void> add_told(const VerdictPorts& ports,
                      const records::ErasureRequest& request,
                      const records::Notice& notice,
                      std::vector<records::NoticeStep>& steps) {
    const auto told = left_out_places(ports.requests, ports.notices, ports.dialects, request, notice);
    if (!told) {
        return fail(told);
    }
    const bool origin_stays = !request.scope.recipients.empty();
    const auto known = deleted_objects(steps);
    std::vector<records::NoticeStep> added;
    for (const auto place : *told) {
        if (!std::binary_search(known.begin(), known.end(), place)) {
            added.push_back({fediverse::StepKind::DeleteObject,
                             fediverse::ObjectForm::Plain,
                             origin_stays ? std::uint8_t{1} : std::uint8_t{2},
                             place});
        }
    }
    const auto actor = std::find_if(steps.begin(), steps.end(), [](const auto& step) {
        return step.kind == fediverse::StepKind::DeleteActor;
    });
    steps.insert(actor, added.begin(), added.end());
    return {};
}

/// From the first message on. Where the origin itself told it there are no steps: the planner finds them.
Result<void> tell_again(const VerdictPorts& ports, records::Notice& notice) {
    if (notice.rounds >= kMostRounds || is_barred(notice) ||
        records::is_under_way(notice, ports.clock.now())) {
        return {};
    }
    const auto request = ports.requests.request(notice.request);
    if (!request) {
        return fail(request);
    }
    const bool origin_stays = !request->scope.recipients.empty();
    auto steps = steps_again(notice.steps, origin_stays);
    if (!steps.empty()) {
        if (auto added = add_told(ports, *request, notice, steps); !added) {
            return added;
        }
    }
    ++notice.rounds;
    notice.steps = std::move(steps);
    notice.position = 0;
    notice.in_flight = false;
    notice.attempts = 0;
    notice.resting_since.reset();
    notice.declined = 0;
    notice.looks = 0;
    notice.next_at = ports.clock.now() + ports.tell_again_after;
    return {};
}

/// What is known of one person's copy at one recipient.
enum class Copy : std::uint8_t { Unjudged, Gone, Present, NotVisible };

Copy copy_of(const NoticeOutcome& notice) {
    if (!notice.acknowledged && !notice.declined) {
        return Copy::Unjudged;  // whether it heard of it is not known
    }
    if (notice.state == NoticeState::VerifiedGone) {
        return Copy::Gone;
    }
    using fediverse::Presence;
    if (notice.presence == Presence::Present) {
        return Copy::Present;
    }
    const bool hidden = notice.presence == Presence::NotVisible || notice.presence == Presence::Missing;
    return hidden ? Copy::NotVisible : Copy::Unjudged;
}

/// Whether its notices say how well recipients obey: nobody has to obey what was taken back, and what
/// another request took up is counted there.
bool counts(privacy::RequestState request) {
    return request != privacy::RequestState::Refused && request != privacy::RequestState::Withdrawn &&
           request != privacy::RequestState::Duplicate;
}

/// The notices to one recipient, each person once.
class HonourCount {
public:
    /// In the order of their numbers: the latest verdict counts.
    void add(const NoticeOutcome& notice) {
        if (!counts(notice.request)) {
            return;
        }
        auto& person = people_[notice.subject];
        person.told = person.told || notice.told;
        const auto copy = copy_of(notice);
        person.copy = copy == Copy::Unjudged ? person.copy : copy;
    }

    void write(RecipientEntry& entry) const {
        entry.told = entry.gone = entry.present = entry.not_visible = 0;
        for (const auto& [subject, person] : people_) {
            entry.told += person.told ? 1U : 0U;
            entry.gone += person.copy == Copy::Gone ? 1U : 0U;
            entry.present += person.copy == Copy::Present ? 1U : 0U;
            entry.not_visible += person.copy == Copy::NotVisible ? 1U : 0U;
        }
    }

private:
    struct Person {
        bool told{};
        Copy copy{Copy::Unjudged};
    };
    std::map<privacy::SubjectNumber, Person> people_;
};

}  // namespace

Result<void> count_honour(VerdictPorts& ports, const Host& recipient) {
    const auto outcomes = ports.outcomes.outcomes(recipient);
    if (!outcomes) {
        return fail(outcomes);
    }
    HonourCount count;
    for (const auto& outcome : *outcomes) {
        count.add(outcome);
    }
    return ports.directory.update(recipient, [&](RecipientEntry& entry) { count.write(entry); });
}

Result<void> write_verdicts(VerdictPorts& ports, std::span<const Verdict> verdicts) {
    NoticeChange change;
    std::set<Host> changed;
    for (const auto& verdict : verdicts) {
        // First: a crash in between leaves the look to be made again.
        const auto woken = came_back(verdict) ? wake(ports, verdict) : Result<bool>{false};
        if (!woken) {
            return fail(woken);
        }
        const bool doubted = came_back(verdict) && verdict.unsure;
        if (auto waits = doubted ? doubt_origin(ports, verdict) : Result<void>{}; !waits) {
            return waits;
        }
        auto& notice = change.notices.emplace_back(verdict.notice);
        const bool was_away =
            verdict.before == NoticeState::VerifiedGone || verdict.before == NoticeState::NotVisible;
        const bool anew = came_back(verdict) && !verdict.served && (*woken || was_away);
        if (auto told = anew ? tell_again(ports, notice) : Result<void>{}; !told) {
            return told;
        }
        change.looks.insert(change.looks.end(), verdict.looks.begin(), verdict.looks.end());
        if (verdict.notice.state != verdict.before || verdict.notice.looks <= 1) {
            changed.insert(verdict.notice.recipient);
        }
    }
    auto written = ports.notices.apply(change);
    for (auto host = changed.begin(); written && host != changed.end(); ++host) {
        written = count_honour(ports, *host);
    }
    return written;
}

Result<std::optional<records::Notice>> notice_to(const NoticeBook& notices,
                                                 records::RequestNumber request,
                                                 const Host& recipient) {
    NoticeFilter filter;
    filter.request = request;
    filter.recipient = recipient;
    filter.limit = 1;
    auto found = notices.notices(filter);
    if (!found) {
        return fail(found);
    }
    return found->empty() ? std::optional<records::Notice>{} : std::optional{std::move(found->front())};
}

}  // namespace fedtrail::erasure
