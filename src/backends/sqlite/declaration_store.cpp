#include "backends/sqlite/declaration_store.hpp"

#include <algorithm>
#include <utility>

#include "backends/sqlite/case_kind.hpp"
#include "backends/sqlite/connection.hpp"
#include "backends/sqlite/declaration_code.hpp"

namespace fedtrail::sqlite {

namespace {

constexpr const char* kReading = "reading what was declared of recipients";

Result<std::vector<DeclaredWord>> read_words(Statements& statements, const Host& host) {
    std::vector<DeclaredWord> words;
    auto& row = statements.get("SELECT key, content FROM declaration WHERE host = ? ORDER BY key");
    row.bind(1, host.text());
    while (row.executeStep()) {
        auto word = decode_word(host, row.getColumn(0).getString(), blob_of(row.getColumn(1)));
        if (!word) {
            return fail(word);
        }
        words.push_back(std::move(*word));
    }
    return words;
}

Result<std::vector<std::vector<DeclaredWord>>> read_all_words(Statements& statements,
                                                              std::span<const Host> hosts) {
    std::vector<std::vector<DeclaredWord>> all;
    all.reserve(hosts.size());
    for (const auto& host : hosts) {
        auto words = read_words(statements, host);
        if (!words) {
            return fail(words);
        }
        all.push_back(std::move(*words));
    }
    return all;
}

void put_word(Statements& statements, const Declaring& act, const WordChange& change) {
    if (!change.after) {
        auto& gone = statements.get("DELETE FROM declaration WHERE host = ? AND key = ?");
        gone.bind(1, act.host.text());
        gone.bind(2, change.key);
        gone.exec();
        return;
    }
    auto& row = statements.get(
        "INSERT INTO declaration VALUES (?1, ?2, ?3) ON CONFLICT (host, key) DO UPDATE SET content = ?3");
    const auto content =
        encode_word(act.host, DeclaredWord{change.key, *change.after, act.at, act.by, act.reason});
    row.bind(1, act.host.text());
    row.bind(2, change.key);
    bind_blob(row, 3, content);
    row.exec();
}

void put_act(Statements& statements, const DeclarationAct& act) {
    auto& row = statements.get("INSERT INTO declaration_act (host, content) VALUES (?, x'')");
    row.bind(1, act.host.text());
    row.exec();
    const auto number = statements.database().getLastInsertRowid();
    auto& content = statements.get("UPDATE declaration_act SET content = ? WHERE number = ?");
    const auto blob = encode_act(number, act);
    bind_blob(content, 1, blob);
    content.bind(2, number);
    content.exec();
}

/// Fills in what stood before, and leaves out what stays as it is.
std::vector<WordChange> real_changes(std::vector<WordChange> wanted, std::span<const DeclaredWord> stands) {
    std::vector<WordChange> real;
    for (auto& change : wanted) {
        const auto known = std::find_if(
            stands.begin(), stands.end(), [&](const DeclaredWord& word) { return word.key == change.key; });
        change.before.reset();
        if (known != stands.end()) {
            change.before = known->value;
        }
        if (change.before != change.after) {
            real.push_back(std::move(change));
        }
    }
    return real;
}

/// Whether anything changed.
Result<bool> declare_one(Statements& statements, const Declaring& act) {
    const auto stands = read_words(statements, act.host);
    if (!stands) {
        return fail(stands);
    }
    auto wanted = act.change(*stands);
    if (!wanted) {
        return fail(wanted);
    }
    auto changes = real_changes(std::move(*wanted), *stands);
    if (changes.empty()) {
        return false;
    }
    for (const auto& change : changes) {
        put_word(statements, act, change);
    }
    put_act(statements, DeclarationAct{act.host, act.at, act.by, act.reason, std::move(changes)});
    return true;
}

Result<std::size_t> declare_all(Statements& statements, std::span<const Declaring> acts) {
    std::size_t changed = 0;
    for (const auto& act : acts) {
        const auto one = declare_one(statements, act);
        if (!one) {
            return fail(one);
        }
        changed += *one ? 1 : 0;
    }
    return changed;
}

Result<std::vector<Host>> read_hosts(Statements& statements, std::string_view after, std::size_t limit) {
    std::vector<Host> hosts;
    auto& row = statements.get("SELECT DISTINCT host FROM declaration WHERE host > ? ORDER BY host LIMIT ?");
    row.bind(1, std::string{after});
    row.bind(2, static_cast<std::int64_t>(limit));
    while (row.executeStep()) {
        auto host = Host::parse(row.getColumn(0).getText());
        if (!host) {
            return fail(
                ErrorKind::Corrupt, "a host in the declarations is damaged", "Run `fedtrail doctor`.");
        }
        hosts.push_back(std::move(*host));
    }
    return hosts;
}

Result<std::vector<DeclarationAct>> read_acts(Statements& statements, const Host& host) {
    std::vector<DeclarationAct> acts;
    auto& row = statements.get("SELECT number, content FROM declaration_act WHERE host = ? ORDER BY number");
    row.bind(1, host.text());
    while (row.executeStep()) {
        auto act = decode_act(row.getColumn(0).getInt64(), host, blob_of(row.getColumn(1)));
        if (!act) {
            return fail(act);
        }
        acts.push_back(std::move(*act));
    }
    return acts;
}

}  // namespace

struct SqliteDeclarations::State {
    State(std::unique_ptr<SQLite::Database> for_writing, std::unique_ptr<SQLite::Database> for_reading)
        : writer(std::move(for_writing)), reader(std::move(for_reading)) {}
    Connection writer;
    Connection reader;
};

SqliteDeclarations::SqliteDeclarations(std::unique_ptr<State> state) : state_(std::move(state)) {}

SqliteDeclarations::~SqliteDeclarations() = default;

Result<std::unique_ptr<SqliteDeclarations>> SqliteDeclarations::open_file(const std::filesystem::path& file,
                                                                          OpenMode mode) {
    auto writer = open_database(file, directory_kind(), mode);
    if (!writer) {
        return fail(writer);
    }
    auto reader = open_database(file, directory_kind(), OpenMode::ReadOnly);
    if (!reader) {
        return fail(reader);
    }
    return std::unique_ptr<SqliteDeclarations>{
        new SqliteDeclarations{std::make_unique<State>(std::move(*writer), std::move(*reader))}};
}

Result<std::vector<std::vector<DeclaredWord>>> SqliteDeclarations::declared(
    std::span<const Host> hosts) const {
    return state_->reader.read(kReading,
                               [&](Statements& statements) { return read_all_words(statements, hosts); });
}

Result<std::vector<Host>> SqliteDeclarations::declared_hosts(std::string_view after,
                                                             std::size_t limit) const {
    return state_->reader.read(kReading,
                               [&](Statements& statements) { return read_hosts(statements, after, limit); });
}

Result<std::size_t> SqliteDeclarations::declare(std::span<const Declaring> acts) {
    return state_->writer.write("writing what was declared of recipients",
                                [&](Statements& statements) { return declare_all(statements, acts); });
}

Result<std::vector<DeclarationAct>> SqliteDeclarations::history(const Host& host) const {
    return state_->reader.read(kReading, [&](Statements& statements) { return read_acts(statements, host); });
}

void check_declarations(Statements& statements, const std::function<void(std::string)>& fault) {
    auto& word = statements.get("SELECT host, key, content FROM declaration");
    while (word.executeStep()) {
        const auto host = Host::parse(word.getColumn(0).getText());
        const auto read =
            host ? decode_word(*host, word.getColumn(1).getString(), blob_of(word.getColumn(2))) : fail(host);
        if (!read) {
            fault(host ? read.error().what : "a host in the declarations is damaged");
        }
    }
    auto& act = statements.get("SELECT number, host, content FROM declaration_act");
    while (act.executeStep()) {
        const auto host = Host::parse(act.getColumn(1).getText());
        const auto read =
            host ? decode_act(act.getColumn(0).getInt64(), *host, blob_of(act.getColumn(2))) : fail(host);
        if (!read) {
            fault(host ? read.error().what : "a host in the history of declarations is damaged");
        }
    }
}

}  // namespace fedtrail::sqlite
