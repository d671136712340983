/// Which recipients pass on what they get: policies/recipient-marks.json as values. Pure.

#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "fedtrail/core/result.hpp"
#include "fedtrail/core/uri.hpp"
#include "fedtrail/records/recipient_card.hpp"

namespace fedtrail::recipients {

struct MarkRule {
    enum class Mark : std::uint8_t { Relay, Bridge };
    std::string name;
    Mark mark{Mark::Relay};
    std::vector<std::string> software;  ///< As NodeInfo names it, lower case.
    std::vector<std::string> hosts;     ///< "*.brid.gy" is brid.gy and all below it.
};

/// Errors: Invalid; names the row.
[[nodiscard]] Result<std::vector<MarkRule>> parse_marks(std::string_view json);

/// Relay and bridge, no more.
[[nodiscard]] records::RecipientMarks marks_of(const std::vector<MarkRule>& rules,
                                               const Host& host,
                                               std::string_view software);

}  // namespace fedtrail::recipients
