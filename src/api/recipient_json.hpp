/// Recipients as schemas/recipients.schema.json: the API's and the command line's one form.

#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>

#include "fedtrail/ports/ledger_reader.hpp"
#include "fedtrail/ports/recipient_directory.hpp"

namespace fedtrail::api {

/// `next` is the cursor of the next page; "" if this is the last.
[[nodiscard]] std::string recipients_json(std::span<const RecipientTotals> recipients,
                                          const std::string& next);

/// How each software honours deletions (schemas/honour.schema.json), as RecipientDirectory::by_software() has
/// it.
[[nodiscard]] std::string honour_json(const std::map<std::string, SoftwareRecord>& software);

/// Of those told, in whole per cent, how many copies were verified gone; nothing if nobody was told.
[[nodiscard]] std::optional<std::uint64_t> honour_percent(std::uint64_t told, std::uint64_t gone);

}  // namespace fedtrail::api
