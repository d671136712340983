/// The messages of an erasure while they are still JSON values: for those who add to them.

#pragma once

#include <string>
#include <string_view>

#include <nlohmann/json_fwd.hpp>

#include "fedtrail/fediverse/delete_message.hpp"

namespace fedtrail::fediverse {

inline constexpr std::string_view kActivityStreams = "https://www.w3.org/ns/activitystreams";
inline constexpr std::string_view kPublic = "https://www.w3.org/ns/activitystreams#Public";

[[nodiscard]] nlohmann::ordered_json delete_json(const DeleteMessage& message);
/// Octets that are not UTF-8 become U+FFFD.
[[nodiscard]] std::string json_text(const nlohmann::ordered_json& json);
/// The type that stands at the object; "" where the object is a plain string.
[[nodiscard]] std::string typed_object_type(const DeleteMessage& message);

}  // namespace fedtrail::fediverse
