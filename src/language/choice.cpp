#include "language/choice.hpp"

#include <algorithm>
#include <vector>

#include "language/tag.hpp"

namespace fedtrail::language {

namespace {

constexpr int kWhole = 1000;

struct Range {
    std::string tag;
    int weight{};  ///< In thousandths.
};

std::string_view trimmed(std::string_view text) {
    const auto start = text.find_first_not_of(" \t");
    if (start == std::string_view::npos) {
        return {};
    }
    return text.substr(start, text.find_last_not_of(" \t") - start + 1);
}

/// "0.7" is 700: at most three digits behind the point, at most 1.
std::optional<int> weight_of(std::string_view text) {
    if (text.empty() || text.size() > 5 || (text[0] != '0' && text[0] != '1') ||
        (text.size() > 1 && text[1] != '.')) {
        return std::nullopt;
    }
    int weight = text[0] == '1' ? kWhole : 0;
    int place = kWhole;
    for (const char c : text.substr(std::min<std::size_t>(text.size(), 2))) {
        if (c < '0' || c > '9') {
            return std::nullopt;
        }
        place /= 10;
        weight += (c - '0') * place;
    }
    return weight <= kWhole ? std::optional{weight} : std::nullopt;
}

std::optional<Range> range_of(std::string_view text) {
    const auto semicolon = text.find(';');
    const auto tag = trimmed(text.substr(0, semicolon));
    if (tag != "*" && !is_tag(tag)) {
        return std::nullopt;
    }
    Range range{lower(tag), kWhole};
    if (semicolon != std::string_view::npos) {
        const auto parameter = trimmed(text.substr(semicolon + 1));
        const bool quality =
            parameter.size() > 2 && (parameter[0] == 'q' || parameter[0] == 'Q') && parameter[1] == '=';
        const auto weight = quality ? weight_of(parameter.substr(2)) : std::nullopt;
        if (!weight) {
            return std::nullopt;
        }
        range.weight = *weight;
    }
    return range;
}

std::vector<Range> parsed(std::string_view header) {
    std::vector<Range> ranges;
    if (header.size() > kLongestHeader) {  // the last one may be cut
        header = header.substr(0, header.substr(0, kLongestHeader).rfind(',') + 1);
    }
    for (std::size_t seen = 0; !header.empty() && seen < kMostRanges; ++seen) {
        const auto comma = std::min(header.find(','), header.size());
        if (auto range = range_of(header.substr(0, comma))) {
            ranges.push_back(std::move(*range));
        }
        header.remove_prefix(std::min(comma + 1, header.size()));
    }
    std::stable_sort(
        ranges.begin(), ranges.end(), [](const Range& a, const Range& b) { return a.weight > b.weight; });
    return ranges;
}

/// "de;q=0" refuses German by name.
std::vector<std::string> not_refused(std::span<const std::string> known, const std::vector<Range>& ranges) {
    std::vector<std::string> open;
    for (const auto& language : known) {
        const bool refused = std::any_of(ranges.begin(), ranges.end(), [&](const Range& range) {
            return range.weight == 0 && range.tag == lower(language);
        });
        if (!refused) {
            open.push_back(language);
        }
    }
    return open;
}

std::optional<std::string> any_of(const std::vector<std::string>& open, std::string_view usual) {
    auto found = match(open, usual);
    return found || open.empty() ? found : std::optional{open.front()};
}

}  // namespace

std::optional<std::string> match(std::span<const std::string> known, std::string_view wanted) {
    auto tag = is_tag(wanted) ? lower(wanted) : std::string{};
    while (!tag.empty()) {
        const auto same = [&tag](const std::string& language) { return lower(language) == tag; };
        const auto found = std::find_if(known.begin(), known.end(), same);
        if (found != known.end()) {
            return *found;
        }
        const auto cut = tag.rfind('-');
        tag.resize(cut == std::string::npos ? 0 : cut);
    }
    return std::nullopt;
}

std::optional<std::string> accepted(std::span<const std::string> known,
                                    std::string_view usual,
                                    std::string_view header) {
    const auto ranges = parsed(header);
    const auto open = not_refused(known, ranges);
    for (const auto& range : ranges) {
        if (range.weight == 0) {
            break;
        }
        auto found = range.tag == "*" ? any_of(open, usual) : match(open, range.tag);
        if (found) {
            return found;
        }
    }
    return std::nullopt;
}

std::string listed(std::span<const std::string> languages) {
    std::string text;
    for (const auto& language : languages) {
        text.append(text.empty() ? "" : ", ").append(language);
    }
    return text;
}

}  // namespace fedtrail::language
