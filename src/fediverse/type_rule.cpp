#include "fediverse/type_rule.hpp"

#include <algorithm>
#include <array>

namespace fedtrail::fediverse {

namespace {

using enum DataCategory;

// Sorted by name (checked below).
constexpr std::array kTypeRules{
    TypeRule{"Accept", Nature::Answer, {}, {}, false},
    TypeRule{"Add", Nature::Curate, {}, {}, true},
    TypeRule{"Album", Nature::Thing, {}, {}, false},
    TypeRule{"Announce", Nature::Announce, {Boost}, {}, false},
    TypeRule{"Application", Nature::Actor, {}, {}, false},
    TypeRule{"ApproveReply", Nature::Plain, {}, {}, false},
    TypeRule{"Arrive", Nature::Plain, {Location}, {}, true},
    TypeRule{"Article", Nature::Thing, {}, {}, false},
    TypeRule{"Audio", Nature::Thing, {Media}, {}, false},
    TypeRule{"Block", Nature::ToPerson, {Block}, {Block}, true},
    TypeRule{"CacheFile", Nature::Bare, {}, {}, false},
    TypeRule{"ChatMessage", Nature::Thing, {DirectMessage}, {}, false},
    TypeRule{"Collection", Nature::Bare, {}, {}, false},
    TypeRule{"CollectionPage", Nature::Bare, {}, {}, false},
    TypeRule{"Create", Nature::Publish, {}, {}, false},
    TypeRule{"Delete", Nature::Delete, {Deletion}, {}, true},
    TypeRule{"Dislike", Nature::Plain, {Reaction}, {}, false},
    TypeRule{"Document", Nature::Thing, {Media}, {}, false},
    TypeRule{"Emoji", Nature::Bare, {}, {}, false},
    TypeRule{"EmojiReact", Nature::Plain, {Reaction}, {}, false},
    TypeRule{"EmojiReaction", Nature::Plain, {Reaction}, {}, false},
    TypeRule{"Event", Nature::Thing, {}, {}, false},
    TypeRule{"Flag", Nature::ToPerson, {Report}, {Report}, false},
    TypeRule{"Follow", Nature::ToPerson, {FollowRelation}, {FollowRelation}, false},
    TypeRule{"Group", Nature::Actor, {}, {}, false},
    TypeRule{"Hashtag", Nature::Bare, {}, {}, false},
    TypeRule{"Ignore", Nature::ToPerson, {Block}, {Block}, false},
    TypeRule{"Image", Nature::Thing, {Media}, {}, false},
    TypeRule{"Invite", Nature::ToPerson, {FollowRelation}, {FollowRelation}, true},
    TypeRule{"Join", Nature::Plain, {FollowRelation}, {}, true},
    TypeRule{"Leave", Nature::Plain, {FollowRelation}, {}, true},
    TypeRule{"Library", Nature::Thing, {}, {}, false},
    TypeRule{"Like", Nature::Plain, {Reaction}, {}, false},
    TypeRule{"Link", Nature::Bare, {}, {}, false},
    TypeRule{"Listen", Nature::Plain, {Reaction}, {}, false},
    TypeRule{"Lock", Nature::Plain, {}, {}, true},
    TypeRule{"Mention", Nature::Bare, {}, {}, false},
    TypeRule{"Move", Nature::Move, {Move}, {Move}, false},
    TypeRule{"Note", Nature::Thing, {}, {}, false},
    TypeRule{"Offer", Nature::Plain, {}, {}, true},
    TypeRule{"OrderedCollection", Nature::Bare, {}, {}, false},
    TypeRule{"OrderedCollectionPage", Nature::Bare, {}, {}, false},
    TypeRule{"Organization", Nature::Actor, {}, {}, false},
    TypeRule{"Page", Nature::Thing, {}, {}, false},
    TypeRule{"Person", Nature::Actor, {}, {}, false},
    TypeRule{"Place", Nature::Thing, {Location}, {}, false},
    TypeRule{"Playlist", Nature::Thing, {}, {}, false},
    TypeRule{"Question", Nature::Thing, {}, {}, false},
    TypeRule{"QuoteRequest", Nature::Plain, {}, {}, false},
    TypeRule{"Read", Nature::Plain, {Reaction}, {}, false},
    TypeRule{"Reject", Nature::Answer, {}, {}, false},
    TypeRule{"RejectReply", Nature::Plain, {}, {}, false},
    TypeRule{"Remove", Nature::Curate, {}, {}, true},
    TypeRule{"Service", Nature::Actor, {}, {}, false},
    TypeRule{"TentativeAccept", Nature::Answer, {}, {}, false},
    TypeRule{"TentativeReject", Nature::Answer, {}, {}, false},
    TypeRule{"Tombstone", Nature::Bare, {}, {}, false},
    TypeRule{"Track", Nature::Thing, {Media}, {}, false},
    TypeRule{"Travel", Nature::Plain, {Location}, {}, true},
    TypeRule{"Undo", Nature::Answer, {}, {}, true},
    TypeRule{"Update", Nature::Publish, {}, {}, false},
    TypeRule{"Video", Nature::Thing, {Media}, {}, false},
    TypeRule{"View", Nature::Plain, {Reaction}, {}, false},
    TypeRule{"WatchAction", Nature::Thing, {Reaction}, {}, false},
};

constexpr bool by_name() {
    for (std::size_t i = 1; i < kTypeRules.size(); ++i) {
        if (kTypeRules[i - 1].name >= kTypeRules[i].name) {
            return false;
        }
    }
    return true;
}
static_assert(by_name(), "rule_of() searches by halves");

constexpr TypeRule kNoRule{};

std::string_view without_prefix(std::string_view name) {
    for (const std::string_view prefix : {"as:", "https://www.w3.org/ns/activitystreams#"}) {
        if (name.substr(0, prefix.size()) == prefix) {
            return name.substr(prefix.size());
        }
    }
    return name;
}

}  // namespace

const TypeRule& rule_of(std::string_view name) {
    const auto bare = without_prefix(name);
    const auto* const found = std::lower_bound(
        kTypeRules.begin(), kTypeRules.end(), bare, [](const TypeRule& rule, std::string_view wanted) {
            return rule.name < wanted;
        });
    return found != kTypeRules.end() && found->name == bare ? *found : kNoRule;
}

std::span<const TypeRule> all_type_rules() {
    return kTypeRules;
}

}  // namespace fedtrail::fediverse
