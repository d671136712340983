/// Bundles as a stranger may make them: signed well, with whatever in them.

#pragma once

#include <map>
#include <string>

namespace fedtrail::testing {

/// `bundle` with other contents for some members, and a manifest that lists and signs them. An empty name
/// stands for the text of manifest.json itself. What the bundle does not have is added; members whose paths
/// begin with `without` go, if it is not empty.
[[nodiscard]] std::string crafted(const std::string& bundle,
                                  const std::map<std::string, std::string>& contents,
                                  const std::string& without = {});
/// The content of a member; "none" if it is not there.
[[nodiscard]] std::string member_of(const std::string& bundle, std::string_view name);
/// `text` with the first `what` in it as `then`.
[[nodiscard]] std::string replaced(std::string text, std::string_view what, std::string_view then);
/// `count` times `text`.
[[nodiscard]] std::string times(std::size_t count, std::string_view text);

}  // namespace fedtrail::testing
