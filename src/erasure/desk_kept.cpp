// What is not erased: legal holds and partial refusals.

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "fedtrail/core/count.hpp"

#include "erasure/desk.hpp"
#include "erasure/plan_steps.hpp"
#include "erasure/scope.hpp"

namespace fedtrail::erasure {

namespace {

using privacy::RequestEventKind;
using privacy::RequestState;
using Changed = Result<records::ErasureRequest>;
using Kept = std::map<std::string, records::ErasedObject>;

std::vector<records::ErasedObject> marked(const std::vector<Personal<std::string>>& uris, bool held) {
    std::vector<records::ErasedObject> objects;
    objects.reserve(uris.size());
    for (const auto& uri : uris) {
        objects.push_back(records::ErasedObject{uri, {}, held});
    }
    return objects;
}

bool keeps_any(const std::vector<records::ErasedObject>& objects) {
    return std::any_of(
        objects.begin(), objects.end(), [](const auto& object) { return object.held_for_law; });
}

/// The whole list again, with `changes` in it; what is new comes behind.
std::vector<records::ErasedObject> merged(std::vector<records::ErasedObject> known,
                                          const std::vector<records::ErasedObject>& changes) {
    std::map<std::string_view, const records::ErasedObject*> open;
    for (const auto& change : changes) {
        open.emplace(change.uri.reveal(), &change);
    }
    for (auto& object : known) {
        const auto change = open.find(object.uri.reveal());
        if (change != open.end()) {
            object.held_for_law = change->second->held_for_law;
            open.erase(change);
        }
    }
    for (const auto& [uri, change] : open) {
        known.push_back(*change);
    }
    return known;
}

Result<void> needs_reason_to_keep(const Act& act) {
    return act.reason.empty() ? fail(ErrorKind::Invalid,
                                     "no reason is given",
                                     "the person must be told why (Art. 12(4)): give it")
                              : Result<void>{};
}

Result<void> keeps_by_law(privacy::RefusalGround ground) {
    return ground > privacy::RefusalGround::LegalClaims
               ? fail(ErrorKind::Invalid, "a legal hold has another ground", "give one of Art. 17(3)")
               : Result<void>{};
}

}  // namespace

/// An address that the ledger has not would be kept, or erased, in words only: the page of a post in place of
/// its id, or a slip of the pen.
Result<void> Desk::check_known(privacy::SubjectNumber subject,
                               const std::vector<Personal<std::string>>& uris) const {
    std::size_t unknown = 0;
    for (const auto& text : uris) {
        const auto uri = Uri::parse(text.reveal());
        const auto holders =
            uri ? ports_.reader.holders_of(subject, *uri) : Result<std::vector<Holder>>{fail(uri)};
        if (!holders) {
            return fail(holders);
        }
        unknown += holders->empty() ? 1 : 0;
    }
    if (unknown > 0) {
        const auto which = uris.size() == 1 ? std::string{"the object"}
                                            : grouped(unknown) + " of " + counted(uris.size(), "object");
        return fail(
            ErrorKind::NotFound,
            which + (unknown == 1 ? " is" : " are") + " nothing of this person that went to any server",
            "give ids as they were sent, not addresses of pages: `fedtrail report SUBJECT --items` "
            "lists them");
    }
    return {};
}

/// What of the categories went anywhere, by URI.
Result<Kept> Desk::of_categories(privacy::SubjectNumber subject, fediverse::CategorySet categories) const {
    const auto identity = ports_.vault.identity(subject);
    if (!identity) {
        return fail(identity);
    }
    const auto recipients = ports_.reader.recipients_of(subject, Window{});
    if (!recipients) {
        return fail(recipients);
    }
    std::vector<Host> hosts;
    for (const auto& pair : *recipients) {
        hosts.push_back(pair.recipient);
    }
    Kept kept;
    const auto visited = ports_.holdings.visit_held(
        subject, hosts, [&](const HeldActivity& held, std::span<const std::uint32_t>) {
            const auto thing = erased_thing(held, identity->actor.reveal());
            if (thing.uri != nullptr && (held.categories.bits() & categories.bits()) != 0) {
                const Personal<std::string> uri{*thing.uri};
                kept.try_emplace(*thing.uri, records::ErasedObject{uri, held.categories, true});
            }
            return kept.size() <= options_.max_held_objects;
        });
    if (!visited) {
        return fail(visited);
    }
    return kept;
}

Result<std::set<Host>> Desk::holders_of_any(privacy::SubjectNumber subject,
                                            const std::vector<records::ErasedObject>& objects) const {
    std::set<Host> hosts;
    for (const auto& object : objects) {
        const auto uri = Uri::parse(object.uri.reveal());
        const auto holders =
            uri ? ports_.reader.holders_of(subject, *uri) : Result<std::vector<Holder>>{fail(uri)};
        if (!holders) {
            return fail(holders);
        }
        for (const auto& holder : *holders) {
            hosts.insert(holder.recipient);
        }
    }
    return hosts;
}

Result<std::vector<records::ErasedObject>> Desk::chosen_objects(const records::ErasureRequest& request,
                                                                const KeepChoice& keep) const {
    Kept kept;
    if (!keep.categories.empty()) {
        auto found = of_categories(request.subject, keep.categories);
        if (!found) {
            return fail(found);
        }
        kept = std::move(*found);
    }
    if (!keep.objects.empty()) {
        const auto uris = normalised(keep.objects, options_.max_held_objects);
        const auto known = uris ? check_known(request.subject, *uris) : Result<void>{fail(uris)};
        if (!known) {
            return fail(known);
        }
        for (auto& object : marked(*uris, true)) {
            kept.emplace(object.uri.reveal(), object);
        }
    }
    if (kept.empty() || kept.size() > options_.max_held_objects) {
        return fail(ErrorKind::Invalid,
                    "the choice keeps nothing, or more than " + counted(options_.max_held_objects, "object"),
                    "choose other objects or categories, or refuse the request as a whole");
    }
    std::vector<records::ErasedObject> objects;
    objects.reserve(kept.size());
    for (auto& [uri, object] : kept) {
        objects.push_back(std::move(object));
    }
    return objects;
}

/// In this order, so that a crash in between leaves too little sent and not too much: stop, write, plan anew.
Changed Desk::change_kept(const Act& act,
                          RequestEventKind kind,
                          std::optional<privacy::RefusalGround> ground,
                          const std::vector<records::ErasedObject>& objects) {
    auto request = ports_.requests.request(act.number);
    if (!request) {
        return request;
    }
    if (const auto allowed = privacy::next(request->state, kind); !allowed) {
        return fail(allowed);
    }
    const bool sends = request->state == RequestState::InProgress;
    if (sends && !request->stopped) {
        if (auto stopped = stop(Act{act.number, act.by, "what is kept changes"}); !stopped) {
            return stopped;
        }
    }
    const auto known = ports_.notices.objects(act.number, {});
    if (!known) {
        return fail(known);
    }
    const bool begins = kind != RequestEventKind::HoldReleased && !keeps_any(*known);
    if (const auto written = ports_.notices.plan(act.number, merged(*known, objects), {}); !written) {
        return fail(written);
    }
    request = record(act, kind, {}, ground, begins);
    if (!request || !sends) {
        return request;
    }
    if (const auto planned = planner_->plan(*request); !planned) {
        return fail(planned);
    }
    return request;
}

Changed Desk::refuse_partly(const Act& act, const KeepChoice& keep, privacy::RefusalGround ground) {
    if (const auto right = needs_reason_to_keep(act); !right) {
        return fail(right);
    }
    auto request = ports_.requests.request(act.number);
    if (!request) {
        return request;
    }
    const auto objects = chosen_objects(*request, keep);
    if (!objects) {
        return fail(objects);
    }
    return change_kept(act, RequestEventKind::PartlyRefused, ground, *objects);
}

Changed Desk::hold(const Act& act,
                   std::span<const Personal<std::string>> objects,
                   privacy::RefusalGround ground) {
    for (const auto& right : {needs_reason_to_keep(act), keeps_by_law(ground)}) {
        if (!right) {
            return fail(right);
        }
    }
    const auto uris = normalised({objects.begin(), objects.end()}, options_.max_held_objects);
    const auto request = uris ? ports_.requests.request(act.number) : Changed{fail(uris)};
    const auto known = request ? check_known(request->subject, *uris) : Result<void>{fail(request)};
    if (!known) {
        return fail(known);
    }
    return change_kept(act, RequestEventKind::HeldForLaw, ground, marked(*uris, true));
}

Changed Desk::release_hold(const Act& act, std::span<const Personal<std::string>> objects) {
    const auto uris = normalised({objects.begin(), objects.end()}, options_.max_held_objects);
    if (!uris) {
        return fail(uris);
    }
    const auto known = ports_.notices.objects(act.number, {});
    if (!known) {
        return fail(known);
    }
    std::set<std::string_view> held;
    for (const auto& object : *known) {
        if (object.held_for_law) {
            held.insert(object.uri.reveal());
        }
    }
    const bool all_held = std::all_of(
        uris->begin(), uris->end(), [&](const auto& uri) { return held.count(uri.reveal()) != 0; });
    if (!all_held) {
        return fail(ErrorKind::NotFound,
                    "one of the objects is not held",
                    "`fedtrail requests show " + std::to_string(act.number.get()) +
                        " --json --names` lists those that are");
    }
    return change_kept(act, RequestEventKind::HoldReleased, {}, marked(*uris, false));
}

}  // namespace fedtrail::erasure
