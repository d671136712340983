#include "backends/postgres/connection_text.hpp"

#include <array>
#include <string_view>

namespace fedtrail::postgres {

namespace {

struct Parameter {
    std::string_view name;
    std::string_view value;
};
constexpr std::array kDefaults{
    Parameter{"connect_timeout", "5"},       // seconds
    Parameter{"tcp_user_timeout", "10000"},  // milliseconds: a server that vanished does not hold us up
    Parameter{"application_name", "fedtrail"},
    Parameter{"client_encoding", "UTF8"},
};

}  // namespace

std::string with_defaults(const std::string& text) {
    const bool uri = text.starts_with("postgresql://") || text.starts_with("postgres://");
    std::string added;
    for (const auto& [name, value] : kDefaults) {
        if (text.find(name) == std::string::npos) {
            added += (added.empty() ? "" : (uri ? "&" : " ")) + std::string{name} + "=" + std::string{value};
        }
    }
    if (added.empty()) {
        return text;
    }
    if (!uri) {
        return added + " " + text;
    }
    return text + (text.find('?') == std::string::npos ? "?" : "&") + added;
}

}  // namespace fedtrail::postgres
