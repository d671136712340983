/// A host by its name.

#pragma once

#include <string_view>

#include "fedtrail/core/address.hpp"

namespace fedtrail::testing {

[[nodiscard]] inline Host host(std::string_view name) {
    return *Host::parse(name);
}

}  // namespace fedtrail::testing
