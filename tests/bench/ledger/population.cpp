#include "bench/ledger/population.hpp"

#include <algorithm>
#include <cmath>
#include <optional>

namespace fedtrail::bench {

namespace {

using fediverse::CategorySet;
using fediverse::DataCategory;
using fediverse::Visibility;

// What a seed is for.
constexpr std::uint64_t kPeople = 2;
constexpr std::uint64_t kRoster = 3;
constexpr std::uint64_t kTimes = 4;
constexpr std::uint64_t kKind = 5;
constexpr std::uint64_t kSnowflake = 6;

constexpr double kParetoAlpha = 0.8;
constexpr double kParetoMin = 3;
constexpr double kParetoMax = 10'000;
constexpr double kActivityMedian = 120;
constexpr double kActivitySigma = 1.5;
constexpr double kActivityMax = 50'000;
constexpr double kLeavesPerYear = 0.08;
constexpr double kRejoins = 0.2;
constexpr double kRejoinMeanMs = 60.0 * kDayMs;
constexpr Millis kDeadServerDroppedAfter = 7 * kDayMs;

// Unix milliseconds of 2020-01-01 and 2025-01-01.
constexpr Millis kJanuary2020 = 1'577'836'800'000;
constexpr Millis kJanuary2025 = 1'735'689'600'000;
constexpr std::uint64_t kSeed = 20260807;

std::uint32_t drawn_followers(Random& random) {
    const double reach = 1.0 - std::pow(kParetoMin / kParetoMax, kParetoAlpha);
    return static_cast<std::uint32_t>(kParetoMin *
                                      std::pow(1.0 - random.unit() * reach, -1.0 / kParetoAlpha));
}

std::uint32_t drawn_activities(Random& random, std::uint32_t followers) {
    const double popular = std::pow(static_cast<double>(followers) / 7.0, 0.3);
    const double count = random.lognormal(kActivityMedian, kActivitySigma) * popular;
    return static_cast<std::uint32_t>(std::clamp(count, 1.0, kActivityMax));
}

std::vector<Millis> drawn_times(const Model& model, std::uint32_t user, std::uint32_t count) {
    Random random{seed_of({model.seed, kTimes, model.draw, user})};
    std::vector<Millis> times(count);
    for (auto& time : times) {
        time =
            model.begin + static_cast<Millis>(random.unit() * static_cast<double>(model.end() - model.begin));
    }
    std::sort(times.begin(), times.end());
    for (std::size_t i = 1; i < times.size(); ++i) {
        // Two Updates of one object in one second would have one id.
        times[i] = std::max(times[i], (times[i - 1] / 1000 + 1) * 1000);
    }
    if (model.only_first_activities != 0 && times.size() > model.only_first_activities) {
        times.resize(model.only_first_activities);
    }
    return times;
}

/// Joins, leaves and rejoins of one server, until the model ends or the server is dropped as dead.
void follow(
    const Model& model, Random& random, Millis joined, RosterEvent event, std::vector<RosterEvent>& out) {
    const Millis dropped = event.at;
    Millis at = joined;
    while (at < std::min(model.end(), dropped)) {
        out.push_back(RosterEvent{at, event.server, true});
        at += static_cast<Millis>(random.exponential(kYearMs / kLeavesPerYear));
        if (at >= std::min(model.end(), dropped)) {
            break;
        }
        out.push_back(RosterEvent{at, event.server, false});
        if (!random.chance(kRejoins)) {
            return;
        }
        at += static_cast<Millis>(random.exponential(kRejoinMeanMs));
    }
    if (dropped < model.end() && joined < dropped) {
        out.push_back(RosterEvent{dropped, event.server, false});
    }
}

std::vector<RosterEvent> drawn_roster(const Model& model,
                                      const Servers& servers,
                                      Random& random,
                                      std::uint32_t count) {
    std::vector<RosterEvent> events;
    for (const auto server : servers.draw_distinct(random, count)) {
        const auto span = static_cast<double>(model.end() - model.begin);
        const Millis joined = random.chance(model.present_at_start)
                                  ? model.begin
                                  : model.begin + static_cast<Millis>(random.unit() * span);
        const Millis died = servers.died_at(server);
        const Millis dropped = died < model.end() ? died + kDeadServerDroppedAfter : died;
        if (joined < died) {
            follow(model, random, joined, RosterEvent{dropped, server, false}, events);
        }
    }
    std::stable_sort(
        events.begin(), events.end(), [](const RosterEvent& a, const RosterEvent& b) { return a.at < b.at; });
    return events;
}

struct KindDraw {
    ActivityKind kind{};
    Random random;
};

KindDraw drawn_kind(const Model& model, std::uint32_t user, std::uint32_t index) {
    Random random{seed_of({model.seed, kKind, model.draw, user, index})};
    const double u = random.unit();
    ActivityKind kind = ActivityKind::Update;
    if (u < 0.52) {
        kind = ActivityKind::Create;
    } else if (u < 0.74) {
        kind = ActivityKind::Reply;
    } else if (u < 0.92) {
        kind = ActivityKind::Boost;
    } else if (u < 0.95) {
        kind = ActivityKind::Direct;
    }
    return KindDraw{kind, random};
}

bool makes_post(ActivityKind kind) {
    return kind == ActivityKind::Create || kind == ActivityKind::Reply;
}

/// The post that an Update changes: one of the last dozen or so.
std::optional<std::uint32_t> updated_post(const Model& model,
                                          std::uint32_t user,
                                          std::uint32_t index,
                                          Random& random) {
    const std::uint32_t back = 1 + random.geometric(0.15);
    for (std::uint32_t at = index; at-- > 0;) {
        if (index - at >= back && makes_post(drawn_kind(model, user, at).kind)) {
            return at;
        }
    }
    return std::nullopt;
}

/// Mastodon's defaults are mostly public; replies are often unlisted.
Visibility drawn_visibility(ActivityKind kind, Random& random) {
    if (kind == ActivityKind::Direct) {
        return Visibility::Direct;
    }
    if (kind == ActivityKind::Boost) {
        return Visibility::Public;
    }
    const double u = random.unit();
    const double is_public = kind == ActivityKind::Reply ? 0.5 : 0.7;
    if (u < is_public) {
        return Visibility::Public;
    }
    return u < 0.87 ? Visibility::Unlisted : Visibility::Followers;
}

CategorySet drawn_categories(ActivityKind kind, Random& random) {
    if (kind == ActivityKind::Boost) {
        return {DataCategory::Handle, DataCategory::Boost};
    }
    if (kind == ActivityKind::Direct) {
        return {DataCategory::Handle, DataCategory::PostText, DataCategory::DirectMessage};
    }
    CategorySet categories{DataCategory::Handle, DataCategory::PostText};
    if (random.chance(0.25)) {
        categories.add(DataCategory::Media);
    }
    return categories;
}

std::string status_uri(const Model& model, const Person& person, std::uint32_t user, std::uint32_t index) {
    const std::uint64_t low = seed_of({model.seed, kSnowflake, model.draw, user, index}) & 0xFFFFU;
    const std::uint64_t snowflake = (static_cast<std::uint64_t>(person.activities[index]) << 16U) | low;
    return actor_of(user) + "/statuses/" + std::to_string(snowflake);
}

Model one_year(std::string_view name, std::uint64_t draw, std::uint32_t users) {
    return Model{name, kSeed, draw, users, kJanuary2025, 1, 0.4, 0, 0, 0};
}

}  // namespace

// The tail of the follower counts is so heavy that a few people make most of the traffic: two populations of
// the same model differ by a factor of two and more. These draws are near the figures that
// docs/performance.md names.
Model w1s() {
    return one_year("w1s", 4'387, 500);
}
Model w1() {
    return one_year("w1", 1'394, 2'000);
}
Model w2() {
    return Model{"w2", kSeed, 0, 1, kJanuary2020, 6, 0.9, 5'000, 50'000, 0};
}
Model w2s() {
    return Model{"w2s", kSeed, 0, 1, kJanuary2020, 6, 0.9, 5'000, 50'000, 5'000};
}

std::vector<Person> people(const Model& model, const Servers& servers) {
    std::vector<Person> all(model.users);
    Random random{seed_of({model.seed, kPeople, model.draw})};
    for (std::uint32_t user = 0; user < model.users; ++user) {
        Person& person = all[user];
        const std::uint32_t followers = drawn_followers(random);
        const std::uint32_t activities = drawn_activities(random, followers);
        person.follower_servers = model.fixed_followers != 0 ? model.fixed_followers : followers;
        person.activities =
            drawn_times(model, user, model.fixed_activities != 0 ? model.fixed_activities : activities);
        Random roster{seed_of({model.seed, kRoster, model.draw, user})};
        person.roster = drawn_roster(model, servers, roster, person.follower_servers);
    }
    return all;
}

Activity activity_of(const Model& model, const Person& person, std::uint32_t user, std::uint32_t index) {
    auto [kind, random] = drawn_kind(model, user, index);
    Activity activity{kind, Visibility::Public, {}, index, person.activities[index]};
    if (kind == ActivityKind::Update) {
        const auto post = updated_post(model, user, index, random);
        if (post) {
            const Activity original = activity_of(model, person, user, *post);
            activity.visibility = original.visibility;
            activity.categories = original.categories;
            activity.object = *post;
            return activity;
        }
        activity.kind = ActivityKind::Create;
    }
    activity.visibility = drawn_visibility(activity.kind, random);
    activity.categories = drawn_categories(activity.kind, random);
    return activity;
}

ActivityText text_of(const Model& model, const Person& person, std::uint32_t user, std::uint32_t index) {
    const Activity activity = activity_of(model, person, user, index);
    const std::string object = status_uri(model, person, user, activity.object);
    if (activity.kind == ActivityKind::Update) {
        return ActivityText{object + "#updates/" + std::to_string(activity.at / 1000), object};
    }
    const std::string id = object + "/activity";
    return ActivityText{id, activity.kind == ActivityKind::Boost ? id : object};
}

std::string actor_of(std::uint32_t user) {
    std::string number = std::to_string(user);
    number.insert(0, number.size() < 4 ? 4 - number.size() : 0, '0');
    return "https://origin.example/users/u" + number;
}

std::string_view type_of(ActivityKind kind) {
    switch (kind) {
        case ActivityKind::Boost:
            return "Announce";
        case ActivityKind::Update:
            return "Update";
        case ActivityKind::Create:
        case ActivityKind::Reply:
        case ActivityKind::Direct:
            break;
    }
    return "Create";
}

}  // namespace fedtrail::bench
