/// Recipients as schemas/recipients.schema.json: the API's and the command line's one form.

#pragma once

#include <span>
#include <string>

#include "fedtrail/ports/ledger_reader.hpp"

namespace fedtrail::api {

/// `next` is the cursor of the next page; "" if this is the last.
[[nodiscard]] std::string recipients_json(std::span<const RecipientTotals> recipients,
                                          const std::string& next);

}  // namespace fedtrail::api
