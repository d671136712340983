#include "language/parts.hpp"

#include <algorithm>
#include <functional>
#include <optional>
#include <set>
#include <utility>

namespace fedtrail::language {

namespace {

constexpr std::string_view kBlank = " \t\r\n";

/// The part that `text` names and that `parts` has not.
std::optional<std::string> part_missing(std::string_view text, const Texts& parts) {
    for (auto& name : parts_named(text)) {
        if (!parts.contains(name)) {
            return std::move(name);
        }
    }
    return std::nullopt;
}

using Names = std::set<std::string, std::less<>>;

/// Those that name none but what is in `ending`.
void add_ending(const Texts& parts, Names& ending) {
    for (const auto& [name, text] : parts) {
        const auto named = parts_named(text);
        const auto ends = [&ending](const std::string& part) { return ending.contains(part); };
        if (std::all_of(named.begin(), named.end(), ends)) {
            ending.insert(name);
        }
    }
}

/// A part that stands in itself, or that names one which does; "" if each of them ends.
std::string part_without_end(const Texts& parts) {
    Names ending;
    for (auto before = parts.size() + 1; before != ending.size();) {
        before = ending.size();
        add_ending(parts, ending);
    }
    const auto endless = std::find_if(
        parts.begin(), parts.end(), [&](const auto& part) { return !ending.contains(part.first); });
    return endless == parts.end() ? std::string{} : endless->first;
}

}  // namespace

std::vector<std::string> parts_named(std::string_view text) {
    std::vector<std::string> names;
    for (auto at = text.find("{{"); at != std::string_view::npos; at = text.find("{{", at + 2)) {
        const auto sign = text.find_first_not_of(kBlank, at + 2);
        if (sign == std::string_view::npos || text[sign] != '>') {
            continue;
        }
        const auto begin = std::min(text.find_first_not_of(kBlank, sign + 1), text.size());
        const auto end = std::min(text.find_first_of(" \t\r\n}", begin), text.size());
        names.emplace_back(text.substr(begin, end - begin));
    }
    return names;
}

std::string parts_fault(std::string_view text, const Texts& parts) {
    if (const auto missing = part_missing(text, parts); missing) {
        return "names the part {{>" + *missing + "}}, which there is not";
    }
    for (const auto& [name, part] : parts) {
        if (const auto missing = part_missing(part, parts); missing) {
            return "has the part \"" + name + "\", which names {{>" + *missing + "}}, which there is not";
        }
    }
    if (const auto endless = part_without_end(parts); !endless.empty()) {
        return "has the part \"" + endless + "\", which never ends: a part stands in itself";
    }
    return {};
}

}  // namespace fedtrail::language
