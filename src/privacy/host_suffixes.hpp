/// The names a host lies below: "a.b.example" is below "b.example" and "example".

#pragma once

#include <string_view>

namespace fedtrail::privacy {

/// "example.org" of "example.org:8443", "[::1]" of "[::1]:443".
[[nodiscard]] inline std::string_view without_port(std::string_view host) {
    const auto end = host.find(':', host.starts_with('[') ? host.find(']') : 0);
    return host.substr(0, end);
}

/// Calls `visit` with each of them, the longest first.
template <typename Visit>
void for_each_suffix(std::string_view name, const Visit& visit) {
    for (auto dot = name.find('.'); dot != std::string_view::npos; dot = name.find('.')) {
        name.remove_prefix(dot + 1);
        visit(name);
    }
}

}  // namespace fedtrail::privacy
