/// Letters to operators among the evidence, and looks that are due past those who are looked at already.

#include <chrono>

#include <SQLiteCpp/SQLiteCpp.h>
#include <catch2/catch.hpp>

#include "backends/sqlite/case_shelf.hpp"

using namespace fedtrail;  // NOLINT(google-build-using-namespace): a test of one room
using namespace fedtrail::testing;
using fediverse::NoticeState;

namespace {

records::NoticeLetter letter(records::NoticeNumber notice, std::int64_t seconds, bool handed_over) {
    return {notice, at(seconds), "letter-refused", "en", "smtp", "<7-1@o.example>", handed_over, ""};
}

/// "recipient state seconds", in the order of the answer.
Names lines(const Result<std::vector<LetterOfNotice>>& letters) {
    REQUIRE(letters);
    Names all;
    for (const auto& one : *letters) {
        const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(one.letter.at - at(0)).count();
        all.push_back(one.recipient.text() + " " + std::string{fediverse::name_of(one.state)} + " " +
                      std::to_string(seconds) + (one.letter.handed_over ? " sent" : ""));
    }
    return all;
}

}  // namespace

TEMPLATE_TEST_CASE("Letters are found by request and by recipient",
                   "[cases][letters]",
                   SqliteShelf,
                   FakeShelf) {
    TestType shelf;
    const auto one = started(shelf.requests(), 7);
    const auto two = started(shelf.requests(), 8);
    REQUIRE(shelf.notices().plan(
        one.number, {}, std::vector{notice_to(one, "a.example"), notice_to(one, "b.example")}));
    REQUIRE(shelf.notices().plan(two.number, {}, std::vector{notice_to(two, "a.example")}));
    const auto notices = *shelf.notices().notices(NoticeFilter{});
    REQUIRE(notices.size() == 3);
    NoticeChange change;
    for (const auto& notice : notices) {
        change.attempts.push_back({notice.number, 0, at(1), {}, 202, "cavage", "2"});
        change.looks.push_back({notice.number, at(2), "x", fediverse::Presence::Present, 200});
    }
    change.letters = {letter(notices[2].number, 9, true),
                      letter(notices[0].number, 5, false),
                      letter(notices[0].number, 6, true)};
    change.notices = {notices[0]};
    change.notices[0].state = NoticeState::Escalated;
    REQUIRE(shelf.notices().apply(change));
    shelf.reopen();

    const Names of_one{"a.example escalated 5", "a.example escalated 6 sent"};
    const Names of_two{"a.example planned 9 sent"};
    CHECK(lines(shelf.notices().letters({one.number, std::nullopt})) == of_one);
    CHECK(lines(shelf.notices().letters({two.number, std::nullopt})) == of_two);
    CHECK(lines(shelf.notices().letters({std::nullopt, host("a.example")})) ==
          Names{of_one[0], of_one[1], of_two[0]});
    CHECK(lines(shelf.notices().letters({two.number, host("a.example")})) == of_two);
    CHECK(lines(shelf.notices().letters({std::nullopt, host("b.example")})).empty());
}

TEST_CASE("A letter that is damaged is said to be", "[cases][letters]") {
    SqliteShelf shelf;
    const auto request = started(shelf.requests(), 7);
    REQUIRE(shelf.notices().plan(request.number, {}, std::vector{notice_to(request, "a.example")}));
    NoticeChange change;
    change.letters = {letter(records::NoticeNumber{1}, 5, true)};
    REQUIRE(shelf.notices().apply(change));
    SQLite::Database database{shelf.file().string(), SQLite::OPEN_READWRITE};
    database.exec(
        "UPDATE evidence SET content = CAST(substr(content, 1, 4) || x'ff' || substr(content, 6) AS BLOB)");
    const auto read = shelf.notices().letters({request.number, std::nullopt});
    REQUIRE_FALSE(read);
    CHECK(read.error().kind == ErrorKind::Corrupt);
}

TEST_CASE("Due looks are found past a busy server without its rows", "[cases]") {
    SqliteShelf shelf;
    const auto request = started(shelf.requests(), 7);
    REQUIRE(shelf.notices().plan(request.number, {}, std::vector{notice_to(request, "a.example")}));
    SQLite::Database database{shelf.file().string(), SQLite::OPEN_READONLY};
    SQLite::Statement columns{database, "SELECT group_concat(name) FROM pragma_index_info('notice_look')"};
    REQUIRE(columns.executeStep());
    CHECK(columns.getColumn(0).getString() == "next_look_at,number,recipient");
}
