#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace fedtrail::language {

using Texts = std::map<std::string, std::string, std::less<>>;

/// Every string of a JSON object under its dotted name ("evidence.sent.word"); nothing if it is no object of
/// strings and objects.
[[nodiscard]] std::optional<Texts> flat_texts(std::string_view json);

}  // namespace fedtrail::language
