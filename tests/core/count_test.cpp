#include "fedtrail/core/count.hpp"

#include <catch2/catch.hpp>

using namespace fedtrail;

TEST_CASE("Numbers are written for people", "[core][count]") {
    CHECK(grouped(0) == "0");
    CHECK(grouped(999) == "999");
    CHECK(grouped(1000) == "1 000");
    CHECK(grouped(1234567) == "1 234 567");
}

TEST_CASE("One is a single one, and nothing else is", "[core][count]") {
    CHECK(counted(0, "server") == "0 servers");
    CHECK(counted(1, "server") == "1 server");
    CHECK(counted(1234, "server") == "1 234 servers");
    CHECK(counted(1, "leaf is", "leaves are") == "1 leaf is");
    CHECK(counted(2, "leaf is", "leaves are") == "2 leaves are");
}
