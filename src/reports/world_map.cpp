#include "reports/world_map.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

#include <nlohmann/json.hpp>

#include "reports/recipient_terms.hpp"
#include "reports/report_texts.hpp"
#include "reports/shared_words.hpp"
#include "reports/text_files.hpp"
#include "reports/transfer_report.hpp"

namespace fedtrail::reports {

namespace {

namespace mustache = kainjow::mustache;

constexpr std::size_t kShades = 5;
constexpr std::size_t kNamedInAlternative = 3;

/// The numbers of servers at which the shade changes, each the highest of its shade. Equal steps of the
/// logarithm: most countries have few servers and a few have many.
std::vector<std::uint64_t> shades_for(std::uint64_t highest) {
    std::vector<std::uint64_t> upper;
    for (std::size_t i = 1; i <= kShades; ++i) {
        const auto share = static_cast<double>(i) / static_cast<double>(kShades);
        const auto bound =
            i == kShades
                ? highest
                : static_cast<std::uint64_t>(std::llround(std::pow(static_cast<double>(highest), share)));
        if (upper.empty() || bound > upper.back()) {
            upper.push_back(bound);
        }
    }
    return upper;
}

class Drawing {
public:
    Drawing(const TransferReport& report, const ReportTexts& texts)
        : report_(report), texts_(texts), map_(texts.layout().map) {
        for (const auto& count : report.countries) {
            highest_ = std::max(highest_, count.country ? count.servers : 0);
        }
        upper_ = shades_for(std::max<std::uint64_t>(highest_, 1));
    }

    [[nodiscard]] mustache::data data() const {
        mustache::data drawn;
        drawn.set("sheets", sheets());
        drawn.set("legend", legend());
        drawn.set("rows", rows());
        drawn.set("drawn", report_.totals.countries.has_value());
        if (const auto beyond = not_on_the_map(); !beyond.empty()) {
            drawn.set("missing", texts_.fill("sentence.map_missing", {{"places", listed(beyond)}}));
        }
        return drawn;
    }

private:
    [[nodiscard]] std::string name_of_place(const CountryCount& count) const {
        return count.country ? texts_.at(word_key(*count.country))
               : count.hint  ? hinted_words(*count.hint, texts_)
                             : texts_.at("page.country_unknown");
    }

    [[nodiscard]] std::string with_number(const CountryCount& count) const {
        return name_of_place(count) + " (" + texts_.forms().number(count.servers) + ")";
    }

    [[nodiscard]] std::string listed(const std::vector<std::string>& parts) const {
        std::string text;
        for (const auto& part : parts) {
            text.append(text.empty() ? "" : texts_.forms().between()).append(part);
        }
        return text;
    }

    /// The darkest is the last, however many there are.
    [[nodiscard]] std::size_t shade(std::size_t step) const { return kShades - upper_.size() + step; }

    [[nodiscard]] std::size_t shade_of(std::uint64_t servers) const {
        const auto found = std::lower_bound(upper_.begin(), upper_.end(), servers);
        return shade(static_cast<std::size_t>(found - upper_.begin()));
    }

    void put_shade(mustache::data& shape, std::size_t number) const {
        shape.set("shade", "s" + std::to_string(number + 1));
        shape.set("fill", map_.shades.at(number));
    }

    [[nodiscard]] mustache::data sheets() const {
        mustache::data list{mustache::data::type::list};
        for (const auto& sheet : map_.sheets) {
            const bool whole = &sheet == &map_.sheets.front();
            auto drawn = drawing_of(sheet);
            if (whole) {
                drawn.set("alt", alternative());
            }
            if (whole || shows_any(sheet)) {
                list.push_back(drawn);
            }
        }
        return list;
    }

    [[nodiscard]] static const MapPlace* place_of(const CountryCount& count, const MapSheet& sheet) {
        const auto found = count.country ? sheet.places.find(count.country->code()) : sheet.places.end();
        return found == sheet.places.end() ? nullptr : &found->second;
    }

    [[nodiscard]] bool shows_any(const MapSheet& sheet) const {
        return std::any_of(report_.countries.begin(),
                           report_.countries.end(),
                           [&sheet](const CountryCount& count) { return place_of(count, sheet) != nullptr; });
    }

    [[nodiscard]] mustache::data drawing_of(const MapSheet& sheet) const {
        mustache::data shapes{mustache::data::type::list};
        mustache::data points{mustache::data::type::list};
        for (const auto& count : report_.countries) {
            const auto* const place = place_of(count, sheet);
            if (place == nullptr) {
                continue;
            }
            mustache::data shape;
            put_shade(shape, shade_of(count.servers));
            shape.set("title", with_number(count));
            if (place->at) {
                shape.set("x", std::to_string(place->at->first));
                shape.set("y", std::to_string(place->at->second));
                points.push_back(shape);
            } else {
                shape.set("path", place->path);
                shapes.push_back(shape);
            }
        }
        mustache::data drawn;
        drawn.set("width", std::to_string(sheet.width));
        drawn.set("height", std::to_string(sheet.height));
        drawn.set("land", land_of(sheet));
        drawn.set("shapes", shapes);
        drawn.set("points", points);
        return drawn;
    }

    /// Everything that no server is in, as one path.
    [[nodiscard]] std::string land_of(const MapSheet& sheet) const {
        auto path = sheet.nameless;
        for (const auto& [code, place] : sheet.places) {
            const auto& here = code;
            const bool shown = std::any_of(
                report_.countries.begin(), report_.countries.end(), [&here](const CountryCount& count) {
                    return count.country && count.country->code() == here;
                });
            path += shown ? std::string{} : place.path;
        }
        return path;
    }

    [[nodiscard]] std::vector<std::string> not_on_the_map() const {
        std::vector<std::string> beyond;
        for (const auto& count : report_.countries) {
            if (place_of(count, map_.sheets.front()) == nullptr) {
                beyond.push_back(with_number(count));
            }
        }
        return beyond;
    }

    [[nodiscard]] std::vector<std::string> bases_of(const CountryCount& count) const {
        std::vector<std::string> bases;
        for (const auto kind : kBases) {
            if (const auto found = count.bases.find(kind); found != count.bases.end()) {
                const auto word = texts_.at(word_key(kind) + ".word");
                bases.push_back(count.bases.size() == 1
                                    ? word
                                    : word + " (" + texts_.forms().number(found->second) + ")");
            }
        }
        return bases;
    }

    [[nodiscard]] mustache::data rows() const {
        mustache::data list{mustache::data::type::list};
        for (const auto& count : report_.countries) {
            mustache::data row;
            row.set("country", name_of_place(count));
            row.set("servers", texts_.forms().number(count.servers));
            row.set("bases", listed(bases_of(count)));
            list.push_back(row);
        }
        return list;
    }

    [[nodiscard]] mustache::data legend() const {
        mustache::data list{mustache::data::type::list};
        std::uint64_t from = 1;
        for (std::size_t i = 0; i < upper_.size(); ++i) {
            mustache::data step;
            const auto low = texts_.forms().number(from);
            put_shade(step, shade(i));
            step.set("label", from == upper_[i] ? low : low + "\u2013" + texts_.forms().number(upper_[i]));
            list.push_back(step);
            from = upper_[i] + 1;
        }
        return list;
    }

    [[nodiscard]] std::string alternative() const {
        std::vector<std::string> most;
        for (const auto& count : report_.countries) {
            if (count.country && most.size() < kNamedInAlternative) {
                most.push_back(with_number(count));
            }
        }
        return texts_.fill("sentence.map_alt",
                           {{"most", listed(most)}},
                           {{"countries", report_.totals.countries.value_or(0), "countries"}});
    }

    const TransferReport& report_;
    const ReportTexts& texts_;
    const WorldMap& map_;
    std::uint64_t highest_{};
    std::vector<std::uint64_t> upper_;
};

/// Nothing but what path data is made of: it goes into the page as it is.
bool is_path(const std::string& text) {
    return text.find_first_not_of("Mlz0123456789 -.") == std::string::npos;
}

/// False if it is no place.
bool add_place(MapSheet& sheet, const std::string& code, const nlohmann::json& shape) {
    MapPlace place;
    if (const auto path = shape.find("path"); path != shape.end() && path->is_string()) {
        place.path = path->get<std::string>();
    }
    if (const auto at = shape.find("at"); at != shape.end() && at->is_array() && at->size() == 2 &&
                                          at->at(0).is_number_integer() && at->at(1).is_number_integer()) {
        place.at = {at->at(0).get<int>(), at->at(1).get<int>()};
    }
    if (place.path.empty() == !place.at.has_value() || !is_path(place.path)) {
        return false;
    }
    sheet.places.emplace(code, std::move(place));
    return true;
}

bool is_sheet(const nlohmann::json& node) {
    return node.is_object() && node.contains("width") && node.at("width").is_number_integer() &&
           node.contains("height") && node.at("height").is_number_integer() && node.contains("nameless") &&
           node.at("nameless").is_string() && node.contains("countries") && node.at("countries").is_object();
}

/// Nothing if it is none.
std::optional<MapSheet> sheet_of(const nlohmann::json& node) {
    if (!is_sheet(node)) {
        return std::nullopt;
    }
    MapSheet sheet;
    sheet.width = node.at("width").get<int>();
    sheet.height = node.at("height").get<int>();
    sheet.nameless = node.at("nameless").get<std::string>();
    bool good = is_path(sheet.nameless);
    for (const auto& [code, shape] : node.at("countries").items()) {
        good = good && shape.is_object() && add_place(sheet, code, shape);
    }
    return good ? std::optional{std::move(sheet)} : std::nullopt;
}

/// "#a9d3dc"
bool is_colour(const nlohmann::json& node) {
    if (!node.is_string()) {
        return false;
    }
    const auto& text = node.get_ref<const std::string&>();
    return text.size() == 7 && text.front() == '#' &&
           text.find_first_not_of("0123456789abcdef", 1) == std::string::npos;
}

}  // namespace

Result<WorldMap> WorldMap::parse(std::string_view json, const std::string& path) {
    const auto document = nlohmann::json::parse(json, nullptr, false);
    const bool map_like = document.is_object() && document.contains("sheets") &&
                          document.at("sheets").is_array() && !document.at("sheets").empty() &&
                          document.contains("shades") && document.at("shades").is_array() &&
                          document.at("shades").size() == kShades;
    if (!map_like) {
        return bad_file(path, "is no map");
    }
    WorldMap map;
    for (std::size_t i = 0; i < kShades; ++i) {
        const auto& shade = document.at("shades").at(i);
        if (!is_colour(shade)) {
            return bad_file(path, "has a shade that is no colour");
        }
        map.shades.at(i) = shade.get<std::string>();
    }
    for (const auto& node : document.at("sheets")) {
        auto sheet = sheet_of(node);
        if (!sheet) {
            return bad_file(path, "has a sheet or a place that is none");
        }
        map.sheets.push_back(std::move(*sheet));
    }
    return map;
}

mustache::data map_data(const TransferReport& report, const ReportTexts& texts) {
    return Drawing{report, texts}.data();
}

}  // namespace fedtrail::reports
