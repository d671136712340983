#include "api/request_acts.hpp"

#include <algorithm>
#include <array>

#include "fedtrail/core/utf8.hpp"

#include "api/request_words.hpp"

namespace fedtrail::api {

namespace {

using erasure::Act;
using erasure::Desk;
using Changed = Result<records::ErasureRequest>;

constexpr std::array<privacy::RefusalGround, 9> kGrounds{privacy::RefusalGround::Expression,
                                                         privacy::RefusalGround::LegalObligation,
                                                         privacy::RefusalGround::PublicHealth,
                                                         privacy::RefusalGround::Archiving,
                                                         privacy::RefusalGround::LegalClaims,
                                                         privacy::RefusalGround::ManifestlyUnfounded,
                                                         privacy::RefusalGround::Excessive,
                                                         privacy::RefusalGround::NotIdentified,
                                                         privacy::RefusalGround::NoGround};

Result<Acted> acted(Changed changed) {
    if (!changed) {
        return fail(changed);
    }
    return Acted{std::move(*changed), std::nullopt, std::nullopt};
}

/// For acts that take nothing but the request.
template <Changed (Desk::*Run)(const Act&)>
Result<Acted> plainly(Desk& desk, const Act& act, const ActWords& /*words*/) {
    return acted((desk.*Run)(act));
}

Result<Acted> answered(Desk& desk, const Act& act, const ActWords& words) {
    if (!is_utf8(words.paper) || words.paper.size() > records::kMaxTold) {
        return fail(ErrorKind::Invalid,
                    "the paper is no UTF-8, or has more than 4 MiB",
                    "Give the text that was sent, or leave it out.");
    }
    return acted(desk.answered(act, words.paper));
}

Result<Acted> start(Desk& desk, const Act& act, const ActWords& /*words*/) {
    auto plan = desk.start(act);
    if (!plan) {
        return fail(plan);
    }
    auto view = desk.row(act.number);
    if (!view) {
        return fail(view);
    }
    return Acted{std::move(view->request), std::move(*plan), std::nullopt};
}

Result<Acted> stop(Desk& desk, const Act& act, const ActWords& /*words*/) {
    auto stopped = acted(desk.stop(act));
    if (!stopped) {
        return stopped;
    }
    const auto sent = desk.sent_so_far(act.number);
    if (!sent) {
        return fail(sent);
    }
    stopped->sent = *sent;
    return stopped;
}

/// After a stop it sends again; after a question the person answered.
Result<Acted> resume(Desk& desk, const Act& act, const ActWords& /*words*/) {
    const auto view = desk.row(act.number);
    if (!view) {
        return fail(view);
    }
    // Who is asked something and is stopped as well: the answer first, then the second `resume`.
    const bool asked = view->request.state == privacy::RequestState::PausedForInfo;
    return acted(asked || !view->request.stopped ? desk.resume(act) : desk.resume_sending(act));
}

Result<privacy::RefusalGround> ground_of(const std::string& name) {
    if (const auto ground = privacy::refusal_ground_named(name)) {
        return *ground;
    }
    std::string known;
    for (const auto ground : kGrounds) {
        known += (known.empty() ? "\"" : ", \"") + std::string{privacy::name_of(ground)} + "\"";
    }
    return fail(
        ErrorKind::Invalid, "the ground of a refusal is missing or not known", "Give one of " + known + ".");
}

Result<Acted> refuse(Desk& desk, const Act& act, const ActWords& words) {
    const auto ground = ground_of(words.ground);
    if (!ground) {
        return fail(ground);
    }
    if (words.objects.empty() && words.categories.empty()) {
        return acted(desk.refuse(act, *ground));
    }
    auto objects = objects_of(words.objects);
    const auto categories = categories_of(words.categories);
    if (!objects || !categories) {
        return !objects ? Result<Acted>{fail(objects)} : Result<Acted>{fail(categories)};
    }
    return acted(desk.refuse_partly(act, {std::move(*objects), *categories}, *ground));
}

Result<Acted> hold(Desk& desk, const Act& act, const ActWords& words) {
    const auto ground = words.ground.empty()
                            ? Result<privacy::RefusalGround>{privacy::RefusalGround::LegalObligation}
                            : ground_of(words.ground);
    const auto objects = objects_of(words.objects);
    if (!ground || !objects) {
        return ground ? Result<Acted>{fail(objects)} : Result<Acted>{fail(ground)};
    }
    return acted(desk.hold(act, *objects, *ground));
}

Result<Acted> release(Desk& desk, const Act& act, const ActWords& words) {
    const auto objects = objects_of(words.objects);
    return objects ? acted(desk.release_hold(act, *objects)) : Result<Acted>{fail(objects)};
}

Result<Acted> duplicate(Desk& desk, const Act& act, const ActWords& words) {
    return acted(desk.mark_duplicate(act, records::RequestNumber{words.of}));
}

using privacy::act_of;
using Event = privacy::RequestEventKind;

constexpr std::array kActs{
    RequestAct{act_of(Event::Started), "Plan the notices and let them leave.", ActInput::None, &start},
    RequestAct{act_of(Event::IdentityAsked),
               "Ask who is asking (Art. 12(6)); the clock waits.",
               ActInput::None,
               &plainly<&Desk::ask_identity>},
    RequestAct{act_of(Event::IdentityVerified),
               "The person is who they say they are.",
               ActInput::None,
               &plainly<&Desk::verify_identity>},
    RequestAct{act_of(Event::InfoAsked),
               "The person was asked about the scope: the clock waits and nothing leaves.",
               ActInput::None,
               &plainly<&Desk::pause>},
    RequestAct{act_of(Event::Resumed), "Go on after a pause or a stop.", ActInput::None, &resume},
    RequestAct{act_of(Event::Extended),
               "Take up to two months more, and say why (Art. 12(3)).",
               ActInput::Reason,
               &plainly<&Desk::extend>},
    RequestAct{act_of(Event::Refused),
               "Refuse it with its ground (Art. 17(3), 12(5)), or keep a part of it.",
               ActInput::Kept,
               &refuse},
    RequestAct{act_of(Event::HeldForLaw),
               "Put a legal hold on objects, with its ground and why (Art. 17(3), 12(4)).",
               ActInput::Held,
               &hold},
    RequestAct{act_of(Event::HoldReleased), "End the legal hold on objects.", ActInput::Objects, &release},
    RequestAct{act_of(Event::Withdrawn),
               "The person no longer wants it.",
               ActInput::None,
               &plainly<&Desk::withdraw>},
    RequestAct{
        act_of(Event::Stopped), "Let no further notice leave, and say what has left.", ActInput::None, &stop},
    RequestAct{
        act_of(Event::OriginGone),
        "Your own copy is gone, which nobody can see: your server is shut down for good, or shows it to "
        "no stranger.",
        ActInput::HowKnown,
        &plainly<&Desk::say_origin_gone>},
    RequestAct{act_of(Event::MarkedDuplicate), "It repeats another open request.", ActInput::Of, &duplicate},
    RequestAct{act_of(Event::Answered),
               "The person was told what was done (Art. 12(3)).",
               ActInput::Paper,
               &answered},
    RequestAct{act_of(Event::ClosedFulfilled),
               "Close it: fulfilled, or partly; letters to operators then go on.",
               ActInput::None,
               &plainly<&Desk::close>},
    RequestAct{
        act_of(Event::Woken), "A copy came back: open it again.", ActInput::None, &plainly<&Desk::wake>},
};

bool takes_objects(ActInput input) {
    return input == ActInput::Objects || input == ActInput::Held || input == ActInput::Kept;
}

Result<void> fitting(const RequestAct& what, const ActWords& words) {
    const std::string name{what.name};
    if (!words.objects.empty() && !takes_objects(what.input)) {
        return fail(ErrorKind::Invalid, name + " takes no objects", "Leave them out.");
    }
    if (!words.ground.empty() && what.input != ActInput::Kept && what.input != ActInput::Held) {
        return fail(ErrorKind::Invalid, name + " takes no ground", "Leave it out.");
    }
    if (!words.categories.empty() && what.input != ActInput::Kept) {
        return fail(ErrorKind::Invalid, name + " takes no categories", "Leave them out.");
    }
    if (!words.paper.empty() && what.input != ActInput::Paper) {
        return fail(ErrorKind::Invalid, name + " takes no paper", "Leave it out.");
    }
    if ((words.of != 0) != (what.input == ActInput::Of)) {
        return fail(ErrorKind::Invalid,
                    words.of != 0 ? name + " names no other request" : name + " needs the other request",
                    words.of != 0 ? "Leave it out." : "Name the request that it repeats.");
    }
    if (takes_objects(what.input) && what.input != ActInput::Kept && words.objects.empty()) {
        return fail(ErrorKind::Invalid, name + " needs the objects", "Name each by its URI.");
    }
    return {};
}

}  // namespace

std::span<const RequestAct> request_acts() {
    return kActs;
}

const RequestAct* request_act_named(std::string_view name) {
    const auto* const found =
        std::find_if(kActs.begin(), kActs.end(), [&](const auto& act) { return act.name == name; });
    return found == kActs.end() ? nullptr : found;
}

Result<Acted> perform(const RequestAct& what, Desk& desk, const Act& act, const ActWords& words) {
    if (const auto fits = fitting(what, words); !fits) {
        return fail(fits);
    }
    return what.run(desk, act, words);
}

}  // namespace fedtrail::api
