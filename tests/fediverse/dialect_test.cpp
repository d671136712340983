#include "fedtrail/fediverse/dialect.hpp"

#include <algorithm>

#include <catch2/catch.hpp>

#include "policy_file.hpp"

using namespace fedtrail;
using namespace fedtrail::fediverse;

namespace {

const Dialects& shipped_dialects() {
    static const auto parsed = *Dialects::parse(testing::policy_file("dialects.json"));
    return parsed;
}

using Forms = std::vector<ObjectForm>;

std::string row(const std::string& name, const std::string& software, const std::string& more = {}) {
    return R"({"name":")" + name + R"(","software":[)" + software +
           R"(],"account":"actor_only","actor_forms":["plain"],"object_forms":["plain"],"leaves":"",)"
           R"("difficulty":"erases")" +
           more + "}";
}

std::string document(const std::string& rows) {
    return R"({"format":"fedtrail/dialects/1","dialects":[)" + rows + "]}";
}

}  // namespace

TEST_CASE("Unknown software gets the form that worked everywhere, then the typed one",
          "[fediverse][dialect]") {
    const auto& unknown = shipped_dialects().of("something-new");
    CHECK(unknown.name == "default");
    CHECK(&shipped_dialects().of("") == &unknown);
    CHECK(&shipped_dialects().named("no such row") == &unknown);
    CHECK(unknown.account == AccountPlan::ObjectsFirst);
    CHECK(unknown.actor_forms == Forms{ObjectForm::Plain, ObjectForm::Typed});
    CHECK(unknown.object_forms.front() == ObjectForm::Plain);
    CHECK(unknown.difficulty == "unknown");
}

TEST_CASE("Software is found by any name it goes by, in any case", "[fediverse][dialect]") {
    CHECK(shipped_dialects().of("Mastodon").name == "mastodon");
    CHECK(shipped_dialects().of("hometown").name == "mastodon");
    CHECK(shipped_dialects().of("AKKOMA").name == "pleroma");
    CHECK(shipped_dialects().of("kbin").name == "mbin");
    CHECK(shipped_dialects().of("iceshrimp").name == "misskey-lineage");
    CHECK(shipped_dialects().named("snac").name == "snac");
}

TEST_CASE("A relay of whatever name gets the relays' dialect", "[fediverse][dialect]") {
    for (const auto* name : {"", "activity-relay", "buzzrelay", "activityrelay"}) {
        CAPTURE(name);
        CHECK(shipped_dialects().of(name, true).name == "relay");
        CHECK(shipped_dialects().of(name, true).signed_document);
    }
    CHECK(shipped_dialects().of("mastodon", true).name == "mastodon");
    CHECK(shipped_dialects().of("activity-relay").name == "default");
}

TEST_CASE("What has no facts is not made up", "[fediverse][dialect]") {
    for (const auto* name : {"mobilizon", "writefreely", "hollo", "bookwyrm", "hubzilla"}) {
        CHECK(shipped_dialects().of(name).name == "default");
    }
    for (const auto* name : {"firefish", "threads", "aoderelay", "epicyon"}) {
        CHECK(shipped_dialects().of(name).difficulty == "unknown");
    }
}

TEST_CASE("Lemmy and its like purge nothing without removeData", "[fediverse][dialect]") {
    for (const auto* name : {"lemmy", "mbin", "piefed"}) {
        CAPTURE(name);
        const auto& dialect = shipped_dialects().of(name);
        CHECK(dialect.remove_data);
        CHECK(dialect.passes_on);
        CHECK(dialect.actor_forms == Forms{ObjectForm::Plain});
    }
    for (const auto* name : {"mastodon", "misskey", "gotosocial", "default"}) {
        CHECK_FALSE(shipped_dialects().of(name).remove_data);
    }
}

TEST_CASE("A dialect says whom its messages are addressed to", "[fediverse][dialect]") {
    CHECK(shipped_dialects().of("something-new").audience == Audience::PublicAndFollowers);
    CHECK(shipped_dialects().of("epicyon").audience == Audience::PublicAndFollowers);
    CHECK(shipped_dialects().of("lemmy").audience == Audience::Public);
    const auto refused = Dialects::parse(document(row("default", "", R"(,"audience":"nobody")")));
    REQUIRE_FALSE(refused);
    CHECK(refused.error().what.find("audience") != std::string::npos);
}

TEST_CASE("Pixelfed and Funkwhale throw strings away", "[fediverse][dialect]") {
    const auto& pixelfed = shipped_dialects().of("pixelfed");
    CHECK(pixelfed.actor_forms == Forms{ObjectForm::Typed});
    CHECK(pixelfed.object_forms == Forms{ObjectForm::Tombstone});
    CHECK(pixelfed.shared_inbox == "/f/inbox");
    CHECK_FALSE(pixelfed.personal_inbox);
    CHECK(pixelfed.difficulty == "hides");
    CHECK(shipped_dialects().of("funkwhale").actor_forms == Forms{ObjectForm::Typed});
    CHECK(shipped_dialects().of("funkwhale").object_forms == Forms{ObjectForm::Typed});
}

TEST_CASE("Servers that ignore Delete(actor) get a Delete for each object", "[fediverse][dialect]") {
    for (const auto* name : {"snac", "nodebb", "epicyon"}) {
        CAPTURE(name);
        const auto& dialect = shipped_dialects().of(name);
        CHECK(dialect.account == AccountPlan::ObjectsOnly);
        // A Tombstone is ignored by Epicyon and only hides in NodeBB.
        CHECK(dialect.object_forms == Forms{ObjectForm::Plain});
        CHECK(dialect.undo_activities);
        CHECK_FALSE(dialect.leaves.empty());
        // snac drops what comes once the actor is gone; NodeBB would find the origin's Tombstone.
        CHECK_FALSE(dialect.asks_origin);
    }
}

TEST_CASE("PeerTube gets the actor's Delete alone, GoToSocial last", "[fediverse][dialect]") {
    CHECK(shipped_dialects().of("peertube").account == AccountPlan::ActorOnly);
    const auto& gotosocial = shipped_dialects().of("gotosocial");
    CHECK(gotosocial.account == AccountPlan::ObjectsFirst);
    CHECK(gotosocial.known_gone == std::vector<int>{403, 410});
    CHECK(gotosocial.difficulty == "erases_in_part");
}

TEST_CASE("NodeBB answers 400 for a bad signature too, so it says nothing", "[fediverse][dialect]") {
    for (const auto& dialect : shipped_dialects().all()) {
        if (dialect.name != "gotosocial") {
            CAPTURE(dialect.name);
            CHECK(dialect.known_gone.empty());
        }
    }
}

TEST_CASE("Only what asks the origin gets a second wave", "[fediverse][dialect]") {
    std::vector<std::string> asking;
    for (const auto& dialect : shipped_dialects().all()) {
        if (dialect.asks_origin) {
            asking.push_back(dialect.name);
        }
    }
    CHECK(asking == std::vector<std::string>{"misskey", "misskey-lineage", "wordpress"});
    CHECK(shipped_dialects().of("wordpress").account == AccountPlan::ObjectsFirst);
}

TEST_CASE("Documents are signed for those who hand them on by themselves", "[fediverse][dialect]") {
    for (const auto* name : {"mastodon", "friendica", "aoderelay"}) {
        CHECK(shipped_dialects().of(name).signed_document);
    }
    // GoToSocial drops what is forwarded; Lemmy wraps it in an Announce of its own.
    CHECK_FALSE(shipped_dialects().of("gotosocial").signed_document);
    CHECK_FALSE(shipped_dialects().of("lemmy").signed_document);
}

TEST_CASE("A dialect that is not whole names its row", "[fediverse][dialect]") {
    REQUIRE(Dialects::parse(document(row("default", "") + "," + row("a", R"("A")"))));
    const auto refused = [](const std::string& json) {
        const auto parsed = Dialects::parse(json);
        REQUIRE_FALSE(parsed);
        CHECK(parsed.error().kind == ErrorKind::Invalid);
        return parsed.error().what;
    };
    CHECK_THAT(refused("{"), Catch::Contains("fedtrail/dialects/1"));
    CHECK_THAT(refused(R"({"format":"fedtrail/dialects/2","dialects":[]})"), Catch::Contains("format"));
    CHECK_THAT(refused(document("")), Catch::Contains("no rows"));
    CHECK_THAT(refused(document(row("a", R"("a")"))), Catch::Contains("must be the first"));
    CHECK_THAT(refused(document(row("default", "") + "," + row("a", R"("x")") + "," + row("b", R"("X")"))),
               Catch::Contains("b: ") && Catch::Contains("\"a\""));
    CHECK_THAT(refused(document(row("default", "") + "," + row("default", ""))),
               Catch::Contains("\"default\""));
    CHECK_THAT(refused(document(R"({"name":"default"})")), Catch::Contains("default: "));
    CHECK_THAT(refused(document(row("default", "", R"(,"account":"some_way")"))),
               Catch::Contains("some_way"));
    CHECK_THAT(refused(document(row("default", "", R"(,"actor_forms":[])"))), Catch::Contains("is empty"));
    CHECK_THAT(refused(document(row("default", "", R"(,"known_gone":"410")"))), Catch::Contains("default"));
}
