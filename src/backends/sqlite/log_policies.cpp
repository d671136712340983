#include "backends/sqlite/log_policies.hpp"

#include <algorithm>
#include <set>
#include <vector>

namespace fedtrail::sqlite {

namespace {

std::int64_t octets_kept(Statements& statements) {
    auto& sum = statements.get("SELECT coalesce(sum(length(text)), 0) FROM policy_text");
    sum.executeStep();
    const auto octets = sum.getColumn(0).getInt64();
    sum.reset();
    return octets;
}

records::LeafDigest digest_in(const SQLite::Column& column) {
    records::LeafDigest digest{};
    const auto blob = blob_of(column);
    std::copy_n(blob.begin(), std::min(blob.size(), digest.size()), digest.begin());
    return digest;
}

}  // namespace

void put_policy_texts(Statements& statements,
                      std::span<const std::string> texts,
                      std::span<const records::PolicyFile> in_force,
                      std::int64_t most) {
    for (const auto& text : texts) {
        auto& put = statements.get("INSERT OR IGNORE INTO policy_text (digest, text) VALUES (?, ?)");
        const auto digest = ledger::sha256(bytes_of(text));
        put.bind(1, digest.data(), static_cast<int>(digest.size()));
        put.bind(2, text.data(), static_cast<int>(text.size()));
        put.exec();
    }
    auto above = octets_kept(statements) - most;
    if (above <= 0) {
        return;
    }
    std::set<records::LeafDigest> stays;
    for (const auto& file : in_force) {
        stays.insert(file.digest);
    }
    std::vector<std::int64_t> goes;
    auto& row = statements.get("SELECT number, digest, length(text) FROM policy_text ORDER BY number");
    while (above > 0 && row.executeStep()) {
        if (!stays.contains(digest_in(row.getColumn(1)))) {
            goes.push_back(row.getColumn(0).getInt64());
            above -= row.getColumn(2).getInt64();
        }
    }
    row.reset();
    for (const auto number : goes) {
        auto& drop = statements.get("DELETE FROM policy_text WHERE number = ?");
        drop.bind(1, number);
        drop.exec();
    }
}

std::optional<std::string> read_policy_text(Statements& statements, const records::LeafDigest& digest) {
    auto& row = statements.get("SELECT text FROM policy_text WHERE digest = ?");
    row.bind(1, digest.data(), static_cast<int>(digest.size()));
    std::optional<std::string> text;
    if (row.executeStep()) {
        text = std::string{text_of(blob_of(row.getColumn(0)))};
    }
    row.reset();
    return text;
}

std::uint64_t damaged_policy_texts(Statements& statements, std::uint64_t& rows) {
    std::uint64_t damaged = 0;
    auto& row = statements.get("SELECT digest, text FROM policy_text");
    while (row.executeStep()) {
        ++rows;
        damaged += ledger::sha256(blob_of(row.getColumn(1))) == digest_in(row.getColumn(0)) ? 0U : 1U;
    }
    row.reset();
    return damaged;
}

}  // namespace fedtrail::sqlite
