#include "erasure/state_tables.hpp"

#include <fstream>
#include <sstream>

#include <catch2/catch.hpp>

using namespace fedtrail::testing;

TEST_CASE("The tables in the document are the code's", "[erasure][docs]") {
    std::ifstream file{life_of_an_erasure()};
    std::ostringstream text;
    text << file.rdbuf();
    // If this fails, look at what changed and run build/dev/tests/erasure/write_state_tables.
    CHECK(with_state_tables(text.str()) == text.str());
}

TEST_CASE("A document that lost a marker is not taken for one that is up to date", "[erasure][docs]") {
    CHECK(with_state_tables("nothing").empty());
    CHECK(with_state_tables("<!-- end of requests --><!-- requests: made from the code -->\n").empty());
}
