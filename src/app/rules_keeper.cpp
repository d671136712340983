#include "app/rules_keeper.hpp"

#include <utility>

#include <sys/stat.h>

namespace fedtrail::app {

RulesKeeper::Stamp RulesKeeper::stamp_of(const std::filesystem::path& file) {
    struct stat found {};
    if (::stat(file.c_str(), &found) != 0) {
        return {file};
    }
    constexpr std::int64_t kSecond = 1'000'000'000;
    return {file,
            std::int64_t{found.st_ctim.tv_sec} * kSecond + found.st_ctim.tv_nsec,
            std::uint64_t{found.st_ino},
            std::int64_t{found.st_size}};
}

RulesPlace RulesKeeper::place_now(const PolicyFolders& folders) const {
    auto place = rules_place(config_, folders);
    const auto before = state().place;
    return loaded_ && !before.shipped && place.shipped ? before : place;
}

Result<void> RulesKeeper::load(const PolicyFolders& folders) {
    const auto place = place_now(folders);
    seen_ = stamp_of(place.file);  // before it is read: what comes between is another one
    auto text = read_rules(place.file);
    auto rules = text ? make_rules(*text, place.file, folders) : fail(text);
    auto next = state();
    if (rules) {
        rules_.use(*rules, clock_.now());
        next = {place, std::make_shared<const std::string>(std::move(*text)), std::nullopt};
        loaded_ = true;
    } else {
        next.refused = rules.error();
    }
    {
        const std::scoped_lock held{lock_};
        state_ = next;
    }
    if (told_) {
        told_(next);
    }
    return rules ? Result<void>{} : Result<void>{fail(rules)};
}

void RulesKeeper::look(const PolicyFolders& folders) {
    if (stamp_of(place_now(folders).file) != seen_) {
        static_cast<void>(load(folders));  // told
    }
}

RulesKeeper::State RulesKeeper::state() const {
    const std::scoped_lock held{lock_};
    return state_;
}

}  // namespace fedtrail::app
