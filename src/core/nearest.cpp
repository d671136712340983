#include "fedtrail/core/nearest.hpp"

#include <algorithm>
#include <vector>

namespace fedtrail {

namespace {

constexpr std::size_t kLongestWord = 128;  // the price is quadratic; nobody's key is longer

using Row = std::vector<std::size_t>;

/// By an insertion, a deletion or a change.
std::size_t cheapest(const std::vector<Row>& cost, std::size_t i, std::size_t j, bool same) {
    return std::min({cost[i - 1][j] + 1, cost[i][j - 1] + 1, cost[i - 1][j - 1] + (same ? 0 : 1)});
}

}  // namespace

std::size_t edit_distance(std::string_view a, std::string_view b) {
    a = a.substr(0, kLongestWord);
    b = b.substr(0, kLongestWord);
    std::vector<Row> cost(a.size() + 1, Row(b.size() + 1));
    for (std::size_t i = 0; i <= a.size(); ++i) {
        cost[i][0] = i;
    }
    for (std::size_t j = 0; j <= b.size(); ++j) {
        cost[0][j] = j;
    }
    for (std::size_t i = 1; i <= a.size(); ++i) {
        for (std::size_t j = 1; j <= b.size(); ++j) {
            cost[i][j] = cheapest(cost, i, j, a[i - 1] == b[j - 1]);
            const bool swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
            cost[i][j] = swapped ? std::min(cost[i][j], cost[i - 2][j - 2] + 1) : cost[i][j];
        }
    }
    return cost[a.size()][b.size()];
}

std::optional<std::string> nearest(std::string_view word, std::span<const std::string> known) {
    std::optional<std::string> best;
    std::size_t best_distance = 0;
    for (const auto& candidate : known) {
        const auto distance = edit_distance(word, candidate);
        const auto limit = std::max<std::size_t>(1, std::max(word.size(), candidate.size()) / 3);
        if (distance <= limit && (!best || distance < best_distance)) {
            best = candidate;
            best_distance = distance;
        }
    }
    return best;
}

std::string did_you_mean(std::string_view word, std::span<const std::string> known) {
    if (const auto best = nearest(word, known)) {
        return "Did you mean \"" + *best + "\"?";
    }
    std::string list = "Known are: ";
    for (const auto& candidate : known) {
        list += (list.ends_with(": ") ? "" : ", ") + candidate;
    }
    return list + ".";
}

}  // namespace fedtrail
