#include "fediverse/fixtures.hpp"

#include "fedtrail/fediverse/activity.hpp"

using namespace fedtrail::fediverse;

TEST_CASE("Every software's documents give the digest written beside them",
          "[fediverse][activity][fixtures]") {
    const auto names = test::fixture_names();
    CHECK(names.size() > 70);
    for (const auto& name : names) {
        CAPTURE(name);
        const auto wanted = test::expected(name).digest;
        const auto read = digest_activity(test::fixture(name));
        REQUIRE(read);
        CHECK(read->type == wanted.type);
        CHECK(read->id.reveal() == wanted.id.reveal());
        CHECK(read->object.reveal() == wanted.object.reveal());
        CHECK(name_of(read->visibility) == name_of(wanted.visibility));
        REQUIRE(read->shares.size() == wanted.shares.size());
        for (std::size_t i = 0; i < wanted.shares.size(); ++i) {
            CAPTURE(i);
            CHECK(read->shares[i].actor.reveal() == wanted.shares[i].actor.reveal());
            CHECK(read->shares[i].username.reveal() == wanted.shares[i].username.reveal());
            CHECK(read->shares[i].categories.bits() == wanted.shares[i].categories.bits());
        }
    }
}
