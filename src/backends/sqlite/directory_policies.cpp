#include "backends/sqlite/directory_policies.hpp"

#include <algorithm>
#include <optional>
#include <utility>

#include "fedtrail/ledger/blob.hpp"

#include "backends/sqlite/case_stamp.hpp"

namespace fedtrail::sqlite {

namespace {

using records::PolicyKind;
using records::PolicyVersion;

constexpr std::uint32_t kMostVersions = 50;

std::string place_of_policy(const char* word, const PolicyVersion& version) {
    return std::string{word} + "/" + version.host.text() + "/" +
           std::to_string(static_cast<unsigned>(version.kind)) + "/" + std::to_string(version.number);
}

Bytes encode_facts(const PolicyVersion& version) {
    ledger::ByteWriter out;
    out.byte(version.cut ? 1 : 0);
    put_at(out, version.first_seen);
    put_at(out, version.last_seen);
    out.varint(version.octets);
    out.raw(version.sha256);
    put_text(out, version.url);
    put_text(out, version.language);
    return stamped(place_of_policy("policy", version), out.bytes());
}

/// `version` knows its place already.
Result<PolicyVersion> decode_facts(PolicyVersion version, ByteView blob) {
    const auto place = place_of_policy("policy", version);
    const auto content = unstamped(place, blob);
    if (!content) {
        return fail(content);
    }
    ledger::ByteReader in{*content};
    const auto flags = in.byte();
    version.cut = flags == 1;
    version.first_seen = take_at(in);
    version.last_seen = take_at(in);
    version.octets = in.varint();
    const auto hash = in.raw(version.sha256.size());
    std::copy(hash.begin(), hash.end(), version.sha256.begin());
    version.url = take_text(in);
    version.language = take_text(in);
    if (!in.done() || flags > 1) {
        return damaged(place);
    }
    return version;
}

Result<PolicyVersion> version_in(const Host& host, std::int64_t kind, std::int64_t number, ByteView facts) {
    PolicyVersion version;
    version.host = host;
    version.number = static_cast<std::uint32_t>(number);
    if (kind < 0 || kind > static_cast<std::int64_t>(PolicyKind::Imprint) || number < 1) {
        return damaged("policy/" + host.text());
    }
    version.kind = static_cast<PolicyKind>(kind);
    return decode_facts(std::move(version), facts);
}

void bind_place(SQLite::Statement& row, const PolicyVersion& version) {
    row.bind(1, version.host.text());
    row.bind(2, static_cast<std::int64_t>(version.kind));
    row.bind(3, static_cast<std::int64_t>(version.number));
}

Result<std::optional<PolicyVersion>> newest(Statements& statements, const Host& host, PolicyKind kind) {
    auto& row = statements.get(
        "SELECT number, facts FROM policy WHERE host = ? AND kind = ? ORDER BY number DESC LIMIT 1");
    row.bind(1, host.text());
    row.bind(2, static_cast<std::int64_t>(kind));
    if (!row.executeStep()) {
        return std::optional<PolicyVersion>{};
    }
    auto version = version_in(
        host, static_cast<std::int64_t>(kind), row.getColumn(0).getInt64(), blob_of(row.getColumn(1)));
    if (!version) {
        return fail(version);
    }
    return std::optional{std::move(*version)};
}

void write_facts(Statements& statements, const PolicyVersion& version) {
    auto& row = statements.get("INSERT OR REPLACE INTO policy VALUES (?, ?, ?, ?)");
    bind_place(row, version);
    bind_blob(row, 4, encode_facts(version));
    row.exec();
}

void write_text(Statements& statements, const PolicyVersion& version, const std::string& text) {
    auto& row = statements.get("INSERT OR REPLACE INTO policy_text VALUES (?, ?, ?, ?)");
    bind_place(row, version);
    bind_blob(row, 4, stamped(place_of_policy("policy/text", version), ledger::pack(bytes_of(text))));
    row.exec();
}

/// The first one stays: it is what was promised when data began to flow.
void forget_old(Statements& statements, const PolicyVersion& latest) {
    if (latest.number <= kMostVersions) {
        return;
    }
    for (const auto* sql :
         {"DELETE FROM policy WHERE host = ? AND kind = ? AND number > 1 AND number <= ?",
          "DELETE FROM policy_text WHERE host = ? AND kind = ? AND number > 1 AND number <= ?"}) {
        auto& row = statements.get(sql);
        bind_place(row, latest);
        row.bind(3, std::int64_t{latest.number} - kMostVersions + 1);
        row.exec();
    }
}

Result<PolicyKept> keep_policy(Statements& statements, const ReadPolicy& read) {
    auto known = newest(statements, read.host, read.kind);
    if (!known) {
        return fail(known);
    }
    if (read.unchanged && !*known) {
        return PolicyKept::Unchanged;
    }
    if (*known && (read.unchanged || ((*known)->sha256 == read.sha256 && (*known)->cut == read.cut))) {
        auto version = **known;
        version.last_seen = std::max(version.last_seen, read.at);
        version.url = read.unchanged ? version.url : read.url;
        version.language = read.unchanged ? version.language : read.language;
        write_facts(statements, version);
        return PolicyKept::Unchanged;
    }
    PolicyVersion version;
    version.host = read.host;
    version.kind = read.kind;
    version.number = *known ? (*known)->number + 1 : 1;
    version.url = read.url;
    version.language = read.language;
    version.first_seen = read.at;
    version.last_seen = read.at;
    version.sha256 = read.sha256;
    version.octets = read.text.reveal().size();
    version.cut = read.cut;
    write_facts(statements, version);
    write_text(statements, version, read.text.reveal());
    forget_old(statements, version);
    return *known ? PolicyKept::Changed : PolicyKept::First;
}

Result<Personal<std::string>> decode_text(const PolicyVersion& version, ByteView blob) {
    const auto place = place_of_policy("policy/text", version);
    const auto content = unstamped(place, blob);
    if (!content) {
        return fail(content);
    }
    const auto text = ledger::unpack(*content);
    if (!text || text->size() != version.octets) {
        return damaged(place);
    }
    return Personal{std::string{text_of(*text)}};
}

}  // namespace

Result<std::vector<PolicyVersion>> read_policy_versions(Statements& statements, const Host& host) {
    auto& row = statements.get("SELECT kind, number, facts FROM policy WHERE host = ? ORDER BY kind, number");
    row.bind(1, host.text());
    std::vector<PolicyVersion> versions;
    while (row.executeStep()) {
        auto version = version_in(
            host, row.getColumn(0).getInt64(), row.getColumn(1).getInt64(), blob_of(row.getColumn(2)));
        if (!version) {
            return fail(version);
        }
        versions.push_back(std::move(*version));
    }
    return versions;
}

Result<std::vector<records::PolicyReplacement>> read_policy_changes(Statements& statements, Instant since) {
    auto& row = statements.get("SELECT host, kind, number, facts FROM policy ORDER BY host, kind, number");
    std::vector<records::PolicyReplacement> changes;
    std::string place;  // host and kind of the row before
    std::int64_t before = 0;
    while (row.executeStep()) {
        const std::string text = row.getColumn(0).getText();
        const auto kind = row.getColumn(1).getInt64();
        const auto number = row.getColumn(2).getInt64();
        const auto of = text + "/" + std::to_string(kind);
        const auto replaced = of == place ? before : 0;
        place = of;
        before = number;
        if (replaced == 0) {
            continue;
        }
        const auto host = Host::parse(text);
        auto version = host ? version_in(*host, kind, number, blob_of(row.getColumn(3))) : fail(host);
        if (!version) {
            return fail(version);
        }
        if (version->first_seen >= since) {
            changes.push_back({static_cast<std::uint32_t>(replaced), std::move(*version)});
        }
    }
    std::stable_sort(changes.begin(), changes.end(), [](const auto& a, const auto& b) {
        return a.to.first_seen > b.to.first_seen;
    });
    return changes;
}

Result<Personal<std::string>> read_policy_text(Statements& statements, const PolicyVersion& version) {
    auto& row = statements.get("SELECT content FROM policy_text WHERE host = ? AND kind = ? AND number = ?");
    bind_place(row, version);
    if (!row.executeStep()) {
        return fail(ErrorKind::NotFound, "this version of the policy is not kept");
    }
    return decode_text(version, blob_of(row.getColumn(0)));
}

Result<std::vector<PolicyKept>> keep_policies(Statements& statements, std::span<const ReadPolicy> texts) {
    std::vector<PolicyKept> kept;
    kept.reserve(texts.size());
    for (const auto& text : texts) {
        const auto one = keep_policy(statements, text);
        if (!one) {
            return fail(one);
        }
        kept.push_back(*one);
    }
    return kept;
}

void check_policies(Statements& statements, const std::function<void(std::string)>& fault) {
    auto& row = statements.get(
        "SELECT host, kind, number, facts, content FROM policy LEFT JOIN policy_text USING (host, kind, "
        "number)");
    while (row.executeStep()) {
        const auto host = Host::parse(row.getColumn(0).getText());
        const auto version = host ? version_in(*host,
                                               row.getColumn(1).getInt64(),
                                               row.getColumn(2).getInt64(),
                                               blob_of(row.getColumn(3)))
                                  : fail(host);
        if (!version) {
            fault(host ? version.error().what : "a stored host is damaged");
        } else if (const auto text = decode_text(*version, blob_of(row.getColumn(4))); !text) {
            fault(text.error().what);
        }
    }
}

}  // namespace fedtrail::sqlite
