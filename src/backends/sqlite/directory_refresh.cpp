#include "backends/sqlite/directory_refresh.hpp"

#include <algorithm>
#include <utility>

#include "backends/sqlite/case_stamp.hpp"
#include "backends/sqlite/row_values.hpp"

namespace fedtrail::sqlite {

namespace {

using fediverse::NodeFacts;

constexpr std::uint8_t kNodeUsers = 1U << 0U;
constexpr std::uint8_t kNodeRegistrations = 1U << 1U;
constexpr std::uint8_t kNodeOpen = 1U << 2U;
constexpr std::uint8_t kNodeNamesApart = 1U << 3U;  ///< As in an entry: of the operator and of the contact.
constexpr std::uint8_t kAllNodeFacts = (1U << 4U) - 1;
constexpr std::uint64_t kMostAnswers = 16;
constexpr std::uint64_t kMostAliases = 16;

std::string place_of_refresh(const Host& host) {
    return "refresh/" + host.text();
}

void put_facts(ledger::ByteWriter& out, const NodeFacts& facts) {
    out.byte(static_cast<std::uint8_t>(
        (facts.users ? kNodeUsers : 0U) | (facts.registrations_open ? kNodeRegistrations : 0U) |
        (facts.registrations_open.value_or(false) ? kNodeOpen : 0U) | kNodeNamesApart));
    if (facts.users) {
        out.varint(*facts.users);
    }
    for (const auto* text : {&facts.software,
                             &facts.version,
                             &facts.contact.reveal(),
                             &facts.language,
                             &facts.operator_name.reveal(),
                             &facts.contact_name.reveal(),
                             &facts.privacy_policy,
                             &facts.terms,
                             &facts.imprint,
                             &facts.declared_country,
                             &facts.account_host.text()}) {
        put_text(out, *text);
    }
}

NodeFacts take_facts(ledger::ByteReader& in) {
    NodeFacts facts;
    const auto flags = in.byte();
    if (flags > kAllNodeFacts) {
        in.refuse();
    }
    if ((flags & kNodeUsers) != 0) {
        facts.users = in.varint();
    }
    if ((flags & kNodeRegistrations) != 0) {
        facts.registrations_open = (flags & kNodeOpen) != 0;
    }
    facts.software = take_text(in);
    facts.version = take_text(in);
    facts.contact = Personal{take_text(in)};
    facts.language = take_text(in);
    if ((flags & kNodeNamesApart) != 0) {
        facts.operator_name = Personal{take_text(in)};
    }
    facts.contact_name = Personal{take_text(in)};
    facts.privacy_policy = take_text(in);
    facts.terms = take_text(in);
    facts.imprint = take_text(in);
    facts.declared_country = take_text(in);
    facts.account_host = Host::parse(take_text(in)).value_or(Host{});
    return facts;
}

Bytes encode_state(const RefreshState& state) {
    ledger::ByteWriter out;
    out.varint(state.failures);
    put_text(out, state.node_info);
    put_facts(out, state.node_facts);
    put_facts(out, state.instance_facts);
    const auto count = std::min<std::size_t>(state.answers.size(), kMostAnswers);
    out.varint(count);
    for (std::size_t i = 0; i < count; ++i) {
        put_text(out, state.answers[i].url);
        put_text(out, state.answers[i].etag);
        put_text(out, state.answers[i].last_modified);
    }
    const auto aliases = std::min<std::size_t>(state.aliases.size(), kMostAliases);
    out.varint(aliases);
    for (std::size_t i = 0; i < aliases; ++i) {
        put_text(out, state.aliases[i].host.text());
        put_text(out, state.aliases[i].why);
    }
    return stamped(place_of_refresh(state.host), out.bytes());
}

void take_answers(ledger::ByteReader& in, RefreshState& state) {
    auto count = in.varint();
    if (count > kMostAnswers) {
        in.refuse();
        count = 0;
    }
    for (; count > 0; --count) {
        RememberedAnswer answer;
        answer.url = take_text(in);
        answer.etag = take_text(in);
        answer.last_modified = take_text(in);
        state.answers.push_back(std::move(answer));
    }
}

void take_aliases(ledger::ByteReader& in, RefreshState& state) {
    auto count = in.varint();
    if (count > kMostAliases) {
        in.refuse();
        count = 0;
    }
    for (; count > 0; --count) {
        auto host = Host::parse(take_text(in)).value_or(Host{});
        state.aliases.push_back({std::move(host), take_text(in)});
    }
}

Result<RefreshState> decode_state(const Host& host, ByteView blob) {
    const auto content = unstamped(place_of_refresh(host), blob);
    if (!content) {
        return fail(content);
    }
    ledger::ByteReader in{*content};
    RefreshState state;
    state.host = host;
    state.failures = take_number<std::uint32_t>(in);
    state.node_info = take_text(in);
    state.node_facts = take_facts(in);
    state.instance_facts = take_facts(in);
    take_answers(in, state);
    take_aliases(in, state);
    if (!in.done()) {
        return damaged(place_of_refresh(host));
    }
    return state;
}

/// Nothing where it is damaged: no name, or not written as it was put in, so that nothing would find its row.
std::optional<Host> host_in(const SQLite::Column& column) {
    const auto text = column.getString();
    auto host = Host::parse(text);
    return host && !host->empty() && host->text() == text ? std::optional{*std::move(host)} : std::nullopt;
}

Result<RefreshState> state_in(SQLite::Statement& row) {
    const auto host = host_in(row.getColumn(0));
    if (!host) {
        return damaged("refresh");
    }
    if (row.getColumn(1).isNull()) {
        RefreshState fresh;
        fresh.host = *host;
        return fresh;
    }
    return decode_state(*host, blob_of(row.getColumn(1)));
}

void each_host(Statements& statements, const char* sql, std::span<const Host> hosts, Instant due) {
    for (const auto& host : hosts) {
        auto& row = statements.get(sql);
        row.bind(1, host.text());
        row.bind(2, millis(due));
        row.exec();
    }
}

}  // namespace

void add_refreshes(Statements& statements, std::span<const Host> hosts, Instant due) {
    each_host(
        statements, "INSERT INTO refresh VALUES (?1, ?2, 0, NULL) ON CONFLICT (host) DO NOTHING", hosts, due);
}

void call_refreshes(Statements& statements, std::span<const Host> hosts, Instant due) {
    each_host(statements,
              "INSERT INTO refresh VALUES (?1, ?2, 0, NULL) ON CONFLICT (host) DO UPDATE SET due_at = ?2",
              hosts,
              due);
}

namespace {

/// A row with a damaged host is nobody's; it would be due for ever.
std::vector<RefreshState> due_refreshes(Statements& statements, Instant now, std::size_t limit) {
    std::vector<RefreshState> due;
    auto& row = statements.get("SELECT host, content FROM refresh WHERE due_at <= ? ORDER BY due_at, host");
    row.bind(1, millis(now));
    while (due.size() < limit && row.executeStep()) {
        const auto host = host_in(row.getColumn(0));
        if (!host) {
            continue;
        }
        RefreshState fresh;  // what is damaged is learned again
        fresh.host = *host;
        due.push_back(state_in(row).value_or(std::move(fresh)));
    }
    row.tryReset();  // it may not have come to the end
    return due;
}

}  // namespace

Result<std::vector<RefreshState>> claim_refreshes(Statements& statements,
                                                  Instant now,
                                                  Instant lease,
                                                  std::size_t limit) {
    auto claimed = due_refreshes(statements, now, limit);
    std::vector<Host> hosts;
    hosts.reserve(claimed.size());
    for (auto& state : claimed) {
        state.due = lease;
        hosts.push_back(state.host);
    }
    call_refreshes(statements, hosts, lease);
    return claimed;
}

void put_refreshes(Statements& statements, std::span<const RefreshState> states) {
    for (const auto& state : states) {
        auto& row = statements.get("INSERT OR REPLACE INTO refresh VALUES (?, ?, ?, ?)");
        row.bind(1, state.host.text());
        row.bind(2, millis(state.due));
        row.bind(3, state.failures > 0 ? 1 : 0);
        bind_blob(row, 4, encode_state(state));
        row.exec();
    }
}

std::optional<Instant> next_refresh(Statements& statements) {
    auto& row = statements.get("SELECT host, due_at FROM refresh ORDER BY due_at, host");
    while (row.executeStep()) {
        if (host_in(row.getColumn(0))) {
            return Instant{std::chrono::milliseconds{row.getColumn(1).getInt64()}};
        }
    }
    return std::nullopt;
}

namespace {

/// Those that can be claimed.
std::uint64_t count_due(Statements& statements, Instant now) {
    auto& row = statements.get("SELECT host FROM refresh WHERE due_at <= ?");
    row.bind(1, millis(now));
    std::uint64_t due = 0;
    while (row.executeStep()) {
        due += host_in(row.getColumn(0)) ? 1U : 0U;
    }
    return due;
}

}  // namespace

RefreshTotals count_refreshes(Statements& statements, Instant now) {
    const auto due = count_due(statements, now);
    auto& row = statements.get("SELECT count(*), count(*) FILTER (WHERE failing = 1) FROM refresh");
    row.executeStep();
    const auto count = [&](int column) {
        return static_cast<std::uint64_t>(row.getColumn(column).getInt64());
    };
    return {count(0), due, count(1)};
}

void check_refreshes(Statements& statements, const std::function<void(std::string)>& fault) {
    auto& row = statements.get("SELECT host, content FROM refresh");
    while (row.executeStep()) {
        if (const auto state = state_in(row); !state) {
            fault(state.error().what);
        }
    }
}

}  // namespace fedtrail::sqlite
