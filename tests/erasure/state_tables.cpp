#include "erasure/state_tables.hpp"

#include <map>
#include <vector>

#include "fedtrail/fediverse/notice.hpp"
#include "fedtrail/privacy/erasure_request.hpp"

namespace fedtrail::testing {

namespace {

/// "a", "b" and "c": `a`, `b`, `c`
std::string joined(const std::vector<std::string>& names) {
    std::string text;
    for (const auto& name : names) {
        text += (text.empty() ? "`" : ", `") + name + "`";
    }
    return text;
}

/// A row per event: where it leads to, and where it changes nothing.
template <typename State, typename Event, typename Next>
std::string table(State last_state, Event last_event, const Next& next) {
    std::string text = "| event | moves | changes no state in |\n|---|---|---|\n";
    for (int e = 0; e <= static_cast<int>(last_event); ++e) {
        const auto event = static_cast<Event>(e);
        std::map<State, std::vector<std::string>> moves;
        std::vector<std::string> stays;
        for (int s = 0; s <= static_cast<int>(last_state); ++s) {
            const auto state = static_cast<State>(s);
            const auto then = next(state, event);
            if (then && *then == state) {
                stays.emplace_back(name_of(state));
            } else if (then) {
                moves[*then].emplace_back(name_of(state));
            }
        }
        std::string lines;
        for (const auto& [to, from] : moves) {
            lines += (lines.empty() ? "" : "; ") + joined(from) + " → `" + std::string{name_of(to)} + "`";
        }
        text += "| `" + std::string{name_of(event)} + "` | " + lines + " | " + joined(stays) + " |\n";
    }
    return text;
}

bool replace(std::string& page, const std::string& name, const std::string& table) {
    const auto begin = "<!-- " + name + ": made from the code -->\n";
    const auto end = "<!-- end of " + name + " -->";
    const auto first = page.find(begin);
    const auto last = page.find(end);
    if (first == std::string::npos || last == std::string::npos || last < first) {
        return false;
    }
    const auto from = first + begin.size();
    page.replace(from, last - from, table);
    return true;
}

}  // namespace

std::filesystem::path life_of_an_erasure() {
    return std::filesystem::path{FEDTRAIL_SOURCE_DIR} / "docs/life-of-an-erasure.md";
}

std::string with_state_tables(const std::string& page) {
    auto made = page;
    const bool whole = replace(made,
                               "requests",
                               table(privacy::RequestState::Duplicate,
                                     privacy::RequestEventKind::OriginUnsure,
                                     [](auto state, auto event) { return privacy::next(state, event); })) &&
                       replace(made,
                               "notices",
                               table(fediverse::NoticeState::Disproportionate,
                                     fediverse::NoticeEventKind::NothingLeft,
                                     [](auto state, auto event) { return fediverse::next(state, event); }));
    return whole ? made : std::string{};
}

}  // namespace fedtrail::testing
