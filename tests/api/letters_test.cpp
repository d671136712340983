#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "api/request_json.hpp"
#include "fakes/notice_book.hpp"
#include "fakes/request_book.hpp"
#include "host.hpp"

using namespace fedtrail;
using namespace fedtrail::testing;

TEST_CASE("Letters of a request are listed without the histories of its notices", "[api][letters]") {
    FakeRequestBook requests;
    FakeNoticeBook notices{requests};
    records::ErasureRequest request;
    request.subject = privacy::SubjectNumber{1};
    request.state = privacy::RequestState::InProgress;
    const auto number = requests.open(request, {})->number;
    std::vector<records::Notice> planned;
    for (const auto* name : {"a.example", "b.example", "c.example", "d.example"}) {
        records::Notice notice;
        notice.request = number;
        notice.subject = request.subject;
        notice.recipient = host(name);
        notice.state = fediverse::NoticeState::Escalated;
        planned.push_back(notice);
    }
    planned.back().state = fediverse::NoticeState::Sent;  // it is told anew: no letter is waited for
    REQUIRE(notices.plan(number, {}, planned));
    NoticeChange change;
    const auto add = [&](std::uint64_t notice, bool handed_over) {
        change.letters.push_back({records::NoticeNumber{notice},
                                  Instant{},
                                  "letter-refused",
                                  "en",
                                  "file",
                                  "<1@o>",
                                  handed_over,
                                  ""});
    };
    add(1, false);
    add(1, true);
    add(2, false);
    add(4, false);
    REQUIRE(notices.apply(change));

    const auto letters = api::letters_of(notices, number);
    REQUIRE(letters);
    REQUIRE(letters->size() == 3);
    CHECK((*letters)[0].recipient == host("a.example"));
    CHECK_FALSE((*letters)[0].waiting);
    CHECK_FALSE((*letters)[1].waiting);
    CHECK((*letters)[2].recipient == host("b.example"));
    CHECK((*letters)[2].waiting);
    CHECK(notices.histories() == 0);
}
