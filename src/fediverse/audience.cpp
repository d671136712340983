#include "fediverse/audience.hpp"

#include <algorithm>
#include <array>

namespace fedtrail::fediverse {

namespace {

constexpr std::array<std::string_view, 3> kEverybody{
    "https://www.w3.org/ns/activitystreams#Public", "as:Public", "Public"};

constexpr std::array<std::string_view, 11> kCollections{"followers",
                                                        "members",
                                                        "subscribers",
                                                        "following",
                                                        "friends",
                                                        "mutuals",
                                                        "connections",
                                                        "moderators",
                                                        "outbox",
                                                        "instances_with_followers",
                                                        "all_members"};

template <typename List>
bool contains(const List& list, std::string_view wanted) {
    return std::find(list.begin(), list.end(), wanted) != list.end();
}

/// Takes the last path segment off `path` and gives it back.
std::string_view take_last_segment(std::string_view& path) {
    const auto slash = path.rfind('/');
    const auto segment = slash == std::string_view::npos ? path : path.substr(slash + 1);
    path = slash == std::string_view::npos ? std::string_view{} : path.substr(0, slash);
    return segment;
}

bool is_collection(std::string_view uri) {
    auto path = uri.substr(0, uri.find_first_of("?#"));
    if (!path.empty() && path.back() == '/') {
        path.remove_suffix(1);
    }
    const auto last = take_last_segment(path);
    return contains(kCollections, last) || take_last_segment(path) == "followers";
}

}  // namespace

Addressee addressee_of(const Reference& reference, std::string_view followers) {
    const auto uri = reference.uri;
    if (contains(kEverybody, uri)) {
        return Addressee::Everybody;
    }
    if (reference.collection || (!uri.empty() && uri == followers) || is_collection(uri)) {
        return Addressee::Followers;
    }
    // Pleroma's "everybody on this server" never crosses to another one.
    const auto mark = uri.find('#');
    const bool local_public = mark != std::string_view::npos && uri.substr(mark) == "#Public";
    return uri.empty() || local_public ? Addressee::Nobody : Addressee::Person;
}

Visibility visibility_of(const Node& node, std::string_view followers) {
    auto visibility = Visibility::Unknown;
    for (const auto& reference : node.references) {
        if (reference.role != Role::To && reference.role != Role::Cc) {
            continue;
        }
        auto seen = Visibility::Unknown;
        switch (addressee_of(reference, followers)) {
            case Addressee::Everybody:
                seen = reference.role == Role::To ? Visibility::Public : Visibility::Unlisted;
                break;
            case Addressee::Followers:
                seen = Visibility::Followers;
                break;
            case Addressee::Person:
                seen = Visibility::Direct;
                break;
            case Addressee::Nobody:
                break;
        }
        visibility = std::min(visibility, seen);  // the enumeration runs from widest to narrowest
    }
    return visibility;
}

}  // namespace fedtrail::fediverse
