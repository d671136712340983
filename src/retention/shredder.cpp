#include "retention/shredder.hpp"

#include <algorithm>
#include <utility>

#include "fedtrail/ports/visit_books.hpp"

namespace fedtrail::retention {

namespace {

std::string name_of(privacy::SubjectNumber subject) {
    return "subject " + std::to_string(subject.get());
}

tl::unexpected<Error> still_open(const records::ErasureRequest& request) {
    const auto number = std::to_string(request.number.get());
    return fail(ErrorKind::Denied,
                "request " + number + " of " + name_of(request.subject) + " is open: their key signs for it",
                "End it first: `fedtrail requests show " + number + "` says what it waits for.");
}

tl::unexpected<Error> still_held(const records::ErasureRequest& request) {
    const auto number = std::to_string(request.number.get());
    const bool sleeps = request.state == privacy::RequestState::PartlyFulfilled;
    return fail(
        ErrorKind::Denied,
        "something of " + name_of(request.subject) + " is held for law (Art. 17(3)) in request " + number,
        "End the hold first" + (sleeps ? ", after `fedtrail requests wake " + number + "`" : "") +
            ": `fedtrail requests release " + number + " --object URI`. `fedtrail requests show " + number +
            " --json --names` lists the objects.");
}

Result<bool> holds_for_law(const NoticeBook& notices, records::RequestNumber request) {
    const auto objects = notices.objects(request, {});
    if (!objects) {
        return fail(objects);
    }
    return std::any_of(
        objects->begin(), objects->end(), [](const auto& object) { return object.held_for_law; });
}

/// Whether the request can do without the person's key and what is sealed with it.
Result<void> needs_nobody(const NoticeBook& notices, const records::ErasureRequest& request) {
    if (!privacy::is_closed(request.state)) {
        return still_open(request);
    }
    const auto held = holds_for_law(notices, request.number);
    if (!held) {
        return fail(held);
    }
    return *held ? Result<void>{still_held(request)} : Result<void>{};
}

/// What was under way is closed as far as it came; what had not begun is refused, since nobody knows any more
/// whose it is (Art. 11(2)).
records::RequestEvent end_of(const records::ErasureRequest& request, Instant now) {
    using privacy::RequestEventKind;
    records::RequestEvent event;
    event.at = now;
    event.by = "fedtrail";
    if (request.state == privacy::RequestState::InProgress) {
        event.kind = RequestEventKind::ClosedPartly;
    } else {
        event.kind = RequestEventKind::Refused;
        event.ground = privacy::RefusalGround::NotIdentified;
    }
    return event;
}

Result<void> end_request(RequestBook& book, records::RequestNumber number, Instant now) {
    for (;;) {
        auto request = book.request(number);
        if (!request) {
            return fail(request);
        }
        if (privacy::is_closed(request->state)) {
            return {};
        }
        auto event = end_of(*request, now);
        const auto state = privacy::next(request->state, event.kind);
        if (!state) {
            return fail(state);
        }
        request->state = event.state = *state;
        request->closed_at = now;
        const auto ended = book.record(std::move(*request), event);
        if (ended || ended.error().kind != ErrorKind::Conflict) {
            return ended ? Result<void>{} : Result<void>{fail(ended)};
        }
    }
}

/// A vault of before layout 6 did not keep who said it, nor why.
records::ShreddingLeaf leaf_of(const records::Shredding& shredding) {
    const bool kept = !shredding.by.empty();
    return {shredding.subject,
            kept ? shredding.why : std::string{records::name_of(shredding.reason)},
            kept ? shredding.by : "fedtrail",
            {}};
}

}  // namespace

Result<void> Shredder::may(privacy::SubjectNumber subject) const {
    RequestFilter filter;
    filter.subject = subject;
    return visit_requests(ports_.requests, filter, [this](const records::ErasureRequest& request) {
        return needs_nobody(ports_.notices, request);
    });
}

Result<void> Shredder::allowed(const ShredOrder& order) const {
    // Who was shredded before stays shredded, whatever an old backup says of their requests.
    if (order.reason == records::ShredReason::Restored) {
        return {};
    }
    const auto damaged = ports_.vault.key_is_damaged(order.subject);
    if (!damaged) {
        return fail(damaged);
    }
    return *damaged ? Result<void>{} : may(order.subject);  // nobody can read or sign with it
}

Result<Shredded> Shredder::shred(const ShredOrder& order) {
    const std::scoped_lock held{one_};
    if (const auto right = allowed(order); !right) {
        return fail(right);
    }
    auto shredded = carry_out(order);
    if (!shredded && is_begun(order.subject)) {
        auto error = shredded.error();
        error.what +=
            "; the key of " + name_of(order.subject) + " is destroyed already, and the rest is not done";
        return tl::unexpected<Error>{std::move(error)};
    }
    return shredded;
}

bool Shredder::is_begun(privacy::SubjectNumber subject) const {
    const auto shredding = noted(subject);
    return shredding && !shredding->complete;
}

/// As the vault has it: who was shredded before keeps when, why and by whom that was.
Result<records::Shredding> Shredder::noted(privacy::SubjectNumber subject) const {
    const auto all = ports_.vault.shreddings();
    if (!all) {
        return fail(all);
    }
    const auto found = std::find_if(
        all->begin(), all->end(), [&](const auto& shredding) { return shredding.subject == subject; });
    return found != all->end() ? Result<records::Shredding>{*found}
                               : fail(ErrorKind::NotFound, "the vault knows of no such shredding");
}

Result<Shredded> Shredder::carry_out(const ShredOrder& order) {
    const auto forgotten =
        forget({order.subject, ports_.clock.now(), order.reason, order.request, false, order.why, order.by});
    if (!forgotten) {
        unfinished_ = unfinished_ || forgotten.error().kind != ErrorKind::NotFound;
        return fail(forgotten);
    }
    auto shredded = overwrite();
    const auto done = !shredded || shredded->left ? Result<void>{} : complete(order.subject);
    unfinished_ = unfinished_ || !shredded || shredded->left || !done;
    return done ? shredded : Result<Shredded>{fail(done)};
}

Result<void> Shredder::end_requests(privacy::SubjectNumber subject) {
    RequestFilter filter;
    filter.subject = subject;
    filter.open_only = true;
    return visit_requests(ports_.requests, filter, [this](const records::ErasureRequest& request) {
        return end_request(ports_.requests, request.number, ports_.clock.now());
    });
}

Result<std::uint64_t> Shredder::objections_of(privacy::SubjectNumber subject,
                                              const std::function<Result<void>(const Host&)>& each) const {
    const auto objections = ports_.objections.objections();
    if (!objections) {
        return fail(objections);
    }
    std::uint64_t count = 0;
    for (const auto& objection : *objections) {
        if (objection.subject != subject) {
            continue;
        }
        if (auto done = each(objection.recipient); !done) {
            return fail(done);
        }
        ++count;
    }
    return count;
}

Result<std::uint64_t> Shredder::lift_objections(privacy::SubjectNumber subject) {
    return objections_of(subject,
                         [&](const Host& recipient) { return ports_.objections.lift(subject, recipient); });
}

Result<void> Shredder::destroy_key(records::Shredding shredding) {
    // Only counted: what is damaged of them does not keep the key.
    shredding.objections =
        objections_of(shredding.subject, [](const Host&) { return Result<void>{}; }).value_or(0);
    for (auto* other : ports_.by_name) {
        if (auto done = other->forget(shredding.subject); !done) {
            return done;
        }
    }
    return ports_.vault.shred(shredding);
}

Result<void> Shredder::forget(const records::Shredding& shredding) {
    const auto subject = shredding.subject;
    auto forgotten = ports_.ledger.forget(subject, [&] { return destroy_key(shredding); });
    if (!forgotten) {
        return forgotten;
    }
    if (auto ended = end_requests(subject); !ended) {
        return ended;
    }
    const auto lifted = lift_objections(subject);
    if (!lifted) {
        return fail(lifted);
    }
    for (auto* other : ports_.others) {
        if (auto done = other->forget(subject); !done) {
            return done;
        }
    }
    const auto entry = noted(subject).value_or(shredding);
    auto leaf = leaf_of(entry);
    // An earlier process may have lifted some.
    if (const auto all = std::max(*lifted, entry.objections); all > 0) {
        leaf.removed.push_back({"objection", all});
    }
    leaf.removed.push_back({"person", 1});
    forgotten_.insert_or_assign(subject.get(), records::LeafRecord{entry.at, std::move(leaf)});
    return {};
}

/// All files are tried, also if one of them is read.
Result<Shredded> Shredder::overwrite() {
    Shredded shredded;
    for (auto* file : ports_.files) {
        const auto done = file->overwrite();
        if (!done && done.error().kind != ErrorKind::Unavailable) {
            return fail(done);
        }
        if (!done && !shredded.left) {
            shredded.left = done.error();
        }
    }
    return shredded;
}

Result<void> Shredder::complete(privacy::SubjectNumber subject) {
    auto done = ports_.vault.completed(subject, forgotten_.at(subject.get()));
    if (done) {
        forgotten_.erase(subject.get());
    }
    return done;
}

Result<Finished> Shredder::finish() {
    const std::scoped_lock held{one_};
    const auto all = ports_.vault.shreddings();
    if (!all) {
        return fail(all);
    }
    std::vector<privacy::SubjectNumber> forgotten;
    Result<void> failure;
    for (const auto& shredding : *all) {
        if (shredding.complete) {
            continue;
        }
        // Once for each is enough: only the files have to be tried again and again.
        auto done = forgotten_.contains(shredding.subject.get()) ? Result<void>{} : forget(shredding);
        if (done) {
            forgotten.push_back(shredding.subject);
        } else {
            failure = std::move(done);
        }
    }
    auto finished = forgotten.empty() ? Result<Finished>{Finished{}} : finish(forgotten);
    if (finished && !failure) {
        finished = fail(failure);
    }
    unfinished_ = !finished || finished->left;
    return finished;
}

Result<Finished> Shredder::finish(const std::vector<privacy::SubjectNumber>& forgotten) {
    auto shredded = overwrite();
    if (!shredded) {
        return fail(shredded);
    }
    Finished finished;
    if (shredded->left) {
        finished.waiting = forgotten.size();
        finished.left = std::move(shredded->left);
        return finished;
    }
    for (const auto subject : forgotten) {
        if (const auto done = complete(subject); !done) {
            return fail(done);
        }
        ++finished.completed;
    }
    return finished;
}

}  // namespace fedtrail::retention
