#include "backends/sqlite/vault_rows.hpp"

#include <algorithm>
#include <array>
#include <span>

#include "backends/sqlite/database.hpp"
#include "backends/sqlite/vault_kind.hpp"

namespace fedtrail::sqlite {

namespace {

void give(SQLite::Statement& statement, int place, ByteView bytes) {
    statement.bind(place, static_cast<const void*>(bytes.data()), static_cast<int>(bytes.size()));
}

void give(SQLite::Statement& statement, int place, privacy::SubjectNumber number) {
    statement.bind(place, static_cast<std::int64_t>(number.get()));
}

Bytes bytes_in(const SQLite::Column& column) {
    const std::span octets{static_cast<const std::byte*>(column.getBlob()),
                           static_cast<std::size_t>(column.getBytes())};
    return {octets.begin(), octets.end()};
}

/// Zeros where the length is not right: the check of the value then fails.
template <std::size_t Size>
std::array<std::byte, Size> array_in(const SQLite::Column& column) {
    std::array<std::byte, Size> value{};
    const auto bytes = bytes_in(column);
    if (bytes.size() == Size) {
        std::copy(bytes.begin(), bytes.end(), value.begin());
    }
    return value;
}

privacy::SubjectNumber subject_in(const SQLite::Column& column) {
    return privacy::SubjectNumber{static_cast<std::uint64_t>(column.getInt64())};
}

std::vector<privacy::SubjectNumber> all_numbers(SQLite::Statement& question) {
    std::vector<privacy::SubjectNumber> numbers;
    while (question.executeStep()) {
        numbers.push_back(subject_in(question.getColumn(0)));
    }
    return numbers;
}

}  // namespace

std::optional<VaultRows::Seal> VaultRows::seal() {
    SQLite::Statement question{*database_, "SELECT vault_id, check_value FROM vault WHERE id = 1"};
    if (!question.executeStep()) {
        return std::nullopt;
    }
    return Seal{array_in<16>(question.getColumn(0)), array_in<32>(question.getColumn(1))};
}

void VaultRows::put_seal(const Seal& seal) {
    SQLite::Statement statement{*database_, "INSERT INTO vault (id, vault_id, check_value) VALUES (1, ?, ?)"};
    give(statement, 1, seal.vault);
    give(statement, 2, seal.check_value);
    statement.exec();
}

std::optional<privacy::SubjectNumber> VaultRows::number_of_actor(const LookupHash& hash) {
    SQLite::Statement question{*database_, "SELECT number FROM actor_lookup WHERE hash = ?"};
    give(question, 1, hash);
    return question.executeStep() ? std::optional{subject_in(question.getColumn(0))} : std::nullopt;
}

std::vector<privacy::SubjectNumber> VaultRows::numbers_of_handle(const LookupHash& hash) {
    SQLite::Statement question{*database_, "SELECT number FROM handle_lookup WHERE hash = ? ORDER BY number"};
    give(question, 1, hash);
    return all_numbers(question);
}

std::optional<VaultRows::Subject> VaultRows::subject(privacy::SubjectNumber number) {
    SQLite::Statement question{*database_, "SELECT wrapped_key, identity FROM subject WHERE number = ?"};
    give(question, 1, number);
    if (!question.executeStep()) {
        return std::nullopt;
    }
    return Subject{bytes_in(question.getColumn(0)), bytes_in(question.getColumn(1))};
}

std::vector<privacy::SubjectNumber> VaultRows::numbers(privacy::SubjectNumber after, std::size_t limit) {
    SQLite::Statement question{*database_,
                               "SELECT number FROM subject WHERE number > ? ORDER BY number LIMIT ?"};
    give(question, 1, after);
    question.bind(2, static_cast<std::int64_t>(limit));
    return all_numbers(question);
}

privacy::SubjectNumber VaultRows::next_number() {
    SQLite::Statement question{*database_, "SELECT seq FROM sqlite_sequence WHERE name = 'subject'"};
    const auto last = question.executeStep() ? subject_in(question.getColumn(0)) : privacy::SubjectNumber{0};
    return privacy::SubjectNumber{last.get() + 1};
}

void VaultRows::add_subject(privacy::SubjectNumber number, const Subject& subject, const LookupHash& actor) {
    SQLite::Statement row{*database_, "INSERT INTO subject (number, wrapped_key, identity) VALUES (?, ?, ?)"};
    give(row, 1, number);
    give(row, 2, subject.wrapped_key);
    give(row, 3, subject.identity);
    row.exec();
    SQLite::Statement place{*database_, "INSERT INTO actor_lookup (hash, number) VALUES (?, ?)"};
    give(place, 1, actor);
    give(place, 2, number);
    place.exec();
}

void VaultRows::replace_actor(privacy::SubjectNumber number, const LookupHash& hash) {
    SQLite::Statement statement{*database_, "UPDATE actor_lookup SET hash = ? WHERE number = ?"};
    give(statement, 1, hash);
    give(statement, 2, number);
    statement.exec();
}

void VaultRows::replace_identity(privacy::SubjectNumber number, const Bytes& identity) {
    SQLite::Statement statement{*database_, "UPDATE subject SET identity = ? WHERE number = ?"};
    give(statement, 1, identity);
    give(statement, 2, number);
    statement.exec();
}

void VaultRows::add_handle(const LookupHash& hash, privacy::SubjectNumber number) {
    SQLite::Statement statement{*database_,
                                "INSERT OR IGNORE INTO handle_lookup (hash, number) VALUES (?, ?)"};
    give(statement, 1, hash);
    give(statement, 2, number);
    statement.exec();
}

void VaultRows::remove_handle(const LookupHash& hash, privacy::SubjectNumber number) {
    SQLite::Statement statement{*database_, "DELETE FROM handle_lookup WHERE hash = ? AND number = ?"};
    give(statement, 1, hash);
    give(statement, 2, number);
    statement.exec();
}

void VaultRows::put_signing_key(privacy::SubjectNumber number, const SigningKey& key) {
    SQLite::Statement statement{*database_,
                                "INSERT INTO signing_key (number, hash, sealed) VALUES (?, ?, ?)"
                                " ON CONFLICT (number, hash) DO UPDATE SET sealed = excluded.sealed"};
    give(statement, 1, number);
    give(statement, 2, key.hash);
    give(statement, 3, key.sealed);
    statement.exec();
}

std::vector<VaultRows::SigningKey> VaultRows::signing_keys(privacy::SubjectNumber number) {
    SQLite::Statement question{*database_,
                               "SELECT hash, sealed FROM signing_key WHERE number = ? ORDER BY hash"};
    give(question, 1, number);
    std::vector<SigningKey> keys;
    while (question.executeStep()) {
        keys.push_back({array_in<16>(question.getColumn(0)), bytes_in(question.getColumn(1))});
    }
    return keys;
}

std::vector<privacy::SubjectNumber> VaultRows::key_holders(privacy::SubjectNumber after, std::size_t limit) {
    SQLite::Statement question{
        *database_, "SELECT DISTINCT number FROM signing_key WHERE number > ? ORDER BY number LIMIT ?"};
    give(question, 1, after);
    question.bind(2, static_cast<std::int64_t>(limit));
    return all_numbers(question);
}

bool VaultRows::remove_signing_keys(privacy::SubjectNumber number) {
    SQLite::Statement statement{*database_, "DELETE FROM signing_key WHERE number = ?"};
    give(statement, 1, number);
    return statement.exec() > 0;
}

void VaultRows::remove_subject(privacy::SubjectNumber number) {
    rewritten_ = false;
    for (const auto* sql : {"DELETE FROM signing_key WHERE number = ?",
                            "DELETE FROM actor_lookup WHERE number = ?",
                            "DELETE FROM handle_lookup WHERE number = ?",
                            "DELETE FROM subject WHERE number = ?"}) {
        SQLite::Statement statement{*database_, sql};
        give(statement, 1, number);
        statement.exec();
    }
}

void VaultRows::never_give(privacy::SubjectNumber number) {
    SQLite::Statement raise{*database_,
                            "UPDATE sqlite_sequence SET seq = max(seq, ?) WHERE name = 'subject'"};
    give(raise, 1, number);
    if (raise.exec() == 0) {
        SQLite::Statement begin{*database_, "INSERT INTO sqlite_sequence (name, seq) VALUES ('subject', ?)"};
        give(begin, 1, number);
        begin.exec();
    }
}

void VaultRows::put_shredding(const Shredding& shredding) {
    SQLite::Statement statement{*database_,
                                "INSERT OR REPLACE INTO shredding (number, at, reason, request, complete, "
                                "hash, why, said_by, objections) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"};
    give(statement, 1, shredding.number);
    statement.bind(2, shredding.at);
    statement.bind(3, shredding.reason);
    statement.bind(4, static_cast<std::int64_t>(shredding.request));
    statement.bind(5, shredding.complete ? 1 : 0);
    give(statement, 6, shredding.hash);
    int place = 7;
    for (const auto* text : {&shredding.why, &shredding.by}) {
        if (!text->empty()) {
            statement.bind(place, *text);
        }
        ++place;
    }
    statement.bind(place, static_cast<std::int64_t>(shredding.objections));
    statement.exec();
}

namespace {

constexpr auto* kShreddingColumns =
    "SELECT number, at, reason, request, complete, hash, why, said_by, objections FROM shredding ";

VaultRows::Shredding shredding_in(SQLite::Statement& row) {
    return {subject_in(row.getColumn(0)),
            row.getColumn(1).getInt64(),
            row.getColumn(2).getInt64(),
            static_cast<std::uint64_t>(row.getColumn(3).getInt64()),
            row.getColumn(4).getInt() != 0,
            array_in<16>(row.getColumn(5)),
            row.getColumn(6).getString(),
            row.getColumn(7).getString(),
            static_cast<std::uint64_t>(row.getColumn(8).getInt64())};
}

}  // namespace

std::optional<VaultRows::Shredding> VaultRows::shredding(privacy::SubjectNumber number) {
    SQLite::Statement question{*database_, std::string{kShreddingColumns} + "WHERE number = ?"};
    give(question, 1, number);
    return question.executeStep() ? std::optional{shredding_in(question)} : std::nullopt;
}

std::vector<VaultRows::Shredding> VaultRows::shreddings() {
    SQLite::Statement question{*database_, std::string{kShreddingColumns} + "ORDER BY number"};
    std::vector<Shredding> all;
    while (question.executeStep()) {
        all.push_back(shredding_in(question));
    }
    return all;
}

void VaultRows::put_handle_host(const HandleHost& host) {
    SQLite::Statement statement{*database_,
                                "INSERT OR REPLACE INTO handle_host (hash, sealed) VALUES (?, ?)"};
    give(statement, 1, host.hash);
    give(statement, 2, host.sealed);
    statement.exec();
}

std::optional<VaultRows::HandleHost> VaultRows::handle_host(const LookupHash& hash) {
    SQLite::Statement question{*database_, "SELECT sealed FROM handle_host WHERE hash = ?"};
    give(question, 1, hash);
    return question.executeStep() ? std::optional{HandleHost{hash, bytes_in(question.getColumn(0))}}
                                  : std::nullopt;
}

std::vector<VaultRows::HandleHost> VaultRows::handle_hosts() {
    SQLite::Statement question{*database_, "SELECT hash, sealed FROM handle_host ORDER BY hash"};
    std::vector<HandleHost> all;
    while (question.executeStep()) {
        all.push_back({array_in<16>(question.getColumn(0)), bytes_in(question.getColumn(1))});
    }
    return all;
}

void VaultRows::rewrite() {
    if (rewritten_) {
        return;  // again it would only make the log longer, which waits for somebody who reads
    }
    database_->exec("PRAGMA temp_store = MEMORY");  // the copy that VACUUM makes must not touch the disk
    database_->exec("VACUUM");
    rewritten_ = true;
}

Result<void> VaultRows::empty_log() {
    return sqlite::empty_log(*database_);
}

std::uint64_t VaultRows::count(const std::string& table) {
    return static_cast<std::uint64_t>(database_->execAndGet("SELECT count(*) FROM " + table).getInt64());
}

std::vector<std::string> VaultRows::structural_faults() {
    auto faults = layout_faults(*database_, vault_kind());
    SQLite::Statement question{*database_, "PRAGMA integrity_check(" + std::to_string(kMaxFaults) + ")"};
    while (question.executeStep()) {
        const auto text = question.getColumn(0).getString();
        if (text != "ok") {
            faults.push_back("the vault's file: " + text);
        }
    }
    SQLite::Statement orphans{*database_, "PRAGMA foreign_key_check"};
    while (orphans.executeStep() && faults.size() < kMaxFaults) {
        faults.push_back("the vault's file: a look-up row names a subject that is not there");
    }
    return faults;
}

}  // namespace fedtrail::sqlite
