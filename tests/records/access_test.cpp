#include "fedtrail/records/access.hpp"

#include <catch2/catch.hpp>

using fedtrail::records::because_of_request;
using fedtrail::records::kMaxReason;
using fedtrail::records::parse_reason;
using fedtrail::records::request_in_reason;

TEST_CASE("The reason that a request is, is known again", "[records]") {
    CHECK(because_of_request(7) == "request 7");
    CHECK(request_in_reason(because_of_request(7)) == 7);
    for (const auto* other :
         {"", "request", "request ", "request 0", "request 7a", "request 7 of May", "Request 7"}) {
        CAPTURE(other);
        CHECK_FALSE(request_in_reason(other));
    }
}

TEST_CASE("A reason is one line of bounded text, without the blanks around it", "[records]") {
    CHECK(parse_reason("  complaint of 3 May\t") == "complaint of 3 May");
    CHECK(parse_reason("naïve – wörds") == "naïve – wörds");
    CHECK(parse_reason("")->empty());
    CHECK(parse_reason(" \t ")->empty());
    CHECK(parse_reason(std::string(kMaxReason, 'x')));
    CHECK_FALSE(parse_reason(std::string(kMaxReason + 1, 'x')));
    CHECK_FALSE(parse_reason("two\nlines"));
    CHECK_FALSE(parse_reason(std::string_view{"a\0b", 3}));
    CHECK_FALSE(parse_reason("\x1b[2J"));
    CHECK_FALSE(parse_reason("del\x7f"));
    CHECK_FALSE(parse_reason("\xff"));
}
