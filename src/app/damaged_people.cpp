#include "app/damaged_people.hpp"

#include <spdlog/spdlog.h>

namespace fedtrail::app {

void DamagedPeople::note(privacy::SubjectNumber who, const Error& error) {
    {
        const std::lock_guard held{guard_};
        if (people_.size() >= kMost || !people_.insert(who).second) {
            return;
        }
    }
    told_(who, error);
}

std::size_t DamagedPeople::count() const {
    const std::lock_guard held{guard_};
    return people_.size();
}

DamagedPeople::Told damage_in_log() {
    return [](privacy::SubjectNumber who, const Error& error) {
        spdlog::error(
            "erasure: rows or the key of subject {} are damaged, and what cannot be read of theirs waits: "
            "{}. {}",
            who.get(),
            error.what,
            error.remedy);
    };
}

}  // namespace fedtrail::app
