/// The people of the modelled origin: how many follower servers and activities, when, and who follows when.

#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "fedtrail/fediverse/category.hpp"

#include "bench/ledger/servers.hpp"

namespace fedtrail::bench {

/// The model at one size. All draws come from `seed`; `draw` picks one of the populations it can give.
struct Model {
    std::string_view name;
    std::uint64_t seed{};
    std::uint64_t draw{};
    std::uint32_t users{};
    Millis begin{};
    std::uint32_t years{};
    double present_at_start{};            ///< Share of a user's follower servers.
    std::uint32_t fixed_followers{};      ///< 0: drawn for each user.
    std::uint32_t fixed_activities{};     ///< 0: drawn for each user.
    std::uint32_t only_first_activities;  ///< 0: all.
    [[nodiscard]] Millis end() const { return begin + years * kYearMs; }
};

[[nodiscard]] Model w1s();  ///< 500 people for a year; small rosters: the worst case for a compact code.
[[nodiscard]] Model w1();   ///< 2,000 people for a year.
[[nodiscard]] Model w2();   ///< One person: 50,000 activities in six years, 5,000 follower servers.
[[nodiscard]] Model w2s();  ///< The first 5,000 activities of that person.

struct RosterEvent {
    Millis at{};
    std::uint32_t server{};
    bool joins{};
};

struct Person {
    std::uint32_t follower_servers{};
    std::vector<Millis> activities;   ///< When; ascending, at different seconds.
    std::vector<RosterEvent> roster;  ///< By time; those at the model's begin in the follower table's order.
};

[[nodiscard]] std::vector<Person> people(const Model& model, const Servers& servers);

enum class ActivityKind : std::uint8_t { Create, Reply, Boost, Direct, Update };

/// What an activity is, without its texts.
struct Activity {
    ActivityKind kind{ActivityKind::Create};
    fediverse::Visibility visibility{fediverse::Visibility::Public};
    fediverse::CategorySet categories;
    std::uint32_t object{};  ///< The activity of the same person that made the object; its own for a boost.
    Millis at{};
};

struct ActivityText {
    std::string id;
    std::string object;
};

/// Kind and object are functions of (seed, user, index) and of nothing drawn before.
[[nodiscard]] Activity activity_of(const Model& model,
                                   const Person& person,
                                   std::uint32_t user,
                                   std::uint32_t index);
/// URIs as Mastodon writes them: statuses/<snowflake>, …/activity, …#updates/<unix time>. The snowflake is
/// milliseconds << 16 | 16 random bits.
[[nodiscard]] ActivityText text_of(const Model& model,
                                   const Person& person,
                                   std::uint32_t user,
                                   std::uint32_t index);
[[nodiscard]] std::string actor_of(std::uint32_t user);
[[nodiscard]] std::string_view type_of(ActivityKind kind);  ///< ActivityStreams type.

}  // namespace fedtrail::bench
