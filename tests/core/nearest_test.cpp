#include "fedtrail/core/nearest.hpp"

#include <vector>

#include <catch2/catch.hpp>

TEST_CASE("The edit distance counts swaps as one", "[nearest]") {
    CHECK(fedtrail::edit_distance("listen", "listen") == 0);
    CHECK(fedtrail::edit_distance("listen", "litsen") == 1);
    CHECK(fedtrail::edit_distance("listen", "listn") == 1);
    CHECK(fedtrail::edit_distance("", "abc") == 3);
    const std::vector<std::string> known{"mastodon", "misskey"};
    CHECK(fedtrail::nearest("mastadon", known) == "mastodon");
    CHECK_FALSE(fedtrail::nearest("wordpress", known).has_value());
    CHECK(fedtrail::did_you_mean("wordpress", known) == "Known are: mastodon, misskey.");
}
