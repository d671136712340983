/// What controllers already have, as tables and lists: domain blocks of their servers, and registrations of
/// domains. Pure.

#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "fedtrail/ports/block_book.hpp"
#include "fedtrail/ports/country_book.hpp"

#include "recipients/declare.hpp"

namespace fedtrail::recipients {

/// A row that says nothing that could be used.
struct LeftOut {
    std::size_t line{};
    std::string why;  ///< Names no content of the row but the column.
};

template <typename Row>
struct Imported {
    std::vector<Row> rows;
    std::vector<LeftOut> left_out;
};

/// Mastodon's export (`#domain,#severity,…`) and fediblockhole's (`domain,severity,…`): one form. Rows of the
/// severity `noop` block nothing and are left out. Errors: Invalid (no CSV, or no column `domain`).
[[nodiscard]] Result<Imported<DomainBlock>> read_domain_blocks(std::string_view csv);

/// Lemmy: the answer of /api/v3/federated_instances, a JSON list of names, or names separated by commas or
/// lines. Errors: Invalid (also any line of a table: its cells would be blocked as hosts).
[[nodiscard]] Result<Imported<DomainBlock>> read_lemmy_blocks(std::string_view text);

/// Registrations of domains: `domain,country[,organisation][,checked_at]`. Rows in which a service stands in
/// for the owner are left out. Errors: Invalid.
[[nodiscard]] Result<Imported<HostCountry>> read_registrations(std::string_view csv, Instant now);

/// `host,key,value,reason`: one word in a row, "" takes it back; further columns are passed over. Rows of one
/// host with one reason become one order. Errors: Invalid (also any row that cannot be read: a correction is
/// done whole or not at all).
[[nodiscard]] Result<std::vector<DeclareOrder>> read_declarations(std::string_view csv,
                                                                  const std::string& by);

/// What stands, as read_declarations() reads it, with when and by whom: it may go to other
/// servers, so no operator is named.
[[nodiscard]] std::string declarations_heading();
[[nodiscard]] std::string declarations_csv(const Host& host, std::span<const DeclaredWord> words);

/// The blocks as rules of policies/transfer-rules.json: suspended hosts are blocked, limited ones flagged,
/// with all below them.
[[nodiscard]] std::string blocks_as_rules(std::span<const DomainBlock> blocks, const std::string& list);

}  // namespace fedtrail::recipients
