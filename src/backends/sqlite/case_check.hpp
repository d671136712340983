#pragma once

#include "backends/sqlite/case_books.hpp"
#include "backends/sqlite/case_requests.hpp"

namespace fedtrail::sqlite {

/// Everything that SqliteCases::check() looks at. SQLite's exceptions pass through.
[[nodiscard]] CasesCheck check_cases(CaseTables tables);

}  // namespace fedtrail::sqlite
