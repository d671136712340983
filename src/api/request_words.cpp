#include "api/request_words.hpp"

#include <algorithm>
#include <charconv>
#include <chrono>

#include "fedtrail/core/uri.hpp"

namespace fedtrail::api {

namespace {

constexpr std::size_t kDayLength = 10;  // "2026-11-22"

Result<std::vector<Host>> hosts_of(std::span<const std::string> texts) {
    std::vector<Host> hosts;
    for (const auto& text : texts) {
        auto host = Host::parse(text);
        if (!host || host->empty()) {
            return fail(ErrorKind::Invalid, "a recipient is not a host name", "Write it as a.example.");
        }
        hosts.push_back(std::move(*host));
    }
    return hosts;
}

}  // namespace

Result<records::ErasureScope> scope_of(const ScopeWords& words, const erasure::LegalCalendar& calendar) {
    const bool matching = !words.before.empty() || !words.categories.empty();
    if (matching && !words.objects.empty()) {
        return fail(ErrorKind::Invalid,
                    "objects are named, and a rule that chooses objects as well",
                    "Give the objects, or a day and categories.");
    }
    auto objects = objects_of(words.objects);
    const auto categories = categories_of(words.categories);
    auto recipients = hosts_of(words.recipients);
    if (!objects || !categories || !recipients) {
        return !objects      ? Result<records::ErasureScope>{fail(objects)}
               : !categories ? Result<records::ErasureScope>{fail(categories)}
                             : Result<records::ErasureScope>{fail(recipients)};
    }
    records::ErasureScope scope;
    scope.objects = std::move(*objects);
    scope.categories = *categories;
    scope.recipients = std::move(*recipients);
    scope.kind = matching                 ? records::ScopeKind::Matching
                 : !scope.objects.empty() ? records::ScopeKind::Objects
                                          : records::ScopeKind::Account;
    if (!words.before.empty()) {
        const auto before = moment_of(words.before, "before", calendar);
        if (!before) {
            return fail(before);
        }
        scope.before = *before;
    }
    return scope;
}

Result<std::vector<Personal<std::string>>> objects_of(std::span<const std::string> texts) {
    std::vector<Personal<std::string>> objects;
    for (const auto& text : texts) {
        const auto uri = Uri::parse(text);
        if (!uri) {
            return fail(ErrorKind::Invalid,
                        "an object is not an http or https URI",
                        "Give the object's address as the server names it (its id).");
        }
        objects.emplace_back(uri->text());
    }
    return objects;
}

std::string known_categories() {
    std::string names;
    for (const auto& [category, name] : fediverse::kDataCategories) {
        names += (names.empty() ? "" : ", ") + std::string{name};
    }
    return names;
}

Result<fediverse::CategorySet> categories_of(std::span<const std::string> names) {
    fediverse::CategorySet set;
    for (const auto& name : names) {
        const auto category = fediverse::category_named(name);
        if (!category) {
            return fail(ErrorKind::Invalid,
                        "there is no category \"" + name + "\"",
                        "Known are: " + known_categories() + ".");
        }
        set.add(*category);
    }
    return set;
}

Result<Instant> moment_of(std::string_view text,
                          std::string_view name,
                          const erasure::LegalCalendar& calendar) {
    const bool is_day = text.size() == kDayLength;
    auto at = parse_rfc3339(is_day ? std::string{text} + "T00:00:00Z" : std::string{text});
    if (!at) {
        return fail(ErrorKind::Invalid,
                    std::string{name} + " is not a moment",
                    "Write 2026-11-22 or 2026-11-22T10:00:00Z.");
    }
    if (is_day) {
        const privacy::Day day{std::chrono::floor<std::chrono::days>(*at)};
        return std::max(erasure::first_moment(day, calendar), Instant{});
    }
    return at;
}

Result<std::uint32_t> rate_of(std::int64_t number, std::string_view name) {
    constexpr std::int64_t kMost = 1'000'000;
    if (number < 1 || number > kMost) {
        return fail(ErrorKind::Invalid,
                    std::string{name} + " is not a number from 1 to 1000000",
                    "Write how many messages may leave in a second.");
    }
    return static_cast<std::uint32_t>(number);
}

Result<std::uint64_t> number_of(std::string_view text, std::string_view name) {
    std::uint64_t number = 0;
    const auto* end = text.data() + text.size();
    const auto [stopped, error] = std::from_chars(text.data(), end, number);
    if (error != std::errc{} || stopped != end || number == 0) {
        return fail(
            ErrorKind::Invalid, std::string{name} + " is not a number above 0", "Take one from the list.");
    }
    return number;
}

}  // namespace fedtrail::api
