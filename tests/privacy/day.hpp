/// Days as they are written.

#pragma once

#include <string_view>

#include "fedtrail/privacy/legal_clock.hpp"

namespace fedtrail::testing {

inline privacy::Day day(std::string_view text) {
    return *privacy::parse_day(text);
}

}  // namespace fedtrail::testing
