// The texts of policies are kept with the record that names them.

#include <catch2/catch.hpp>

#include "backends/sqlite/log_kind.hpp"
#include "backends/sqlite/log_policies.hpp"
#include "backends/sqlite/log_store.hpp"
#include "temp_dir.hpp"

using namespace fedtrail;           // NOLINT(google-build-using-namespace): a test
using namespace fedtrail::sqlite;   // NOLINT(google-build-using-namespace)
using namespace fedtrail::testing;  // NOLINT(google-build-using-namespace)

namespace {

records::LeafDigest digest_of(std::string_view text) {
    return ledger::sha256(bytes_of(text));
}

records::LeafRecord change(const std::vector<records::PolicyFile>& files) {
    return {from_unix_seconds(1), records::PolicyChangeLeaf{"0.1.0", files}};
}

}  // namespace

TEST_CASE("A policy's text is kept with its record, or neither is", "[audit][policies]") {
    const TempDir dir;
    const auto log = std::move(*SqliteLog::open(dir.path() / "log.db", OpenMode::ReadWrite));
    const std::vector<std::string> texts{"one", "", std::string("\0\xFF", 2)};
    REQUIRE(log->append(change({{"a", digest_of("one")}}), texts).has_value());
    for (const auto& text : texts) {
        CHECK(log->policy_text(digest_of(text)).value() == text);
    }
    CHECK_FALSE(log->policy_text(digest_of("two")).value().has_value());
    // Out of order: refused, and the text with it.
    const std::vector<std::string> more{"two"};
    CHECK_FALSE(log->append(change({{"b", digest_of("two")}, {"a", digest_of("two")}}), more).has_value());
    CHECK_FALSE(log->append({from_unix_seconds(1), records::GapLeaf{}}, more).has_value());
    CHECK_FALSE(log->policy_text(digest_of("two")).value().has_value());
    CHECK(log->last_event(records::LeafKind::PolicyChange).value()->sequence == 1);
    CHECK(log->check().value().faults.empty());
    SQLite::Database{(dir.path() / "log.db").string(), SQLite::OPEN_READWRITE}.exec(
        "UPDATE policy_text SET text = x'00' WHERE number = 1");
    REQUIRE(log->check().value().faults.size() == 1);
    CHECK(log->check().value().faults.front() == "1 kept policy is not what the digest says");
}

TEST_CASE("Beyond the limit the oldest policies go that are not in force", "[audit][policies]") {
    const TempDir dir;
    auto database = std::move(*open_database(dir.path() / "log.db", log_kind(), OpenMode::ReadWrite));
    Statements statements{*database};
    const auto has = [&](std::string_view text) {
        return read_policy_text(statements, digest_of(text)).has_value();
    };
    const std::vector<std::string> first{"aaaa", "bbbb", "cccc"};
    const std::vector<records::PolicyFile> in_force{{"a", digest_of("aaaa")}, {"d", digest_of("dddd")}};
    put_policy_texts(statements, first, in_force, 12);
    CHECK((has("aaaa") && has("bbbb") && has("cccc")));
    const std::vector<std::string> second{"dddd"};
    put_policy_texts(statements, second, in_force, 12);
    CHECK((has("aaaa") && !has("bbbb") && has("cccc") && has("dddd")));
    put_policy_texts(statements, first, in_force, 1);
    CHECK((has("aaaa") && !has("bbbb") && !has("cccc") && has("dddd")));
}
