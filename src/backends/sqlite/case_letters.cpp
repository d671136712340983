/// Letters to operators, found among the evidence without the rest of it.

#include <utility>

#include "backends/sqlite/case_notice_code.hpp"
#include "backends/sqlite/case_notices.hpp"
#include "backends/sqlite/row_values.hpp"

namespace fedtrail::sqlite {

namespace {

/// The condition on the content is spelled as in the index that finds them
/// (schemas/sqlite/cases/0009_letters_and_looks.sql).
std::string letters_question(const LetterFilter& filter) {
    std::string sql{
        "SELECT n.number, n.request, n.recipient, n.state, e.place, e.content FROM notice n "
        "CROSS JOIN evidence e INDEXED BY evidence_letter "
        "ON e.notice = n.number AND substr(e.content, 1, 2) = x'0102' WHERE 1"};
    sql += filter.request ? " AND n.request = :request" : "";
    sql += filter.recipient ? " AND n.recipient = :recipient" : "";
    return sql + " ORDER BY n.number, e.place";
}

Result<LetterOfNotice> letter_in(SQLite::Statement& row) {
    const auto number = row.getColumn(0).getInt64();
    const auto state = row.getColumn(3).getInt64();
    auto host = Host::parse(row.getColumn(2).getText());
    if (!host || state < 0 || state > static_cast<std::int64_t>(fediverse::NoticeState::Disproportionate)) {
        return damaged("notice");
    }
    const auto place = place_of("evidence", {number, row.getColumn(4).getInt64()});
    const auto content = unstamped(place, blob_of(row.getColumn(5)));
    NoticeHistory found;
    const auto read =
        content ? decode_evidence(*content, records::NoticeNumber{static_cast<std::uint64_t>(number)}, found)
                : Result<void>{fail(content)};
    if (!read) {
        return fail(read);
    }
    if (found.letters.empty()) {
        return damaged(place);
    }
    return LetterOfNotice{records::RequestNumber{static_cast<std::uint64_t>(row.getColumn(1).getInt64())},
                          std::move(*host),
                          static_cast<fediverse::NoticeState>(state),
                          std::move(found.letters.front())};
}

}  // namespace

Result<std::vector<LetterOfNotice>> read_letters(Statements& statements, const LetterFilter& filter) {
    auto& row = statements.get(letters_question(filter));
    if (filter.request) {
        row.bind(":request", static_cast<std::int64_t>(filter.request->get()));
    }
    if (filter.recipient) {
        row.bind(":recipient", filter.recipient->text());
    }
    std::vector<LetterOfNotice> letters;
    while (row.executeStep()) {
        auto letter = letter_in(row);
        if (!letter) {
            return fail(letter);
        }
        letters.push_back(std::move(*letter));
    }
    return letters;
}

}  // namespace fedtrail::sqlite
