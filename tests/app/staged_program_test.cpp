// Copies that a restore left which ended before it put anything in its place.

#include <filesystem>
#include <fstream>

#include <catch2/catch.hpp>

#include "app/restore_note.hpp"
#include "backup_place.hpp"

using fedtrail::testing::BackupPlace;
using fedtrail::testing::posts;
namespace fs = std::filesystem;

TEST_CASE("Every copy that has something of a person goes with whoever is shredded",
          "[app][program][set_aside]") {
    const BackupPlace place;
    place.import(posts("alice", 1, 1));
    for (const auto* file : {"vault.db", "ledger.db", "cases.db", "tokens.json"}) {
        std::ofstream{(place.dir / "data" / file).string() + fedtrail::app::kStaged} << "of alice@o.example";
    }
    place.done({"subjects", "shred", "alice@o.example", "--reason", "asked for by letter"});
    for (const auto& entry : fs::recursive_directory_iterator{place.dir / "data"}) {
        CAPTURE(entry.path());
        CHECK(entry.path().extension() != fedtrail::app::kStaged);
    }
}
