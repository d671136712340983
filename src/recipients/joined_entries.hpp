/// All hosts of one recipient, and what is known of it as a whole. docs/recipients.md says by which rules.

#pragma once

#include <map>
#include <span>
#include <vector>

#include "fedtrail/core/result.hpp"
#include "fedtrail/ports/declaration_book.hpp"
#include "fedtrail/ports/recipient_directory.hpp"

namespace fedtrail::recipients {

using JoinedEntries = std::map<Host, RecipientEntry>;

/// The entries of `hosts` and of all that they are joined with, of each as far as four steps lead and 64
/// hosts in all: who has many hosts must not make a question about one of them dear, and takes no room from
/// the others. Errors: those of the directory.
[[nodiscard]] Result<JoinedEntries> entries_with_joined(const RecipientDirectory& directory,
                                                        std::span<const Host> hosts);

/// Those of the recipient that has `host`, which is among them, within the same bounds: the one it is named
/// by first, then from the one that answered last.
[[nodiscard]] std::vector<const RecipientEntry*> entries_of_one(const JoinedEntries& all, const Host& host);

/// The first of `of_one` (not empty), completed by the others: what it does not say is said by the first of
/// them that does; it is of a kind as any of them is; what was measured is added up. What concerns a host
/// alone (whether it answers, whether it rests) stays that of the first.
[[nodiscard]] RecipientEntry whole_entry(std::span<const RecipientEntry* const> of_one);

/// What is declared of a recipient by what is declared of each of its hosts, by key: of each word the host
/// where it was written last, whole with what hangs on it ("basis" with "basis.until"); if at the same time,
/// the first. Without what is of one host (is_of_one_host()).
[[nodiscard]] std::vector<DeclaredWord> whole_declaration(
    std::span<const std::vector<DeclaredWord>> of_hosts);

}  // namespace fedtrail::recipients
