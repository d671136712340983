#include "retention/retention_run.hpp"

#include <algorithm>
#include <string>

#include "fedtrail/ports/visit_books.hpp"

namespace fedtrail::retention {

namespace {

/// The account went, as far as it could: what else is erased leaves the person where they are.
bool erased_the_person(const records::ErasureRequest& request) {
    return request.scope.kind == records::ScopeKind::Account && request.scope.recipients.empty() &&
           (request.state == privacy::RequestState::Fulfilled ||
            request.state == privacy::RequestState::PartlyFulfilled);
}

/// Nobody else says whom it is about.
Error about(privacy::SubjectNumber subject, Error error) {
    error.what = "subject " + std::to_string(subject.get()) + " was passed over by retention: " + error.what;
    return error;
}

/// Nothing of them can be read any more, so that nobody can tell whether their time is over.
Error about_damaged_key(privacy::SubjectNumber subject, Error error) {
    error = about(subject, std::move(error));
    error.remedy =
        "Their key is damaged: restore a backup of the vault, or, if there is none and they are gone, "
        "`fedtrail subjects shred " +
        std::to_string(subject.get()) + " --reason TEXT`, which does not need it.";
    return error;
}

}  // namespace

Result<bool> RetentionRun::is_over(const records::ErasureRequest& request, const RetentionRule& rule) const {
    if (!erased_the_person(request) || !request.closed_at ||
        expiry(rule, *request.closed_at) > ports_.clock.now()) {
        return false;
    }
    // By number: what of theirs does not open is no reason to keep it.
    const auto there = ports_.vault.find(std::to_string(request.subject.get()));
    const bool gone = !there && there.error().kind == ErrorKind::NotFound;
    return there || gone ? Result<bool>{!gone} : Result<bool>{fail(there)};
}

Result<bool> RetentionRun::erased_again(privacy::SubjectNumber subject, const RetentionRule& rule) const {
    bool again = false;
    RequestFilter filter;
    filter.subject = subject;
    const auto read =
        visit_requests(ports_.requests, filter, [&](const records::ErasureRequest& request) -> Result<void> {
            again = again || (erased_the_person(request) && request.closed_at &&
                              expiry(rule, *request.closed_at) > ports_.clock.now());
            return {};
        });
    return read ? Result<bool>{again} : fail(read);
}

Result<void> RetentionRun::shred(const records::ErasureRequest& request,
                                 bool only_count,
                                 RetentionSummary& summary) {
    auto done = ports_.shredder.may(request.subject);
    if (done && !only_count) {
        const auto shredded = ports_.shredder.shred(
            {request.subject, records::ShredReason::Retention, request.number, "person", "fedtrail"});
        done = shredded ? Result<void>{} : Result<void>{fail(shredded)};
        summary.incomplete += shredded && shredded->left ? 1 : 0;
    }
    if (done) {
        summary.shredded.push_back(request.subject);
    } else if (done.error().kind == ErrorKind::Denied) {
        ++summary.kept_back;
    } else {
        return done;
    }
    return {};
}

Result<void> RetentionRun::person(const records::ErasureRequest& request,
                                  const RetentionRule& rule,
                                  bool only_count,
                                  RetentionSummary& summary) {
    const auto& shredded = summary.shredded;
    if (std::find(shredded.begin(), shredded.end(), request.subject) != shredded.end()) {
        return {};
    }
    const auto over = is_over(request, rule);
    if (!over || !*over) {
        return over ? Result<void>{} : Result<void>{fail(over)};
    }
    const auto posts = ports_.posting.posts_after(request.subject, *request.closed_at);
    if (!posts) {
        return fail(posts);
    }
    if (*posts) {
        posting_.insert(request.subject);
        return {};
    }
    const auto again = erased_again(request.subject, rule);
    if (!again || *again) {  // its answer and its looks need the key as long as those of the first did
        return again ? Result<void>{} : Result<void>{fail(again)};
    }
    return shred(request, only_count, summary);
}

Result<void> RetentionRun::people(const RetentionRule& rule, bool only_count, RetentionSummary& summary) {
    Result<void> failure;
    std::optional<Error> keyless;
    posting_.clear();
    auto read = visit_whole_requests(
        ports_.requests,
        {},
        [&](const records::ErasureRequest& request) -> Result<void> {
            auto done = person(request, rule, only_count, summary);
            if (!done && failure) {
                // The others are not kept longer for it.
                const auto say = ports_.shredder.key_is_damaged(request.subject) ? about_damaged_key : about;
                failure = tl::unexpected{say(request.subject, std::move(done).error())};
            }
            return {};
        },
        [&](const auto& damaged) {
            if (!keyless && ports_.shredder.key_is_damaged(damaged.subject)) {
                keyless = about_damaged_key(damaged.subject, damaged.error);
            }
        });
    if (!read && keyless) {
        read = tl::unexpected{*std::move(keyless)};
    }
    for (const auto subject : summary.shredded) {
        posting_.erase(subject);  // a later request of theirs was the last word
    }
    summary.still_post = posting_.size();
    return failure ? read : failure;
}

Result<void> RetentionRun::others(bool only_count, RetentionSummary& summary) {
    Result<void> failure;
    for (const auto& rule : policy_.rules()) {
        const auto kind = ports_.kinds.find(rule.kind);
        if (!rule.enabled || kind == ports_.kinds.end()) {
            continue;
        }
        const auto expired = kind->second->drop_before(horizon(rule, ports_.clock.now()), only_count);
        if (!expired) {
            failure = fail(expired);  // the other kinds are not kept longer for it
            continue;
        }
        if (expired->dropped > 0) {
            summary.removed.push_back({rule.kind, expired->dropped});
        }
        if (expired->held > 0) {
            summary.held.push_back({rule.kind, expired->held});
        }
        if (expired->left) {
            failure = tl::unexpected{*expired->left};
        }
    }
    return failure;
}

/// Each time, whatever went now: a file that somebody reads has its turn in the next run.
Result<void> RetentionRun::overwrite() {
    Result<void> failure;
    for (auto* file : ports_.files) {
        auto done = file->overwrite();
        if (!done && done.error().kind != ErrorKind::Unavailable && failure) {
            failure = std::move(done);
        }
    }
    return failure;
}

Result<RetentionSummary> RetentionRun::run(RunKind kind) {
    const bool only_count = kind == RunKind::Count;
    RetentionSummary summary;
    Result<void> failure;
    if (const auto* rule = policy_.rule("person")) {
        failure = people(*rule, only_count, summary);
    }
    if (auto done = others(only_count, summary); !done && failure) {
        failure = std::move(done);
    }
    if (auto done = only_count ? Result<void>{} : overwrite(); !done && failure) {
        failure = std::move(done);
    }
    if (!summary.shredded.empty()) {
        summary.removed.push_back({"person", summary.shredded.size()});
    }
    std::sort(summary.removed.begin(), summary.removed.end(), [](const auto& a, const auto& b) {
        return a.what < b.what;
    });
    // A run that failed half-way proves nothing but what it removed.
    const bool whole = kind == RunKind::Audited && failure.has_value();
    if (!only_count && (whole || !summary.removed.empty())) {
        auto noted = ports_.trail.append(
            {ports_.clock.now(), records::RetentionRunLeaf{policy_.digest(), summary.removed}});
        if (!noted) {
            return fail(noted);
        }
    }
    return failure ? Result<RetentionSummary>{std::move(summary)} : fail(failure);
}

}  // namespace fedtrail::retention
