#include "backends/sqlite/finding_store.hpp"

#include <algorithm>
#include <string_view>
#include <utility>

#include "backends/sqlite/case_kind.hpp"
#include "backends/sqlite/connection.hpp"
#include "backends/sqlite/finding_code.hpp"

namespace fedtrail::sqlite {

namespace {

using records::CountryFinding;
using records::CountrySource;
using records::RecipientBlock;

/// So many labels above a host are asked for a registration or a block.
constexpr int kMostAbove = 6;

/// "a.b.example" is below "b.example"; nothing is below a name without a dot.
std::string_view above(std::string_view host) {
    const auto dot = host.find('.');
    const auto rest = dot == std::string_view::npos ? std::string_view{} : host.substr(dot + 1);
    return rest.find('.') == std::string_view::npos ? std::string_view{} : rest;
}

/// Adds what is found of `name`; of a host above only its registration.
Result<void> add_findings(Statements& statements,
                          const std::string& name,
                          bool itself,
                          std::vector<CountryFinding>& found) {
    auto& row = statements.get("SELECT source, content FROM country_finding WHERE host = ? ORDER BY source");
    row.bind(1, name);
    while (row.executeStep()) {
        const auto source = row.getColumn(0).getInt64();
        if (!itself && source != static_cast<std::int64_t>(CountrySource::WhoisFile)) {
            continue;
        }
        auto finding = decode_finding(name, source, blob_of(row.getColumn(1)));
        if (!finding) {
            return fail(finding);
        }
        found.push_back(std::move(*finding));
    }
    return {};
}

bool is_registered(const std::vector<CountryFinding>& found) {
    return std::any_of(found.begin(), found.end(), [](const CountryFinding& finding) {
        return finding.source == CountrySource::WhoisFile;
    });
}

Result<std::vector<CountryFinding>> read_findings(Statements& statements, const Host& host) {
    std::vector<CountryFinding> found;
    std::string_view name = host.text();
    for (int level = 0; !name.empty() && level <= kMostAbove; ++level) {
        if (auto added = add_findings(statements, std::string{name}, level == 0, found); !added) {
            return fail(added);
        }
        if (is_registered(found)) {
            break;
        }
        name = above(name);
    }
    return found;
}

Result<void> keep_all(Statements& statements, std::span<const HostCountry> found) {
    for (const auto& one : found) {
        auto& row = statements.get(
            "INSERT INTO country_finding VALUES (?1, ?2, ?3) ON CONFLICT (host, source) DO UPDATE SET "
            "content "
            "= ?3");
        const auto content = encode_finding(one);
        row.bind(1, one.host.text());
        row.bind(2, static_cast<int>(one.finding.source));
        bind_blob(row, 3, content);
        row.exec();
    }
    return {};
}

/// Of each list the strongest.
void add_block(std::vector<RecipientBlock>& blocks, RecipientBlock block) {
    const auto known = std::find_if(
        blocks.begin(), blocks.end(), [&](const RecipientBlock& one) { return one.list == block.list; });
    if (known == blocks.end()) {
        blocks.push_back(std::move(block));
    } else if (known->severity < block.severity) {
        *known = std::move(block);
    }
}

/// The first of the strongest, with the others.
std::optional<RecipientBlock> joined(std::vector<RecipientBlock> blocks) {
    const auto first =
        std::max_element(blocks.begin(), blocks.end(), [](const RecipientBlock& a, const RecipientBlock& b) {
            return a.severity < b.severity;
        });
    if (first == blocks.end()) {
        return std::nullopt;
    }
    auto strongest = std::move(*first);
    blocks.erase(first);
    std::sort(blocks.begin(), blocks.end(), [](const RecipientBlock& a, const RecipientBlock& b) {
        return a.list < b.list;
    });
    strongest.others = std::move(blocks);
    return strongest;
}

Result<void> add_blocks_of(Statements& statements,
                           const std::string& name,
                           std::vector<RecipientBlock>& blocks) {
    auto& row = statements.get("SELECT list, content FROM domain_block WHERE host = ? ORDER BY list");
    row.bind(1, name);
    while (row.executeStep()) {
        auto block = decode_block(name, row.getColumn(0).getString(), blob_of(row.getColumn(1)));
        if (!block) {
            return fail(block);
        }
        add_block(blocks, std::move(*block));
    }
    return {};
}

Result<std::optional<RecipientBlock>> read_block(Statements& statements, const Host& host) {
    std::vector<RecipientBlock> blocks;
    std::string_view name = host.text();
    for (int level = 0; !name.empty() && level <= kMostAbove; ++level) {
        if (const auto added = add_blocks_of(statements, std::string{name}, blocks); !added) {
            return fail(added);
        }
        name = above(name);
    }
    return joined(std::move(blocks));
}

Result<void> put_list(Statements& statements,
                      const std::string& list,
                      Instant at,
                      std::span<const DomainBlock> blocks) {
    auto& old = statements.get("DELETE FROM domain_block WHERE list = ?");
    old.bind(1, list);
    old.exec();
    for (const auto& block : blocks) {
        auto& row = statements.get("INSERT OR REPLACE INTO domain_block VALUES (?, ?, ?)");
        const auto content = encode_block(list, at, block);
        row.bind(1, block.host.text());
        row.bind(2, list);
        bind_blob(row, 3, content);
        row.exec();
    }
    return {};
}

Result<std::vector<SwitchTurn>> read_turns(Statements& statements, const std::string& name) {
    std::vector<SwitchTurn> turns;
    auto& row = statements.get("SELECT number, content FROM switch_turn WHERE name = ? ORDER BY number");
    row.bind(1, name);
    while (row.executeStep()) {
        auto turn = decode_turn(row.getColumn(0).getInt64(), name, blob_of(row.getColumn(1)));
        if (!turn) {
            return fail(turn);
        }
        turns.push_back(std::move(*turn));
    }
    return turns;
}

Result<void> put_turn(Statements& statements, const SwitchTurn& turn) {
    auto& row = statements.get("INSERT INTO switch_turn (name, content) VALUES (?, x'')");
    row.bind(1, turn.name);
    row.exec();
    const auto number = statements.database().getLastInsertRowid();
    const auto blob = encode_turn(number, turn);
    auto& content = statements.get("UPDATE switch_turn SET content = ? WHERE number = ?");
    bind_blob(content, 1, blob);
    content.bind(2, number);
    content.exec();
    return {};
}

/// One answer for each host.
template <typename Answer, typename Read>
Result<std::vector<Answer>> for_each(std::span<const Host> hosts, const Read& read) {
    std::vector<Answer> answers;
    answers.reserve(hosts.size());
    for (const auto& host : hosts) {
        auto answer = read(host);
        if (!answer) {
            return fail(answer);
        }
        answers.push_back(std::move(*answer));
    }
    return answers;
}

}  // namespace

struct SqliteFindings::State {
    State(std::unique_ptr<SQLite::Database> for_writing, std::unique_ptr<SQLite::Database> for_reading)
        : writer(std::move(for_writing)), reader(std::move(for_reading)) {}
    Connection writer;
    Connection reader;
};

SqliteFindings::SqliteFindings(std::unique_ptr<State> state) : state_(std::move(state)) {}

SqliteFindings::~SqliteFindings() = default;

Result<std::unique_ptr<SqliteFindings>> SqliteFindings::open_file(const std::filesystem::path& file,
                                                                  OpenMode mode) {
    auto writer = open_database(file, directory_kind(), mode);
    if (!writer) {
        return fail(writer);
    }
    auto reader = open_database(file, directory_kind(), OpenMode::ReadOnly);
    if (!reader) {
        return fail(reader);
    }
    return std::unique_ptr<SqliteFindings>{
        new SqliteFindings{std::make_unique<State>(std::move(*writer), std::move(*reader))}};
}

Result<std::vector<std::vector<CountryFinding>>> SqliteFindings::findings(std::span<const Host> hosts) const {
    return state_->reader.read("reading where operators are", [&](Statements& statements) {
        return for_each<std::vector<CountryFinding>>(
            hosts, [&](const Host& host) { return read_findings(statements, host); });
    });
}

Result<void> SqliteFindings::keep(std::span<const HostCountry> found) {
    return state_->writer.write("writing where operators are",
                                [&](Statements& statements) { return keep_all(statements, found); });
}

Result<std::vector<std::optional<RecipientBlock>>> SqliteFindings::blocks(std::span<const Host> hosts) const {
    return state_->reader.read("reading the lists of blocks", [&](Statements& statements) {
        return for_each<std::optional<RecipientBlock>>(
            hosts, [&](const Host& host) { return read_block(statements, host); });
    });
}

Result<void> SqliteFindings::replace_list(const std::string& list,
                                          Instant at,
                                          std::span<const DomainBlock> blocks) {
    return state_->writer.write("writing a list of blocks", [&](Statements& statements) {
        return put_list(statements, list, at, blocks);
    });
}

Result<std::vector<SwitchTurn>> SqliteFindings::turns(const std::string& name) const {
    return state_->reader.read("reading what was turned off",
                               [&](Statements& statements) { return read_turns(statements, name); });
}

Result<void> SqliteFindings::turn(const SwitchTurn& turn) {
    return state_->writer.write("turning a switch",
                                [&](Statements& statements) { return put_turn(statements, turn); });
}

void check_findings(Statements& statements, const std::function<void(std::string)>& fault) {
    auto& finding = statements.get("SELECT host, source, content FROM country_finding");
    while (finding.executeStep()) {
        const auto read = decode_finding(
            finding.getColumn(0).getString(), finding.getColumn(1).getInt64(), blob_of(finding.getColumn(2)));
        if (!read) {
            fault(read.error().what);
        }
    }
    auto& block = statements.get("SELECT host, list, content FROM domain_block");
    while (block.executeStep()) {
        const auto read = decode_block(
            block.getColumn(0).getString(), block.getColumn(1).getString(), blob_of(block.getColumn(2)));
        if (!read) {
            fault(read.error().what);
        }
    }
    auto& turn = statements.get("SELECT number, name, content FROM switch_turn");
    while (turn.executeStep()) {
        const auto read = decode_turn(
            turn.getColumn(0).getInt64(), turn.getColumn(1).getString(), blob_of(turn.getColumn(2)));
        if (!read) {
            fault(read.error().what);
        }
    }
}

}  // namespace fedtrail::sqlite
