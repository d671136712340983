/// The map of the world in policies/layouts/world.json, and the countries of a report on it.

#pragma once

#include <array>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <kainjow/mustache.hpp>

#include "fedtrail/core/result.hpp"

namespace fedtrail::reports {

struct TransferReport;
class ReportTexts;

/// One country on the sheet.
struct MapPlace {
    std::string path;                       ///< SVG path data; "" for one that is drawn as a point.
    std::optional<std::pair<int, int>> at;  ///< The point, in units of the sheet.
};

/// A part of the world, or all of it.
struct MapSheet {
    int width{};
    int height{};
    std::string nameless;  ///< Land without a code of its own, or that belongs elsewhere.
    std::map<std::string, MapPlace, std::less<>> places;  ///< By code.
};

/// Immutable.
struct WorldMap {
    std::vector<MapSheet> sheets;  ///< The whole world first, then parts of it, larger. Never empty.
    std::array<std::string, 5>
        shades;  ///< "#a9d3dc", from few servers to many; what prints without our style.

    /// Errors: Invalid (`path` names the file in the sentence).
    [[nodiscard]] static Result<WorldMap> parse(std::string_view json, const std::string& path);
};

/// What the layout's map is filled with: shapes in five shades by the number of servers, a legend, a text
/// alternative, and the table beside it.
[[nodiscard]] kainjow::mustache::data map_data(const TransferReport& report, const ReportTexts& texts);

}  // namespace fedtrail::reports
