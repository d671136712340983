#include "erasure/plan_steps.hpp"

#include <algorithm>
#include <iterator>
#include <tuple>

namespace fedtrail::erasure {

namespace {

using fediverse::CategorySet;
using fediverse::DataCategory;
using fediverse::ObjectForm;
using fediverse::StepKind;

constexpr CategorySet kRelations{
    DataCategory::FollowRelation, DataCategory::Reaction, DataCategory::Boost, DataCategory::Block};
constexpr int kForbidden = 403;

bool share(CategorySet a, CategorySet b) {
    return (a.bits() & b.bits()) != 0;
}

CategorySet without_handle(CategorySet categories) {
    constexpr CategorySet kHandle{DataCategory::Handle};
    return CategorySet{static_cast<std::uint16_t>(categories.bits() & ~kHandle.bits())};
}

void add_objects(std::vector<records::NoticeStep>& steps,
                 std::span<const std::uint32_t> objects,
                 StepKind kind,
                 ObjectForm form,
                 std::uint8_t wave) {
    for (const auto object : objects) {
        steps.push_back(records::NoticeStep{kind, form, wave, object});
    }
}

auto key_of(const records::NoticeStep& step) {
    return std::tuple{step.kind, step.form, step.wave, step.object};
}

}  // namespace

bool ends_with_actor(const fediverse::Dialect& dialect) {
    const auto& known = dialect.known_gone;
    return std::find(known.begin(), known.end(), kForbidden) != known.end();
}

ErasedThing erased_thing(const HeldActivity& held, const std::string& actor) {
    const auto& activity = held.activity.reveal();
    const auto& object = held.object.reveal();
    const auto categories = without_handle(held.categories);
    const bool own_object = !object.empty() && object != activity;
    if (object == actor || activity == actor) {
        return {};
    }
    if (!own_object && share(categories, kRelations)) {
        return activity.empty() ? ErasedThing{} : ErasedThing{Treatment::Undo, &activity};
    }
    if (own_object && !categories.empty() && (categories.bits() & ~kRelations.bits()) == 0) {
        return activity.empty() ? ErasedThing{Treatment::Delete, &object}
                                : ErasedThing{Treatment::Undo, &activity};
    }
    if (categories == CategorySet{DataCategory::Deletion} || object.empty()) {
        return {};
    }
    return own_object || share(categories, kContent) ? ErasedThing{Treatment::Delete, &object}
                                                     : ErasedThing{};
}

StepNeeds step_needs(const fediverse::Dialect& dialect, const StepOccasion& occasion) {
    using fediverse::AccountPlan;
    StepNeeds needs;
    const bool again = dialect.asks_origin && !occasion.origin_gone && !occasion.account_lives;
    if (occasion.scope != records::ScopeKind::Account || occasion.keeps_objects) {
        needs.objects = !occasion.told_by_origin;
        needs.undos = needs.objects;
        needs.objects_again = again;
        needs.listed = occasion.told_by_origin && occasion.scope != records::ScopeKind::Account;
        return needs;
    }
    const bool deaf = occasion.told_by_origin && ends_with_actor(dialect);
    const bool by_actor = dialect.account != AccountPlan::ObjectsOnly;
    // Software that asks the origin did not heed what was sent while the origin still answered.
    needs.actor = by_actor && (!occasion.told_by_origin || (dialect.asks_origin && occasion.origin_gone));
    needs.actor_again = by_actor && again;
    needs.objects = (dialect.account != AccountPlan::ActorOnly || occasion.passes_on) && !deaf;
    needs.objects_again = needs.objects && again;
    needs.undos = dialect.undo_activities && !deaf;
    return needs;
}

std::vector<records::NoticeStep> steps_for(const fediverse::Dialect& dialect,
                                           const StepNeeds& needs,
                                           std::span<const std::uint32_t> deletes,
                                           std::span<const std::uint32_t> undos,
                                           std::span<const std::uint32_t> heard) {
    std::vector<records::NoticeStep> steps;
    if (needs.objects) {
        for (const auto form : dialect.object_forms) {
            add_objects(steps, deletes, StepKind::DeleteObject, form, 1);
        }
    }
    if (needs.undos) {
        add_objects(steps, undos, StepKind::UndoActivity, ObjectForm::Plain, 1);
    }
    if (needs.actor) {
        for (const auto form : dialect.actor_forms) {
            steps.push_back(records::NoticeStep{StepKind::DeleteActor, form, 1, 0});
        }
    }
    if (needs.objects_again) {
        std::vector<std::uint32_t> all;
        std::set_union(deletes.begin(), deletes.end(), heard.begin(), heard.end(), std::back_inserter(all));
        add_objects(steps, all, StepKind::DeleteObject, dialect.object_forms.front(), 2);
    }
    if (needs.actor_again) {
        steps.push_back(records::NoticeStep{StepKind::DeleteActor, dialect.actor_forms.front(), 2, 0});
    }
    return steps;
}

std::vector<records::NoticeStep> steps_after(std::span<const records::NoticeStep> known,
                                             std::size_t behind,
                                             std::span<const records::NoticeStep> wanted) {
    behind = std::min(behind, known.size());
    std::vector<records::NoticeStep> steps(known.begin(),
                                           known.begin() + static_cast<std::ptrdiff_t>(behind));
    auto past = steps;
    const auto before = [](const auto& a, const auto& b) { return key_of(a) < key_of(b); };
    std::sort(past.begin(), past.end(), before);
    for (const auto& step : wanted) {
        if (!std::binary_search(past.begin(), past.end(), step, before)) {
            steps.push_back(step);
        }
    }
    return steps;
}

}  // namespace fedtrail::erasure
