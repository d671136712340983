#include "erasure/transition.hpp"

#include <string>

#include <catch2/catch.hpp>

#include "fakes/request_book.hpp"

using namespace fedtrail;
using privacy::RequestEventKind;
using privacy::RequestState;

namespace {

records::ErasureRequest opened(RequestBook& book) {
    return *book.open(records::ErasureRequest{}, records::RequestEvent{});
}

records::RequestEvent event(RequestEventKind kind) {
    records::RequestEvent made;
    made.kind = kind;
    made.by = "cli";
    return made;
}

}  // namespace

TEST_CASE("An event moves the request and is remembered with the state after it", "[erasure][transition]") {
    testing::FakeRequestBook book;
    const auto request = opened(book);
    const auto started = erasure::record_event(book,
                                               request.number,
                                               event(RequestEventKind::Started),
                                               [](records::ErasureRequest& changed) -> Result<void> {
                                                   changed.extended = true;
                                                   return {};
                                               });
    REQUIRE(started);
    CHECK(started->state == RequestState::InProgress);
    CHECK(started->extended);
    CHECK(started->version == 2);
    CHECK(book.events(request.number)->back().state == RequestState::InProgress);
}

TEST_CASE("An event out of place changes nothing", "[erasure][transition]") {
    testing::FakeRequestBook book;
    const auto request = opened(book);
    const auto denied = erasure::record_event(book, request.number, event(RequestEventKind::ClosedFulfilled));
    REQUIRE_FALSE(denied);
    CHECK(denied.error().kind == ErrorKind::Denied);
    CHECK(book.events(request.number)->size() == 1);
}

TEST_CASE("Where somebody was faster, the event is judged anew", "[erasure][transition]") {
    testing::FakeRequestBook book;
    const auto request = opened(book);
    bool first = true;
    book.before_record = [&] {
        if (first) {
            first = false;
            REQUIRE(erasure::record_event(book, request.number, event(RequestEventKind::Withdrawn)));
        }
    };
    const auto late = erasure::record_event(book, request.number, event(RequestEventKind::Started));
    REQUIRE_FALSE(late);
    CHECK(late.error().kind == ErrorKind::Denied);
    CHECK(book.request(request.number)->state == RequestState::Withdrawn);
}

TEST_CASE("Whoever is always overtaken gives up", "[erasure][transition]") {
    testing::FakeRequestBook book;
    const auto request = opened(book);
    int calls = 0;
    book.before_record = [&] {
        if (++calls % 2 == 1) {  // the calls of the overtaker come in between
            REQUIRE(erasure::record_event(book, request.number, event(RequestEventKind::Answered)));
        }
    };
    const auto late = erasure::record_event(book, request.number, event(RequestEventKind::Extended));
    REQUIRE_FALSE(late);
    CHECK(late.error().kind == ErrorKind::Conflict);
    CHECK(calls == 10);
}

TEST_CASE("A reason has an end", "[erasure][transition]") {
    testing::FakeRequestBook book;
    const auto request = opened(book);
    auto long_one = event(RequestEventKind::Started);
    long_one.reason = std::string(2'001, 'x');
    CHECK(erasure::record_event(book, request.number, long_one).error().kind == ErrorKind::Invalid);
    CHECK(erasure::record_event(book, records::RequestNumber{7}, event(RequestEventKind::Started))
              .error()
              .kind == ErrorKind::NotFound);
}
