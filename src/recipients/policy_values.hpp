/// Values that several policy files have. A fault ends the reading, see fediverse/policy_json.hpp.

#pragma once

#include <string>
#include <utility>

#include "fedtrail/privacy/country.hpp"

#include "fediverse/policy_json.hpp"

namespace fedtrail::recipients {

template <typename T>
[[nodiscard]] T good(Result<T> read) {
    if (!read) {
        throw fediverse::PolicyFault{read.error().what};
    }
    return *std::move(read);
}

[[nodiscard]] inline privacy::Country country_in(const nlohmann::json& value) {
    return good(privacy::Country::parse(value.get<std::string>()));
}

}  // namespace fedtrail::recipients
