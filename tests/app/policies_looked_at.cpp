#include "policies_looked_at.hpp"

#include <chrono>
#include <fstream>
#include <iterator>
#include <regex>
#include <string>

#include "fedtrail/privacy/legal_clock.hpp"

#include "temp_dir.hpp"

namespace fedtrail::testing {

namespace {

namespace fs = std::filesystem;

/// Yesterday, for what was checked on a day that is yet to come counts as not checked, and a controller may
/// live west of here.
std::string yesterday() {
    const auto today = std::chrono::floor<std::chrono::days>(std::chrono::system_clock::now());
    return privacy::format_day(privacy::Day{today - std::chrono::days{1}});
}

void look_at(const fs::path& decisions) {
    std::ifstream in{decisions};
    const std::string shipped{std::istreambuf_iterator<char>{in}, {}};
    const std::regex day{R"re(("checked_at": )"\d{4}-\d\d-\d\d")re"};
    std::ofstream{decisions} << std::regex_replace(shipped, day, "$1\"" + yesterday() + "\"");
}

fs::path make_in(const TempDir& place) {
    const fs::path release{FEDTRAIL_SOURCE_DIR};
    const auto policies = fs::canonical(place.path()) / "policies";
    fs::copy(release / "policies", policies, fs::copy_options::recursive);
    fs::create_directory_symlink(release / "schemas", place / "schemas");
    look_at(policies / "adequacy.json");
    return policies;
}

}  // namespace

const fs::path& policies_looked_at() {
    static const TempDir place;
    static const auto policies = make_in(place);
    return policies;
}

}  // namespace fedtrail::testing
