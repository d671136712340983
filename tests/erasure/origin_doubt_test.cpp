// A doubt about the origin's own copy: how long it lasts, and who is told of it.

#include <initializer_list>

#include "erasure/office.hpp"
#include "erasure/origin_word.hpp"

using namespace fedtrail;
using namespace fedtrail::testing;
using erasure::OriginWord;
using privacy::RequestEventKind;

namespace {

/// These happen to a request in progress; it does not count as gone at the origin afterwards.
void happen(Office& office, records::RequestNumber number, std::initializer_list<RequestEventKind> kinds) {
    auto request = *office.requests.request(number);
    for (const auto kind : kinds) {
        records::RequestEvent event;
        event.kind = kind;
        event.state = request.state;
        event.by = "fedtrail";
        const auto recorded = office.requests.record(request, event);
        REQUIRE(recorded);
        request = *recorded;
    }
}

OriginWord word_of(const Office& office, records::RequestNumber number) {
    return erasure::origin_word(*office.requests.request(number), *office.requests.events(number));
}

}  // namespace

TEST_CASE("A doubt about the origin is over once it was seen to be gone", "[erasure][desk][origin]") {
    Office office;
    office.lies(1, {"a.example"});
    const auto number = office.started();
    happen(office, number, {RequestEventKind::OriginGone, RequestEventKind::OriginUnsure});
    CHECK(word_of(office, number) == OriginWord::Unsure);
    // Then it took its Delete back.
    happen(office, number, {RequestEventKind::OriginGone, RequestEventKind::Stopped});
    CHECK(word_of(office, number) == OriginWord::NotSeenGone);
    happen(office, number, {RequestEventKind::OriginUnsure});
    CHECK(word_of(office, number) == OriginWord::Unsure);
}

TEST_CASE("A request says what is known of its origin without its history too", "[erasure][desk][origin]") {
    Office office;
    office.lies(1, {"a.example"});
    const auto number = office.started();
    happen(office, number, {RequestEventKind::OriginGone, RequestEventKind::OriginUnsure});
    const auto row = office.desk.row(number);
    REQUIRE(row);
    CHECK(row->events.empty());
    CHECK(row->origin == OriginWord::Unsure);
    CHECK(office.desk.view(number)->origin == OriginWord::Unsure);
    CHECK(office.desk.list({})->views.front().origin == OriginWord::Unsure);
    CHECK(office.desk.pending({})->views.front().origin == OriginWord::Unsure);

    REQUIRE(office.desk.say_origin_gone(Office::act(number, "its domain is given up")));
    CHECK(office.desk.row(number)->origin == OriginWord::SaidGone);
}
