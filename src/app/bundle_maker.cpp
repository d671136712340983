#include "app/bundle_maker.hpp"

#include <spdlog/spdlog.h>

#include "app/bundle_desk.hpp"
#include "app/scratch_file.hpp"

namespace fedtrail::app {

namespace {

Result<api::MadeBundle> make_bundle_once(BundleDesk& desk,
                                         const api::BundleOrder& order,
                                         const BundleDesk::Fold& fold,
                                         const std::filesystem::path& scratch) {
    auto file = ScratchFile::make(scratch);
    if (!file) {
        return fail(file);
    }
    const auto made = desk.write(order, fold, file->stream());
    if (!made) {
        return fail(made);
    }
    if (auto finished = file->finish(); !finished) {
        return fail(finished);
    }
    const auto sha256 = digest_of(file->stream());
    if (!sha256) {
        return fail(sha256);
    }
    if (auto noted = desk.note(order, *made, *sha256); !noted) {
        return fail(noted);
    }
    return api::MadeBundle{file->give_out(), *sha256};
}

}  // namespace

Result<api::MadeBundle> BundleMaker::make(const api::BundleOrder& order) {
    const std::unique_lock held{making_, std::try_to_lock};
    if (!held) {
        return fail(ErrorKind::Conflict, "a bundle is made already", "Wait until that has ended.");
    }
    auto rooms = open_case_room(ports_.config, folders_, ports_.environment);
    const auto desk = rooms ? BundleDesk::open(*std::move(rooms)) : fail(rooms);
    if (!desk) {
        return fail(desk);
    }
    const auto fold = [this](std::optional<privacy::SubjectNumber> about) {
        if (const auto folded = ports_.folder.fold_settled(about); !folded) {
            spdlog::warn("a bundle lacks what was recorded last: {}", folded.error().what);
        }
    };
    auto made = make_bundle_once(**desk, order, fold, scratch_);
    for (int turn = 1; turn < BundleDesk::kTurns && !made && made.error().kind == ErrorKind::Conflict;
         ++turn) {
        made = make_bundle_once(**desk, order, fold, scratch_);
    }
    return made;
}

}  // namespace fedtrail::app
