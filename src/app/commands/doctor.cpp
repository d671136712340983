#include <algorithm>
#include <ostream>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include "app/checks.hpp"
#include "app/commands/commands.hpp"

namespace fedtrail::app {

namespace {

void tell(Session& session, const std::vector<Check>& checks) {
    for (const auto& check : checks) {
        const char* color = check.verdict == Verdict::Ok     ? "\x1b[32m"
                            : check.verdict == Verdict::Warn ? "\x1b[33m"
                                                             : "\x1b[31m";
        std::string word{name_of(check.verdict)};
        word.resize(4, ' ');
        session.out << (session.terminal ? color + word + "\x1b[0m" : word) << "  " << check.name << ": "
                    << check.finding << "\n";
        if (!check.remedy.empty()) {
            session.out << "      " << check.remedy << "\n";
        }
    }
}

}  // namespace

Result<Exit> doctor(Session& session, const DoctorOptions& options) {
    std::vector<Check> checks;
    if (options.rebuild) {
        auto rebuilt = rebuild_stores(session);
        if (!rebuilt) {
            return fail(rebuilt);
        }
        checks.push_back(*std::move(rebuilt));
    }
    for (auto& check : check_everything(session)) {
        checks.push_back(std::move(check));
    }
    if (session.json) {
        auto list = nlohmann::ordered_json::array();
        for (const auto& check : checks) {
            list.push_back({{"name", check.name},
                            {"verdict", std::string{name_of(check.verdict)}},
                            {"finding", check.finding},
                            {"remedy", check.remedy}});
        }
        session.out << nlohmann::ordered_json{{"format", "fedtrail/doctor/1"}, {"checks", list}}.dump(
                           2, ' ', false, nlohmann::ordered_json::error_handler_t::replace)
                    << "\n";
    } else {
        tell(session, checks);
    }
    const bool ill =
        std::any_of(checks.begin(), checks.end(), [](const Check& c) { return c.verdict == Verdict::Fail; });
    return ill ? Exit::Failed : Exit::Done;
}

}  // namespace fedtrail::app
