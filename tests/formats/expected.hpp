/// What the ledger's own reader answers, in the words of read_ledger.py.

#pragma once

#include <string>

#include "formats/written.hpp"

namespace fedtrail::testing {

/// A JSON document.
[[nodiscard]] std::string expected_answers(const WrittenLedger& written);

}  // namespace fedtrail::testing
