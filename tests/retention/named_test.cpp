#include "retention/named.hpp"

#include <catch2/catch.hpp>

using namespace fedtrail;

TEST_CASE("A text names a person by handle, address or user name", "[retention]") {
    const SubjectIdentity al{privacy::SubjectNumber{1},
                             *Host::parse("o.example"),
                             Personal<std::string>{"https://o.example/users/Al"},
                             Personal<std::string>{"Al@o.example"}};
    for (const auto* text : {"al asked by letter",
                             "Letter of AL.",
                             "al",
                             "asked: al@O.example",
                             "see https://o.example/users/al/statuses/1",
                             "\"al\" asked"}) {
        CAPTURE(text);
        CHECK(retention::names_person(text, al));
    }
    for (const auto* text : {"", "asked by letter", "also al2 asked", "final", "al_x", "alé", "o.example"}) {
        CAPTURE(text);
        CHECK_FALSE(retention::names_person(text, al));
    }
}
