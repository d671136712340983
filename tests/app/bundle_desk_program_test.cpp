/// Bundles that are made while something else happens to the log.

#include <chrono>
#include <memory>
#include <optional>
#include <sstream>

#include <catch2/catch.hpp>

#include "app/bundle_desk.hpp"
#include "app/case_room.hpp"
#include "app/log_room.hpp"
#include "program.hpp"
#include "temp_dir.hpp"

using namespace std::chrono_literals;
using fedtrail::ErrorKind;
using fedtrail::Result;
using fedtrail::app::BundleDesk;
using fedtrail::app::LogRoom;
using fedtrail::testing::Program;
using fedtrail::testing::TempDir;

namespace {

/// A log with a leaf of its own, and desks that make bundles of everything.
struct DeskPlace {
    TempDir dir;
    fedtrail::app::SystemClock clock;
    fedtrail::app::Config config;
    fedtrail::api::BundleOrder order;

    DeskPlace() {
        Program program{dir.path()};
        program.variables = {{"FEDTRAIL_LEDGER_BALLAST", "1MiB"}};
        REQUIRE(program.run({"init", "--origin", "o.example"}).exit == 0);
        program.write(
            "in.ndjson",
            R"({"at":"2026-01-01T10:00:00Z","channel":"push","origin":"o.example","recipient":"a.example",)"
            R"("outcome":{"kind":"accepted","status":202},"digest":{"actor":"https://o.example/users/anna",)"
            R"("id":"https://o.example/a/1","object":"https://o.example/o/1","type":"Create",)"
            R"("categories":["post_text"],"visibility":"public"}})"
            "\n");
        REQUIRE(program.run({"import", "ndjson", "in.ndjson"}).exit == 0);
        auto loaded = fedtrail::app::load_config(dir.path() / "fedtrail.toml", {});
        REQUIRE(loaded);
        config = *std::move(loaded);
        order.scope = fedtrail::audit::Everything{};
        order.level = fedtrail::audit::Level::Pseudonymised;
        order.language = "en";
        order.by = "cli";
        order.why = "audit";
        happen();
    }
    [[nodiscard]] fedtrail::app::CaseRoom rooms() const {
        auto opened = fedtrail::app::open_case_room(
            config, {FEDTRAIL_SOURCE_DIR "/policies", FEDTRAIL_SOURCE_DIR "/schemas"}, {});
        REQUIRE(opened);
        return *std::move(opened);
    }
    [[nodiscard]] std::unique_ptr<BundleDesk> desk() const {
        auto opened = BundleDesk::open(rooms(), 5ms);
        REQUIRE(opened);
        return *std::move(opened);
    }
    [[nodiscard]] Result<fedtrail::audit::Exported> written(
        BundleDesk& desk, const fedtrail::audit::Progress& progress = {}) const {
        std::stringstream file;
        return desk.write(
            order, [](auto /*about*/) {}, file, progress);
    }
    /// Something that the log has of its own, as when policies are read again.
    void happen() const {
        const auto rooms = this->rooms();
        const auto log = LogRoom::open(config, clock, *rooms.reading.cipher);
        REQUIRE(log);
        REQUIRE((*log)->log().append(fedtrail::records::LeafRecord{
            clock.now(), fedtrail::records::RetentionRunLeaf{{}, {{"look", 1}}}}));
    }
    [[nodiscard]] bool has_export() const {
        const auto rooms = this->rooms();
        const auto log = LogRoom::open(config, clock, *rooms.reading.cipher);
        REQUIRE(log);
        const auto last = (*log)->log().last_event(fedtrail::records::LeafKind::Export);
        REQUIRE(last);
        return last->has_value();
    }
};

}  // namespace

TEST_CASE("Of two bundles at once the second waits, and leaves nothing if it waits in vain",
          "[app][program][audit][desk]") {
    const DeskPlace place;
    const auto first = place.desk();
    const auto second = place.desk();
    const auto made = place.written(*first);
    INFO((made ? "" : made.error().what));
    REQUIRE(made);
    const auto refused = place.written(*second);  // the first is not noted yet
    REQUIRE_FALSE(refused);
    CHECK(refused.error().kind == ErrorKind::Unavailable);
    REQUIRE(first->note(place.order, *made, {}));
    const auto other = place.written(*second);
    REQUIRE(other);
    CHECK(second->note(place.order, *other, {}));
}

TEST_CASE("A bundle during which the log grew leaves no leaf of itself", "[app][program][audit][desk]") {
    const DeskPlace place;
    const auto desk = place.desk();
    bool grown = false;
    const auto refused = place.written(*desk, [&](auto /*done*/, auto /*all*/) {
        if (!grown) {
            place.happen();
        }
        grown = true;
    });
    REQUIRE(grown);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().kind == ErrorKind::Conflict);
    CHECK_FALSE(place.has_export());
    CHECK(place.written(*desk));
    CHECK(place.has_export());
}
