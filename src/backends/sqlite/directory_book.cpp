#include "backends/sqlite/directory_book.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "backends/sqlite/case_kind.hpp"
#include "backends/sqlite/connection.hpp"
#include "backends/sqlite/declaration_code.hpp"
#include "backends/sqlite/declaration_store.hpp"
#include "backends/sqlite/directory_code.hpp"
#include "backends/sqlite/directory_policies.hpp"
#include "backends/sqlite/directory_refresh.hpp"
#include "backends/sqlite/finding_store.hpp"

namespace fedtrail::sqlite {

namespace {

Result<RecipientEntry> read_entry(Statements& statements, const Host& host) {
    auto& row = statements.get("SELECT content FROM recipient WHERE host = ?");
    row.bind(1, host.text());
    if (row.executeStep()) {
        return decode_entry(host, blob_of(row.getColumn(0)));
    }
    RecipientEntry nothing;
    nothing.host = host;
    return nothing;
}

Result<RecipientEntry> read_whole_entry(Statements& statements, const Host& host) {
    auto entry = read_entry(statements, host);
    auto& row = statements.get("SELECT content FROM declaration WHERE host = ? AND key = 'inbox'");
    row.bind(1, host.text());
    if (!entry || !row.executeStep()) {
        return entry;
    }
    const auto word = decode_word(host, "inbox", blob_of(row.getColumn(0)));
    if (!word) {
        return fail(word);
    }
    entry->declared_inbox = word->value.reveal();
    return entry;
}

Result<void> change_entry(Statements& statements, const RecipientChange& change) {
    auto entry = read_entry(statements, change.host);
    if (!entry) {
        return fail(entry);
    }
    const auto before = encode_entry(*entry);
    change.change(*entry);
    entry->host = change.host;
    const auto after = encode_entry(*entry);
    if (after == before) {
        return {};
    }
    auto& row = statements.get(
        "INSERT INTO recipient VALUES (?1, ?2) "
        "ON CONFLICT (host) DO UPDATE SET content = ?2");
    row.bind(1, change.host.text());
    bind_blob(row, 2, after);
    row.exec();
    return {};
}

Result<std::vector<RecipientEntry>> read_entries(Statements& statements, std::span<const Host> hosts) {
    std::vector<RecipientEntry> entries;
    entries.reserve(hosts.size());
    for (const auto& host : hosts) {
        auto entry = read_whole_entry(statements, host);
        if (!entry) {
            return fail(entry);
        }
        entries.push_back(std::move(*entry));
    }
    return entries;
}

/// Hands every entry to `take`, past those that are damaged: gives the names of these, without ports; ""
/// where the host itself is damaged. `doctor` names them.
template <typename Take>
std::vector<std::string> for_each_entry(Statements& statements, const Take& take) {
    std::vector<std::string> damaged;
    auto& row = statements.get("SELECT host, content FROM recipient");
    while (row.executeStep()) {
        const auto host = Host::parse(row.getColumn(0).getText());
        const auto entry = host ? decode_entry(*host, blob_of(row.getColumn(1))) : fail(host);
        if (entry) {
            take(*entry);
        } else {
            damaged.emplace_back(host ? privacy::without_port(*host) : std::string_view{});
        }
    }
    return damaged;
}

Result<std::map<std::string, SoftwareRecord>> add_all(Statements& statements) {
    std::map<std::string, SoftwareRecord> records;
    for_each_entry(statements, [&](const RecipientEntry& entry) { add(records, entry); });
    return records;
}

void join_all(privacy::JoinedHosts& made, std::span<const std::string> names) {
    const auto first = Host::parse(names.front());
    for (const auto& name : names.subspan(1)) {
        if (const auto other = Host::parse(name); first && other) {
            made.join(*first, *other);
        }
    }
}

/// What was known of entries that are damaged now stays in force: rules and objections go by it. Of one whose
/// host is damaged nobody can say to which it belongs.
void keep_joined(privacy::JoinedHosts& made,
                 const privacy::JoinedHosts& before,
                 const std::vector<std::string>& damaged) {
    const std::set<std::string> lost{damaged.begin(), damaged.end()};
    const auto is_lost = [&lost](const std::string& name) { return lost.count(name) != 0; };
    const bool any = is_lost("");
    for (const auto names : before.recipients()) {
        if (!any && std::none_of(names.begin(), names.end(), is_lost)) {
            continue;
        }
        join_all(made, names);
    }
}

/// One more with every commit of anybody else, our own writer among them.
std::int64_t data_version(Statements& statements) {
    auto& row = statements.get("PRAGMA data_version");
    row.executeStep();
    return row.getColumn(0).getInt64();
}

Result<void> change_entries(Statements& statements, std::span<const RecipientChange> changes) {
    for (const auto& change : changes) {
        if (const auto done = change_entry(statements, change); !done) {
            return fail(done);
        }
    }
    return {};
}

DirectoryCheck check_all(Statements& statements) {
    DirectoryCheck check;
    const auto fault = [&check](std::string sentence) {
        if (check.faults.size() < kMaxFaults) {
            check.faults.push_back("directory: " + std::move(sentence));
        }
    };
    for (auto& sentence : layout_faults(statements.database(), directory_kind())) {
        fault(std::move(sentence));
    }
    auto& pages = statements.get("PRAGMA integrity_check(10)");
    while (pages.executeStep()) {
        if (auto said = pages.getColumn(0).getString(); said != "ok") {
            fault("the file's pages: " + std::move(said));
        }
    }
    auto& row = statements.get("SELECT host, content FROM recipient");
    while (row.executeStep()) {
        ++check.recipients;
        const auto host = Host::parse(row.getColumn(0).getText());
        const auto entry = host ? decode_entry(*host, blob_of(row.getColumn(1))) : fail(host);
        if (!entry) {
            fault(host ? entry.error().what : "a stored host is damaged");
        }
    }
    check_policies(statements, fault);
    check_declarations(statements, fault);
    check_findings(statements, fault);
    check_refreshes(statements, fault);
    return check;
}

}  // namespace

struct SqliteDirectory::State {
    State(std::unique_ptr<SQLite::Database> for_writing, std::unique_ptr<SQLite::Database> for_reading)
        : writer(std::move(for_writing)), reader(std::move(for_reading)) {}
    Connection writer;
    Connection reader;
    // Read and written while `reader` is held.
    std::shared_ptr<const privacy::JoinedHosts> joined;
    std::int64_t joined_version{};
    std::atomic<std::uint64_t> damaged{};  ///< Entries that `joined` lacks.
};

SqliteDirectory::SqliteDirectory(std::unique_ptr<State> state) : state_(std::move(state)) {}

SqliteDirectory::~SqliteDirectory() = default;

Result<std::unique_ptr<SqliteDirectory>> SqliteDirectory::open_file(const std::filesystem::path& file,
                                                                    OpenMode mode) {
    auto writer = open_database(file, directory_kind(), mode);
    if (!writer) {
        return fail(writer);
    }
    auto reader = open_database(file, directory_kind(), OpenMode::ReadOnly);
    if (!reader) {
        return fail(reader);
    }
    return std::unique_ptr<SqliteDirectory>{
        new SqliteDirectory{std::make_unique<State>(std::move(*writer), std::move(*reader))}};
}

Result<RecipientEntry> SqliteDirectory::entry(const Host& host) const {
    return state_->reader.read("reading the directory of recipients",
                               [&](Statements& statements) { return read_whole_entry(statements, host); });
}

Result<std::vector<RecipientEntry>> SqliteDirectory::entries(std::span<const Host> hosts) const {
    return state_->reader.read("reading the directory of recipients",
                               [&](Statements& statements) { return read_entries(statements, hosts); });
}

Result<std::map<std::string, SoftwareRecord>> SqliteDirectory::by_software() const {
    return state_->reader.read("adding up the directory of recipients",
                               [](Statements& statements) { return add_all(statements); });
}

Result<std::shared_ptr<const privacy::JoinedHosts>> SqliteDirectory::joined() const {
    using Joined = std::shared_ptr<const privacy::JoinedHosts>;
    auto& state = *state_;
    return state.reader.read(
        "reading which hosts are one recipient's", [&state](Statements& statements) -> Result<Joined> {
            const auto version = data_version(statements);
            if (state.joined && state.joined_version == version) {
                return state.joined;
            }
            const auto made = std::make_shared<privacy::JoinedHosts>();
            const auto damaged =
                for_each_entry(statements, [&](const RecipientEntry& entry) { join(*made, entry); });
            if (!damaged.empty() && state.joined) {
                keep_joined(*made, *state.joined, damaged);
            }
            state.damaged = damaged.size();
            state.joined = made;
            state.joined_version = version;
            return state.joined;
        });
}

std::uint64_t SqliteDirectory::damaged_entries() const {
    return state_->damaged;
}

Result<void> SqliteDirectory::update(const Host& host, const std::function<void(RecipientEntry&)>& change) {
    const std::array changes{RecipientChange{host, change}};
    return update_all(changes);
}

Result<void> SqliteDirectory::update_all(std::span<const RecipientChange> changes) {
    return state_->writer.write("writing the directory of recipients",
                                [&](Statements& statements) { return change_entries(statements, changes); });
}

Result<std::vector<records::PolicyVersion>> SqliteDirectory::versions(const Host& host) const {
    return state_->reader.read("reading the policies of a recipient", [&](Statements& statements) {
        return read_policy_versions(statements, host);
    });
}

Result<std::vector<records::PolicyReplacement>> SqliteDirectory::policy_changes(Instant since) const {
    return state_->reader.read("reading the changes of policies", [since](Statements& statements) {
        return read_policy_changes(statements, since);
    });
}

Result<Personal<std::string>> SqliteDirectory::text(const records::PolicyVersion& version) const {
    return state_->reader.read("reading a policy of a recipient",
                               [&](Statements& statements) { return read_policy_text(statements, version); });
}

Result<std::vector<PolicyKept>> SqliteDirectory::keep(std::span<const ReadPolicy> texts) {
    return state_->writer.write("writing the policies of recipients",
                                [&](Statements& statements) { return keep_policies(statements, texts); });
}

namespace {

constexpr const char* kRefreshing = "writing when recipients are asked again";

}  // namespace

Result<void> SqliteDirectory::add(std::span<const Host> hosts, Instant due) {
    return state_->writer.write(kRefreshing, [&](Statements& statements) -> Result<void> {
        add_refreshes(statements, hosts, due);
        return {};
    });
}

Result<void> SqliteDirectory::call_for(std::span<const Host> hosts, Instant due) {
    return state_->writer.write(kRefreshing, [&](Statements& statements) -> Result<void> {
        call_refreshes(statements, hosts, due);
        return {};
    });
}

Result<std::vector<RefreshState>> SqliteDirectory::claim(Instant now, Instant lease, std::size_t limit) {
    return state_->writer.write(
        kRefreshing, [&](Statements& statements) { return claim_refreshes(statements, now, lease, limit); });
}

Result<void> SqliteDirectory::put(std::span<const RefreshState> states) {
    return state_->writer.write(kRefreshing, [&](Statements& statements) -> Result<void> {
        put_refreshes(statements, states);
        return {};
    });
}

Result<std::optional<Instant>> SqliteDirectory::next_due() const {
    return state_->reader.read(
        "reading when recipients are asked again",
        [](Statements& statements) -> Result<std::optional<Instant>> { return next_refresh(statements); });
}

Result<RefreshTotals> SqliteDirectory::totals(Instant now) const {
    return state_->reader.read(
        "counting recipients to be asked",
        [&](Statements& statements) -> Result<RefreshTotals> { return count_refreshes(statements, now); });
}

Result<DirectoryCheck> SqliteDirectory::check() const {
    return state_->reader.read(
        "checking the directory of recipients",
        [](Statements& statements) -> Result<DirectoryCheck> { return check_all(statements); });
}

}  // namespace fedtrail::sqlite
