/// What the house does when the disk, a file or a name in the settings is not as it should be.

#include <utility>

#include <spdlog/spdlog.h>

#include "fedtrail/core/count.hpp"

#include "app/files.hpp"
#include "app/house.hpp"
#include "app/stores.hpp"
#include "app/unnamed_origins.hpp"
#include "backends/sqlite/ledger_store.hpp"
#include "backends/sqlite/unsure.hpp"

namespace fedtrail::app {

namespace fs = std::filesystem;

namespace {

/// Without traffic nothing shows that the ledger recovered: after so long without a failure it counts as
/// such, if there can be written beside it.
constexpr std::chrono::seconds kQuietAfterFailure{30};
/// Below this SQLite cannot recover: the ballast goes.
constexpr std::uint64_t kTooLittle = std::uint64_t{1024} * 1024;
/// Below this, with the ballast gone, the next commit fails.
constexpr std::uint64_t kNoRoom = std::uint64_t{64} * 1024;

constexpr std::string_view kMendRows =
    "Stop the sidecar and run `fedtrail doctor`: it says whether `fedtrail doctor --rebuild` mends it, or a "
    "backup.";

fs::path failure_mark(const Config& config) {
    return config.data_dir / "verify-at-start";
}

}  // namespace

/// After a write whose fate the disk did not tell, the stores are read through before they are used again.
Result<void> House::verify_after_failure() {
    std::error_code ignored;
    if (!fs::exists(failure_mark(config_), ignored)) {
        return {};
    }
    spdlog::warn("the last run could not trust the disk: checking vault and ledger first");
    const auto room = open_reading_room(config_, session_.environment);
    if (!room) {
        return fail(room);
    }
    const auto vault = room->vault->check();
    const auto ledger = sqlite::check_ledger(config_.store, *room->vault);
    if (!vault || !ledger) {
        return !vault ? Result<void>{fail(vault)} : Result<void>{fail(ledger)};
    }
    const auto faults = vault->faults.size() + ledger->faults.size();
    if (faults > 0) {
        return fail(ErrorKind::Corrupt,
                    "vault and ledger have " + counted(faults, "fault") + " after a failed write",
                    "Run `fedtrail doctor`, and restore the last backup (`fedtrail restore`).");
    }
    fs::remove(failure_mark(config_), ignored);
    return {};
}

capture::RecorderEvents House::recorder_events() {
    capture::RecorderEvents events;
    events.commit_failed = [this](const Error& error) { commit_failed(error); };
    events.fold_failed = [this](const Error& error) {
        spdlog::error("packing the journal failed: {}", error.what);
        if (error.kind == ErrorKind::Corrupt && !sqlite::disk_is_unsure()) {
            damage_met(error);  // what is damaged leaves the journal no more
        }
    };
    events.damage_met = [this](const Error& error) { damage_met(error); };
    events.folded = [](const FoldSummary& summary) {
        if (summary.activities > 0) {
            spdlog::debug("packed {}, {}",
                          counted(summary.activities, "activity", "activities"),
                          counted(summary.observations, "observation"));
        }
    };
    return events;
}

/// From the thread that writes.
void House::commit_failed(const Error& error) {
    if (!failing_.exchange(true)) {
        spdlog::error("the ledger cannot be written: {}. {}", error.what, error.remedy);
    }
    if (error.kind == ErrorKind::Corrupt) {
        distrust_disk();
    }
    if (free_octets(config_.data_dir) < kTooLittle && ballast_.release()) {
        spdlog::warn("the disk is full: {} was given up, make room soon", ballast_.file().string());
    }
}

/// The end is near: housekeeping() tells it.
void House::distrust_disk() {
    if (!broken_.exchange(true) && !replace_file(failure_mark(config_), "an earlier write failed\n")) {
        spdlog::error("{} cannot be written either", failure_mark(config_).string());
    }
}

/// From the thread that writes. No quiet time mends it: it stands until the start after the repair.
void House::damage_met(const Error& error) {
    if (sqlite::disk_is_unsure()) {  // and no row is known to be damaged
        spdlog::error("{}. {}", error.what, error.remedy);
        return;
    }
    if (!damaged_.exchange(true)) {
        spdlog::error("rows about a person are damaged, and deliveries of theirs are held: {}. {}",
                      error.what,
                      kMendRows);
    }
}

void House::mind_ballast() {
    const auto room = free_octets(config_.data_dir);
    if (room < kTooLittle) {
        if (ballast_.release()) {
            spdlog::warn("the disk is full: {} was given up, make room soon", ballast_.file().string());
        }
        return;
    }
    if (ballast_.held() >= ballast_.wanted()) {
        return;
    }
    if (const auto kept = ballast_.keep(); kept && *kept) {
        spdlog::info("{} is kept again", ballast_.file().string());
    }
}

/// What is written into a deleted file is lost with this process: nothing is, and somebody must hear of it.
void House::mind_stores() {
    const auto kept = stores_->in_place();
    if (!kept && !std::exchange(stores_missed_, true)) {
        spdlog::error("{}: nothing is written into it. {}", kept.error().what, kept.error().remedy);
    } else if (kept && std::exchange(stores_missed_, false)) {
        spdlog::info("every store is in its place again");
    }
}

Result<void> House::has_room() const {
    for (const auto& folder : {config_.data_dir, config_.store.parent_path()}) {
        if (ballast_.held() == 0 && free_octets(folder) < kNoRoom) {
            return fail(ErrorKind::Unavailable,
                        "the disk of " + folder.string() + " is full",
                        "Make room; what was held is sent again by most server software.");
        }
    }
    return {};
}

void House::note_unnamed_origins(const capture::RecorderFigures& counted) {
    for (const auto& [host, count] : unnamed_origins(counted, config_.origins)) {
        if (told_origins_.insert(host).second) {
            spdlog::warn(
                "deliveries of people at {} leave unrecorded, since no [[origin]] names it. If it is yours, "
                "put it into that origin's aliases",
                host);
        }
    }
}

bool House::housekeeping() {
    if (sqlite::disk_is_unsure()) {  // whichever store it was
        distrust_disk();
    }
    mind_ballast();
    mind_stores();
    rules_keeper_->look(folders_);
    note_rules();
    const auto counted = books_->figures();
    const auto now = Flow::SteadyInstant::clock::now();
    flow_.sample(now, counted.recorded);
    note_unnamed_origins(counted);
    if (counted.failed_groups > last_seen_.failed_groups) {
        last_failure_ = now;
    } else if (failing_ && (counted.groups > last_seen_.groups ||
                            (now - last_failure_ > kQuietAfterFailure && !stores_missed_ &&
                             can_be_written(config_.store.parent_path())))) {
        failing_ = false;
        spdlog::info("the ledger can be written again");
    }
    last_seen_ = counted;
    return !broken_;
}

Result<void> House::ready() const {
    if (auto there = stores_->in_place(); !there) {
        return there;  // first: it says which file, where the others say what came of it
    }
    if (failing_) {
        return fail(ErrorKind::Unavailable, "the ledger cannot be written", "Run `fedtrail doctor`.");
    }
    if (damaged_) {
        return fail(ErrorKind::Unavailable,
                    "rows about a person are damaged, and deliveries of theirs are held",
                    std::string{kMendRows});
    }
    if (auto room = has_room(); !room) {
        return room;
    }
    const auto totals = books_->ledger().totals();
    return totals ? Result<void>{} : Result<void>{fail(totals)};
}

}  // namespace fedtrail::app
