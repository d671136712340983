#include "language/flat_texts.hpp"

#include <nlohmann/json.hpp>

namespace fedtrail::language {

namespace {

/// False if there is anything but strings.
// NOLINTNEXTLINE(misc-no-recursion): our own file of bounded size, parsed by a library with its own bound.
bool flatten(const nlohmann::json& node, const std::string& name, Texts& out) {
    if (node.is_string()) {
        out[name] = node.get<std::string>();
        return true;
    }
    if (!node.is_object()) {
        return false;
    }
    for (const auto& [key, child] : node.items()) {
        auto path = name.empty() ? key : name;
        if (!name.empty()) {
            path.append(".").append(key);
        }
        if (!flatten(child, path, out)) {
            return false;
        }
    }
    return true;
}

}  // namespace

std::optional<Texts> flat_texts(std::string_view json) {
    Texts texts;
    const auto parsed = nlohmann::json::parse(json, nullptr, false);
    if (parsed.is_discarded() || !parsed.is_object() || !flatten(parsed, {}, texts)) {
        return std::nullopt;
    }
    return texts;
}

}  // namespace fedtrail::language
