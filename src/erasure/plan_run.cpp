#include "erasure/plan_run.hpp"

#include <algorithm>
#include <utility>

#include "erasure/taken.hpp"
#include "erasure/until_current.hpp"
#include "erasure/verdict.hpp"

namespace fedtrail::erasure {

namespace {

/// Only before it answered anything: what it answers from here on counts. A message of ours may have begun
/// meanwhile, or in a crash before this was written.
bool lacks_unanswered(const NoticeHistory& history) {
    const auto& attempts = history.attempts;
    return std::none_of(attempts.begin(), attempts.end(), [](const auto& attempt) {
        return attempt.scheme == kByOrigin || attempt.result == records::AttemptResult::Answered;
    });
}

}  // namespace

Result<void> PlanRun::mark_barred() {
    if (!options_.barred) {
        return {};
    }
    std::vector<Host> hosts;
    hosts.reserve(targets_.size());
    for (const auto& target : targets_) {
        hosts.push_back(target.entry.host);
    }
    const auto rules = options_.barred(case_.request.subject, hosts);
    if (!rules) {
        return fail(rules);
    }
    for (std::size_t i = 0; i < targets_.size(); ++i) {
        targets_[i].barred = rules->at(i).empty() ? std::string{} : std::string{kBarred}.append(rules->at(i));
    }
    return {};
}

/// One walk over everything, only where something is kept at all: the account's own Delete would take it
/// along.
Result<void> PlanRun::mark_kept() {
    if (case_.kept.empty()) {
        return {};
    }
    std::vector<Host> hosts;
    hosts.reserve(targets_.size());
    for (const auto& target : targets_) {
        hosts.push_back(target.entry.host);
    }
    const auto mark = [&](const HeldActivity& held, std::span<const std::uint32_t> at) {
        const bool kept = is_kept(held);
        for (const auto place : at) {
            targets_[place].holds_kept = targets_[place].holds_kept || kept;
        }
        return true;
    };
    return ports_.holdings.visit_held(case_.request.subject, hosts, mark);
}

std::size_t PlanRun::batch_size(std::span<const Draft> rest) const {
    std::size_t steps = 0;
    std::size_t size = 0;
    for (const auto& draft : rest) {
        if (size > 0 &&
            (size >= options_.batch_notices || draft.needs.by_object() != rest.front().needs.by_object())) {
            break;
        }
        const auto forms = draft.target->dialect->object_forms.size() + (draft.needs.objects_again ? 1 : 0);
        steps += draft.needs.by_object() ? draft.target->objects * forms : 1;
        if (size > 0 && steps > options_.batch_steps) {
            break;
        }
        ++size;
    }
    return size;
}

Result<void> PlanRun::look_up(std::span<Draft> drafts) {
    if (!drafts.front().needs.by_object()) {
        return {};
    }
    std::vector<Host> hosts;
    hosts.reserve(drafts.size());
    for (const auto& draft : drafts) {
        hosts.push_back(draft.target->entry.host);
    }
    auto looked = ports_.holdings.visit_held(
        case_.request.subject, hosts, [&](const HeldActivity& held, std::span<const std::uint32_t> at) {
            note(held, at, drafts);
            return true;
        });
    if (looked && case_.request.scope.kind != records::ScopeKind::Objects) {  // these are confirmed
        looked = confirm_heard(drafts);
    }
    return looked ? mark_unanswered(drafts) : looked;
}

Result<void> PlanRun::finish_all(std::span<Draft> drafts, Batch& batch) {
    for (auto& draft : drafts) {
        if (auto finished = finish(draft, batch); !finished) {
            return finished;
        }
        draft = Draft{};  // the lists of a batch may be large
    }
    return {};
}

Result<void> PlanRun::write(const Batch& batch) {
    if (book_ == nullptr) {
        return {};
    }
    if (!batch.added.empty() || case_.objects.size() != written_) {
        if (auto planned = book_->plan(case_.request.number, case_.objects, batch.added); !planned) {
            return planned;
        }
        written_ = case_.objects.size();
    }
    auto changed = batch.changed.notices.empty() ? Result<void>{} : change(batch.changed);
    return changed ? write_unanswered(batch) : changed;
}

Result<void> PlanRun::add_unanswered(const Host& host, Instant at, NoticeChange& change) const {
    const auto notice = notice_to(*book_, case_.request.number, host);
    if (!notice || !*notice) {
        return notice ? Result<void>{} : Result<void>{fail(notice)};
    }
    const auto history = book_->history((*notice)->number);
    if (!history) {  // what is damaged of one holds up no other
        return history.error().kind == ErrorKind::Corrupt ? Result<void>{} : fail(history);
    }
    if (lacks_unanswered(*history)) {
        change.attempts.push_back({(*notice)->number,
                                   0,
                                   at,
                                   records::AttemptResult::Sent,
                                   0,
                                   std::string{kByOrigin},
                                   "sent by the origin itself; its answer is not known"});
    }
    return {};
}

Result<void> PlanRun::write_unanswered(const Batch& batch) {
    NoticeChange change;
    for (const auto& [host, at] : batch.unanswered) {
        if (auto added = add_unanswered(host, at, change); !added) {
            return added;
        }
    }
    return change.attempts.empty() ? Result<void>{} : book_->apply(change);
}

/// Where somebody else changed one of them meanwhile, each is fitted to what it is by then.
Result<void> PlanRun::change(const NoticeChange& wanted) {
    auto changed = book_->apply(wanted);
    if (changed || changed.error().kind != ErrorKind::Conflict) {
        return changed;
    }
    for (const auto& notice : wanted.notices) {
        changed = until_current([&] { return change_one(notice); });
        if (!changed) {
            return changed;
        }
    }
    return {};
}

Result<void> PlanRun::change_one(const records::Notice& wanted) {
    const auto known = notice_to(*book_, wanted.request, wanted.recipient);
    if (!known || !*known) {
        return known ? Result<void>{} : Result<void>{fail(known)};
    }
    NoticeChange change;
    if (auto notice = fitted(**known, wanted)) {
        change.notices.push_back(std::move(*notice));
    }
    return change.notices.empty() ? Result<void>{} : book_->apply(change);
}

Result<PlanPreview> PlanRun::make(const records::ErasureRequest& request) {
    now_ = ports_.clock.now();
    auto read = read_case(ports_, request);
    if (!read) {
        return fail(read);
    }
    case_ = std::move(*read);
    written_ = case_.objects.size();
    for (std::uint32_t i = 0; i < case_.objects.size(); ++i) {
        index_.emplace(case_.objects[i].uri.reveal(), i);
    }
    auto targets = find_targets(ports_, dialects_, case_);
    if (!targets) {
        return fail(targets);
    }
    targets_ = std::move(*targets);
    if (const auto marked = mark_barred(); !marked) {
        return fail(marked);
    }
    if (const auto marked = mark_kept(); !marked) {
        return fail(marked);
    }
    auto drafts = drafts_of();
    if (!drafts) {
        return fail(drafts);
    }
    for (std::span<Draft> rest{*drafts}; !rest.empty();) {
        const auto now = rest.first(batch_size(rest));
        if (const auto looked = look_up(now); !looked) {
            return fail(looked);
        }
        Batch batch;
        if (const auto finished = finish_all(now, batch); !finished) {
            return fail(finished);
        }
        if (const auto written = write(batch); !written) {
            return fail(written);
        }
        rest = rest.subspan(now.size());
    }
    std::sort(preview_.recipients.begin(), preview_.recipients.end(), [](const auto& a, const auto& b) {
        return a.host < b.host;
    });
    preview_.totals.held_back = case_.kept.size();
    preview_.totals.objects = case_.objects.size() - case_.kept.size();
    return std::move(preview_);
}

}  // namespace fedtrail::erasure
