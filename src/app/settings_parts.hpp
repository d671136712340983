/// What the tables of settings are written with.

#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "app/settings.hpp"

namespace fedtrail::app {

inline constexpr std::int64_t kMinute = 60;
inline constexpr std::int64_t kHour = 60 * kMinute;
inline constexpr std::int64_t kDay = 24 * kHour;

inline constexpr std::array<std::string_view, 2> kYesNo{"no", "yes"};

inline const std::string& text(const SettingValue& value) {
    return std::get<std::string>(value);
}
inline const std::vector<std::string>& texts(const SettingValue& value) {
    return std::get<std::vector<std::string>>(value);
}
inline std::int64_t number(const SettingValue& value) {
    return std::get<std::int64_t>(value);
}
inline std::uint64_t count(const SettingValue& value) {
    return static_cast<std::uint64_t>(number(value));
}

}  // namespace fedtrail::app
