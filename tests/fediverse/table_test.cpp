// docs/activities.md is the rule for people, src/fediverse/type_rule.cpp the same for the machine.

#include <algorithm>
#include <map>
#include <set>

#include "fediverse/fixtures.hpp"
#include "fediverse/type_rule.hpp"

using namespace fedtrail::fediverse;

namespace {

using Row = std::vector<std::string>;

std::string trimmed(const std::string& text) {
    const auto first = text.find_first_not_of(" `");
    return first == std::string::npos ? "" : text.substr(first, text.find_last_not_of(" `") + 1 - first);
}

Row cells_of(const std::string& line) {
    Row row;
    std::istringstream rest{line.substr(1)};
    for (std::string cell; std::getline(rest, cell, '|');) {
        row.push_back(trimmed(cell));
    }
    return row;
}

/// The rows of the table whose first heading is `heading`.
std::vector<Row> table(const std::string& heading) {
    const auto page = test::text_of_file(std::filesystem::path{FEDTRAIL_SOURCE_DIR} / "docs/activities.md");
    std::istringstream lines{page};
    std::vector<Row> rows;
    bool inside = false;
    for (std::string line; std::getline(lines, line);) {
        if (line.rfind("| " + heading + " |", 0) == 0) {
            inside = true;
            std::getline(lines, line);  // the rule below the heading
        } else if (inside && line.rfind('|', 0) != 0) {
            break;
        } else if (inside) {
            rows.push_back(cells_of(line));
        }
    }
    return rows;
}

std::string word_of(Nature nature) {
    static const std::map<Nature, std::string> words{{Nature::Plain, "plain"},
                                                     {Nature::Publish, "publish"},
                                                     {Nature::Announce, "announce"},
                                                     {Nature::Answer, "answer"},
                                                     {Nature::ToPerson, "to person"},
                                                     {Nature::Curate, "curate"},
                                                     {Nature::Move, "move"},
                                                     {Nature::Delete, "delete"},
                                                     {Nature::Actor, "actor"},
                                                     {Nature::Thing, "thing"},
                                                     {Nature::Bare, "bare"}};
    return words.at(nature);
}

CategorySet shared_by(const test::Expected& expected, const std::string& role) {
    CategorySet set;
    for (std::size_t i = 0; i < expected.roles.size(); ++i) {
        if (expected.roles[i] == role) {
            // One cell stands for all people in a role, so they must share the same.
            CHECK((set.empty() || set == expected.digest.shares[i].categories));
            set.add(expected.digest.shares[i].categories);
        }
    }
    return set;
}

}  // namespace

TEST_CASE("The table of types is the code's", "[fediverse][docs]") {
    std::set<std::string> documented;
    for (const auto& row : table("type")) {
        REQUIRE(row.size() == 5);
        CAPTURE(row[0]);
        const auto& rule = rule_of(row[0]);
        REQUIRE(rule.name == row[0]);
        CHECK(word_of(rule.nature) == row[1]);
        CHECK(rule.of_actor == test::categories_named(row[2]));
        CHECK(rule.of_object == test::categories_named(row[3]));
        CHECK((rule.reason ? "yes" : "no") == row[4]);
        CHECK(documented.insert(row[0]).second);
    }
    CHECK(documented.size() == all_type_rules().size());
}

TEST_CASE("The table of examples is what the documents give", "[fediverse][docs]") {
    std::set<std::string> documented;
    for (const auto& row : table("example")) {
        REQUIRE(row.size() == 4);
        CAPTURE(row[0]);
        const auto expected = test::expected(row[0]);  // fixtures_test.cpp holds the code to these
        CHECK(shared_by(expected, "actor") == test::categories_named(row[1]));
        CHECK(shared_by(expected, "author") == test::categories_named(row[2]));
        CHECK(shared_by(expected, "other") == test::categories_named(row[3]));
        CHECK(documented.insert(row[0]).second);
    }
    const auto names = test::fixture_names();
    CHECK(documented == std::set<std::string>{names.begin(), names.end()});
}
