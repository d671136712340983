#include "fedtrail/fediverse/activity.hpp"

#include <algorithm>
#include <string>
#include <unordered_map>

#include "fedtrail/core/uri.hpp"
#include "fedtrail/fediverse/signer.hpp"

#include "fediverse/ascii.hpp"
#include "fediverse/audience.hpp"
#include "fediverse/wire.hpp"

namespace fedtrail::fediverse {

namespace {

using enum DataCategory;

std::string normal(std::string_view text) {
    if (text.empty()) {
        return {};
    }
    const auto uri = Uri::parse(text);
    return uri ? uri->text() : std::string{};
}

bool names_an_actor(std::string_view text) {
    const auto uri = Uri::parse(text);
    return uri && looks_like_actor(*uri);
}

bool has(const Node& node, Role role) {
    return std::any_of(node.references.begin(), node.references.end(), [role](const Reference& reference) {
        return reference.role == role;
    });
}

bool is_activity(const Node& node) {
    return is_activity(node.rule->nature) ||
           (node.rule->nature == Nature::Unknown && has(node, Role::Actor) && has(node, Role::Object));
}

/// Whether an embedded actor document says more than who it is.
bool says_profile(const Node& node) {
    return node.has_name || node.has_summary || node.has_media || node.has_location;
}

/// Somebody an activity names, before they are given their place.
struct Person {
    std::string_view uri;
    std::string_view username;
};

struct Other {
    Person person;
    CategorySet categories;
};

/// Walks the nodes of one document and gives everybody their share.
class Digestion {
public:
    Digestion(const Wire& wire, const IsLocal& is_local) : wire_(wire), is_local_(is_local) {}

    ActivityDigest run();

private:
    [[nodiscard]] Person person(const Reference& reference) const;
    [[nodiscard]] Person actor_of(const Node& node) const;
    [[nodiscard]] std::string_view object_of(const Node& node) const;
    [[nodiscard]] std::string_view restored_by(const Node& node) const;
    [[nodiscard]] const Node* passed_on_by(const Node& node) const;
    [[nodiscard]] CategorySet content_of(const Node& node, const Node* carrier) const;
    [[nodiscard]] CategorySet of_actor(const Node& activity) const;

    void find_audience();
    void find_deletion(const Node& root);
    [[nodiscard]] bool is_local(std::string_view uri) const { return is_local_ && is_local_(uri); }
    [[nodiscard]] bool is_full() const;
    void give(const Person& person, CategorySet categories);
    void activity(const Node& node, const Person& actor);
    void object(const Node& activity, const Reference& reference, const Person& actor);
    void named_object(const TypeRule& rule, const Reference& reference);
    void thing(const Node& node, const Node* carrier, const Person& maker);
    void profile(const Node& node, const Person& self);
    void curate(const Node& node, const Person& actor);
    void announced(const Node& node);
    void add_if_mentioned(const Reference& reference);
    void others();

    const Wire& wire_;
    const IsLocal& is_local_;
    ActivityDigest digest_;
    std::string_view followers_;  ///< Of whichever embedded actor tells it.
    std::unordered_map<std::string_view, std::size_t>
        as_written_;  ///< Places in digest_.shares: spares most normalisations.
    std::unordered_map<std::string, std::size_t> places_;  ///< The same by normalised URI.
    std::size_t locals_{};                                 ///< Of digest_.shares.
    std::vector<Other> others_;
};

Person Digestion::person(const Reference& reference) const {
    const auto* const node = wire_.at(reference);
    return {reference.uri, node != nullptr ? node->username : std::string_view{}};
}

Person Digestion::actor_of(const Node& node) const {
    const Reference* found = nullptr;
    for (const auto& reference : node.references) {
        const bool better = reference.role == Role::Actor && (found == nullptr || found->role != Role::Actor);
        const bool second = reference.role == Role::Author && found == nullptr;
        if ((better || second) && !reference.uri.empty()) {
            found = &reference;
        }
    }
    return found != nullptr ? person(*found) : Person{};
}

/// The innermost object; of an answer, the activity it is about.
std::string_view Digestion::object_of(const Node& node) const {
    for (const auto& reference : node.references) {
        if (reference.role != Role::Object) {
            continue;
        }
        const auto* const inner = wire_.at(reference);
        if (inner != nullptr && is_activity(*inner) && node.rule->nature != Nature::Answer) {
            const auto innermost = object_of(*inner);
            return innermost.empty() ? inner->id : innermost;
        }
        if (!reference.uri.empty()) {
            return reference.uri;
        }
    }
    return {};
}

/// What an Undo says was deleted: the Delete in it often has no id (Misskey), or one that nobody saw.
std::string_view Digestion::restored_by(const Node& node) const {
    if (node.rule->name != "Undo") {
        return {};
    }
    for (const auto& reference : node.references) {
        const auto* const inner = reference.role == Role::Object ? wire_.at(reference) : nullptr;
        if (inner != nullptr && inner->rule->nature == Nature::Delete) {
            return object_of(*inner);
        }
    }
    return {};
}

/// What a community tells those that follow it: FEP-1b12.
const Node* Digestion::passed_on_by(const Node& node) const {
    if (node.rule->nature != Nature::Announce) {
        return nullptr;
    }
    for (const auto& reference : node.references) {
        if (const auto* const inner = reference.role == Role::Object ? wire_.at(reference) : nullptr) {
            return inner;
        }
    }
    return nullptr;
}

void Digestion::find_deletion(const Node& root) {
    const auto* const inner = passed_on_by(root);
    const auto back = normal(restored_by(inner != nullptr ? *inner : root));
    digest_.restored = Personal<std::string>{back};
    if (const auto& deed = inner != nullptr ? *inner : root; deed.rule->nature == Nature::Delete) {
        digest_.reasoned = deed.has_summary_key || deed.has_content;
    }
    if (inner == nullptr) {
        return;
    }
    const auto gone = inner->rule->nature == Nature::Delete ? normal(object_of(*inner)) : std::string{};
    if (!gone.empty() || !back.empty()) {
        digest_.deleted = Personal<std::string>{gone};
        digest_.deleter = Personal<std::string>{normal(actor_of(*inner).uri)};
    }
}

/// The audience of the document is that of the outermost node that has one.
void Digestion::find_audience() {
    for (const auto& node : wire_.nodes) {
        followers_ = followers_.empty() ? node.followers : followers_;
    }
    for (const auto& node : wire_.nodes) {
        digest_.visibility = visibility_of(node, followers_);
        if (digest_.visibility != Visibility::Unknown) {
            return;
        }
    }
}

CategorySet Digestion::content_of(const Node& node, const Node* carrier) const {
    auto categories = node.rule->of_actor;
    if (node.rule->nature == Nature::Bare) {
        return categories;
    }
    if (node.has_media) {
        categories.add(Media);
    }
    if (node.has_location) {
        categories.add(Location);
    }
    auto seen_by = visibility_of(node, followers_);
    if (seen_by == Visibility::Unknown && carrier != nullptr && carrier->rule->nature == Nature::Publish) {
        seen_by = digest_.visibility;
    }
    const bool vote = node.is_reply && node.has_name && !node.has_content && !node.has_media;
    if (vote) {
        categories.add(PollVote);
    } else if (seen_by == Visibility::Direct && node.rule->nature == Nature::Thing) {
        categories.add(DirectMessage);
    } else if (!categories.has(DirectMessage) && (node.has_name || node.has_content || node.has_summary)) {
        categories.add(PostText);
    }
    return categories;
}

/// What the actor of an activity shares by doing it, besides `handle`.
CategorySet Digestion::of_actor(const Node& activity) const {
    const auto& rule = *activity.rule;
    auto own = rule.of_actor;
    bool bare = !has(activity, Role::Target) && !activity.has_result;
    for (const auto& reference : activity.references) {
        const auto* const inner = reference.role == Role::Object ? wire_.at(reference) : nullptr;
        if (inner == nullptr || inner->type.empty()) {
            continue;
        }
        bare = false;
        if (rule.nature == Nature::Answer) {
            own.add(is_activity(*inner) ? inner->rule->of_actor : CategorySet{});
        } else if (rule.nature == Nature::Announce && is_activity(*inner)) {
            own = {};  // an Announce of an activity passes it on; only of an object it is a boost
        }
    }
    if (bare && (rule.name == "Accept" || rule.name == "Reject")) {
        own.add(FollowRelation);  // the answer to a follow names it by its URI alone
    }
    if (rule.reason && (activity.has_content || activity.has_summary)) {
        own.add(PostText);
    }
    return own;
}

void Digestion::give(const Person& person, CategorySet categories) {
    auto& shares = digest_.shares;
    const auto add_to = [&](std::size_t index) {
        shares[index].categories.add(categories);
        if (shares[index].username.reveal().empty() && !person.username.empty()) {
            shares[index].username = Personal<std::string>{std::string{person.username}};
        }
    };
    if (person.uri.empty()) {
        return;
    }
    if (const auto found = as_written_.find(person.uri); found != as_written_.end()) {
        return add_to(found->second);
    }
    auto uri = normal(person.uri);
    if (uri.empty()) {
        return;
    }
    if (const auto found = places_.find(uri); found != places_.end()) {
        return add_to(found->second);
    }
    const bool local = is_local(uri);
    if (local ? locals_ >= kMaxLocalShares : shares.size() - locals_ >= kMaxShares) {
        return;
    }
    locals_ += local ? 1 : 0;
    as_written_.emplace(person.uri, shares.size());
    places_.emplace(uri, shares.size());
    categories.add(Handle);
    shares.push_back({Personal<std::string>{std::move(uri)},
                      Personal<std::string>{std::string{person.username}},
                      categories});
}

/// Whether nobody more can have a share.
bool Digestion::is_full() const {
    return digest_.shares.size() - locals_ >= kMaxShares && (!is_local_ || locals_ >= kMaxLocalShares);
}

/// What an embedded actor document says about its person.
void Digestion::profile(const Node& node, const Person& self) {
    CategorySet categories{Profile};
    if (node.has_media) {
        categories.add(Media);
    }
    if (node.has_location) {
        categories.add(Location);
    }
    if (node.has_moved) {
        categories.add(Move);
    }
    give({node.id.empty() ? self.uri : node.id, node.username}, categories);
}

/// Something somebody made: its authors, or else who sent it, share its contents.
void Digestion::thing(const Node& node, const Node* carrier, const Person& maker) {
    auto categories = content_of(node, carrier);
    if (carrier != nullptr && (carrier->rule->nature == Nature::Delete || carrier->rule->name == "Flag")) {
        categories.add(carrier->rule->of_actor);
    }
    bool somebody = false;
    for (const auto& reference : node.references) {
        if ((reference.role != Role::Author && reference.role != Role::Actor) || reference.uri.empty()) {
            continue;
        }
        somebody = somebody || !normal(reference.uri).empty();
        give(person(reference), categories);
        const auto* const author = wire_.at(reference);
        if (author != nullptr && says_profile(*author)) {
            profile(*author, maker);
        }
    }
    if (!somebody) {
        give(maker, categories);
    }
}

/// An object that is only named. For Flag it can be a post or a person; only the form of its URI tells.
void Digestion::named_object(const TypeRule& rule, const Reference& reference) {
    if (rule.nature != Nature::ToPerson || addressee_of(reference, {}) != Addressee::Person ||
        (rule.name == "Flag" && !names_an_actor(reference.uri))) {
        return;
    }
    others_.push_back({{reference.uri, {}}, rule.of_object});
}

void Digestion::object(const Node& activity, const Reference& reference, const Person& actor) {
    const auto* const node = wire_.at(reference);
    const auto& rule = *activity.rule;
    if (node == nullptr || node->type.empty()) {
        named_object(rule, reference);
    } else if (is_activity(*node)) {
        const auto inner = actor_of(*node);
        this->activity(*node, inner.uri.empty() ? actor : inner);
    } else if (node->rule->nature != Nature::Actor) {
        thing(*node, &activity, actor);
    } else if (says_profile(*node) || rule.nature == Nature::Publish) {
        profile(*node, actor);
    }
    if (node != nullptr && node->rule->nature == Nature::Actor && rule.nature == Nature::ToPerson) {
        others_.push_back({person(reference), rule.of_object});
    }
}

/// Add and Remove: a person put on a list (a moderator), or something put on the actor's own page.
void Digestion::curate(const Node& node, const Person& actor) {
    for (const auto& reference : node.references) {
        const auto* const inner = wire_.at(reference);
        if (reference.role != Role::Object) {
            continue;
        }
        const bool typed = inner != nullptr && !inner->type.empty();
        if (typed ? inner->rule->nature == Nature::Actor : names_an_actor(reference.uri)) {
            others_.push_back({person(reference), {Profile}});
        } else {
            give(actor, {Profile});
        }
    }
}

/// One of ours whose post is announced is told of it in `cc`, and so named to whoever gets the activity.
void Digestion::announced(const Node& node) {
    const auto object = is_local_ ? normal(object_of(node)) : std::string{};
    if (object.empty()) {
        return;
    }
    for (const auto& reference : node.references) {
        const bool addressed = reference.role == Role::To || reference.role == Role::Cc;
        if (!addressed || addressee_of(reference, followers_) != Addressee::Person) {
            continue;
        }
        if (const auto uri = normal(reference.uri); lies_below(object, uri) && is_local(uri)) {
            others_.push_back({{reference.uri, {}}, {}});
        }
    }
}

void Digestion::activity(const Node& node, const Person& actor) {
    const auto& rule = *node.rule;
    give(actor, of_actor(node));
    for (const auto& reference : node.references) {
        const auto* const inner = wire_.at(reference);
        if (reference.role == Role::Object ||
            (reference.role == Role::Instrument && rule.name == "QuoteRequest")) {
            object(node, reference, actor);
        } else if (reference.role == Role::Actor && inner != nullptr && says_profile(*inner)) {
            profile(*inner, actor);
        } else if (reference.role == Role::Target && rule.nature == Nature::Move) {
            others_.push_back({person(reference), rule.of_object});
        }
    }
    if (rule.nature == Nature::Curate) {
        curate(node, actor);
    } else if (rule.nature == Nature::Announce) {
        announced(node);
    }
}

void Digestion::add_if_mentioned(const Reference& reference) {
    const bool addressed = reference.role == Role::To || reference.role == Role::Cc;
    if (reference.role == Role::Mention || (addressed && digest_.visibility == Visibility::Direct &&
                                            addressee_of(reference, followers_) == Addressee::Person)) {
        others_.push_back({{reference.uri, {}}, {}});
    }
}

/// The people who are not actors or authors: those acted upon, mentioned, or, of a direct message, addressed.
void Digestion::others() {
    for (const auto& node : wire_.nodes) {
        for (const auto& reference : node.references) {
            add_if_mentioned(reference);
        }
    }
    for (const auto& other : others_) {
        if (is_full()) {
            return;
        }
        give(other.person, other.categories);
    }
}

ActivityDigest Digestion::run() {
    const auto& root = wire_.nodes.front();
    digest_.type = root.type;
    digest_.id = Personal<std::string>{normal(root.id)};
    digest_.shares.reserve(4);
    find_audience();
    if (is_activity(root)) {
        digest_.object = Personal<std::string>{normal(object_of(root))};
        find_deletion(root);
        activity(root, actor_of(root));
    } else {
        digest_.object = digest_.id;
        root.rule->nature == Nature::Actor ? profile(root, {}) : thing(root, nullptr, {});
    }
    others();
    return std::move(digest_);
}

}  // namespace

Result<ActivityDigest> digest_activity(std::string_view json, const IsLocal& is_local) {
    Wire wire;
    if (auto read = read_wire(json, wire); !read) {
        return fail(read);
    }
    return Digestion{wire, is_local}.run();
}

bool is_activity_type(std::string_view content_type) {
    constexpr std::string_view kSpace = " \t";
    auto type = content_type.substr(0, content_type.find(';'));
    const auto start = type.find_first_not_of(kSpace);
    if (start == std::string_view::npos) {
        return false;
    }
    type = type.substr(start, type.find_last_not_of(kSpace) + 1 - start);
    for (const std::string_view known : {"application/activity+json", "application/ld+json"}) {
        if (std::equal(type.begin(), type.end(), known.begin(), known.end(), [](char a, char b) {
                return lower(a) == b;
            })) {
            return true;
        }
    }
    return false;
}

}  // namespace fedtrail::fediverse
