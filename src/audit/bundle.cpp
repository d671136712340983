#include "fedtrail/audit/bundle.hpp"

#include <algorithm>
#include <numeric>

namespace fedtrail::audit {

namespace {

constexpr std::array<std::string_view, 3> kLevels{"full", "pseudonymised", "minimal"};
constexpr std::array<std::string_view, 4> kAbsences{"not_kept", "level", "limit", "no_text"};

template <typename Enum, std::size_t kCount>
std::optional<Enum> named(const std::array<std::string_view, kCount>& names, std::string_view name) {
    const auto found = std::find(names.begin(), names.end(), name);
    return found == names.end() ? std::nullopt : std::optional{static_cast<Enum>(found - names.begin())};
}

struct TextOfScope {
    std::string operator()(const Everything& /*all*/) const { return "everything"; }
    std::string operator()(const Period& period) const {
        return (period.since ? "from " + format_rfc3339(*period.since) : std::string{"from the start"}) +
               (period.until ? " until " + format_rfc3339(*period.until) : std::string{});
    }
    std::string operator()(records::RequestNumber number) const {
        return "request " + std::to_string(number.get());
    }
    std::string operator()(privacy::SubjectNumber number) const {
        return "subject " + std::to_string(number.get());
    }
};

}  // namespace

Result<void> check_period(const Period& period) {
    constexpr Instant kFirst{};
    if (period.since.value_or(kFirst) < kFirst || period.until.value_or(kFirst) < kFirst) {
        return fail(ErrorKind::Invalid,
                    "the period begins or ends before 1970",
                    "Leave its beginning out: then it is from the start of the log.");
    }
    return {};
}

std::string_view name_of(Level level) {
    return kLevels.at(static_cast<std::size_t>(level));
}

std::optional<Level> level_named(std::string_view name) {
    return named<Level>(kLevels, name);
}

std::string_view name_of(Absence why) {
    return kAbsences.at(static_cast<std::size_t>(why));
}

std::optional<Absence> absence_named(std::string_view name) {
    return named<Absence>(kAbsences, name);
}

std::string scope_text(const Scope& scope) {
    return std::visit(TextOfScope{}, scope);
}

std::uint64_t total_of(const KindCounts& counts) {
    return std::accumulate(counts.begin(), counts.end(), std::uint64_t{0});
}

}  // namespace fedtrail::audit
