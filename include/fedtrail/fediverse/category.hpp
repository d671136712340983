/// The kinds of personal data an activity can carry, and who may see an object.

#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>

namespace fedtrail::fediverse {

/// Categories of personal data (GDPR Art. 15(1)(b)). The numbers are written to disk: append only.
enum class DataCategory : std::uint8_t {
    Profile = 0,
    Handle = 1,
    PostText = 2,
    Media = 3,
    Location = 4,
    FollowRelation = 5,
    Reaction = 6,
    Boost = 7,
    PollVote = 8,
    DirectMessage = 9,
    Report = 10,
    Block = 11,
    Move = 12,
    Deletion = 13,
    Unread = 14,  ///< Something was sent whose content was not read (too large, encrypted, not JSON).
};

inline constexpr std::array<std::pair<DataCategory, std::string_view>, 15> kDataCategories{{
    {DataCategory::Profile, "profile"},
    {DataCategory::Handle, "handle"},
    {DataCategory::PostText, "post_text"},
    {DataCategory::Media, "media"},
    {DataCategory::Location, "location"},
    {DataCategory::FollowRelation, "follow_relation"},
    {DataCategory::Reaction, "reaction"},
    {DataCategory::Boost, "boost"},
    {DataCategory::PollVote, "poll_vote"},
    {DataCategory::DirectMessage, "direct_message"},
    {DataCategory::Report, "report"},
    {DataCategory::Block, "block"},
    {DataCategory::Move, "move"},
    {DataCategory::Deletion, "deletion"},
    {DataCategory::Unread, "unread"},
}};

/// A set of categories, one bit each.
class CategorySet {
public:
    constexpr CategorySet() = default;
    constexpr explicit CategorySet(std::uint16_t bits) : bits_(bits) {}
    constexpr CategorySet(std::initializer_list<DataCategory> categories) {
        for (const auto category : categories) {
            add(category);
        }
    }

    constexpr void add(DataCategory category) { bits_ = static_cast<std::uint16_t>(bits_ | bit(category)); }
    constexpr void add(CategorySet other) { bits_ = static_cast<std::uint16_t>(bits_ | other.bits_); }
    [[nodiscard]] constexpr bool has(DataCategory category) const { return (bits_ & bit(category)) != 0; }
    [[nodiscard]] constexpr bool empty() const { return bits_ == 0; }
    [[nodiscard]] constexpr std::uint16_t bits() const { return bits_; }

    friend constexpr bool operator==(CategorySet, CategorySet) = default;

private:
    static constexpr std::uint16_t bit(DataCategory category) {
        return static_cast<std::uint16_t>(1U << static_cast<unsigned>(category));
    }
    std::uint16_t bits_{};
};

/// The word used in files, API and screen ("post_text").
[[nodiscard]] std::string_view name_of(DataCategory category);
[[nodiscard]] std::optional<DataCategory> category_named(std::string_view name);

/// Who an object is addressed to. The numbers are written to disk: append only.
enum class Visibility : std::uint8_t {
    Public = 0,     ///< as:Public in `to`.
    Unlisted = 1,   ///< as:Public in `cc` only.
    Followers = 2,  ///< A followers collection, not Public.
    Direct = 3,     ///< Named actors only.
    Unknown = 4,    ///< No audience given (Lemmy votes, Follow, …) or not read.
};

[[nodiscard]] std::string_view name_of(Visibility visibility);
[[nodiscard]] std::optional<Visibility> visibility_named(std::string_view name);

}  // namespace fedtrail::fediverse
