#include "backends/openssl/actor_signer.hpp"

#include <algorithm>
#include <list>
#include <mutex>
#include <optional>
#include <unordered_map>
#include <utility>

#include "backends/openssl/private_key.hpp"

namespace fedtrail::openssl {

namespace {

struct UsableKey {
    std::string key_id;
    PrivateKey key;
};
using UsableKeys = std::vector<UsableKey>;
using SharedKeys = std::shared_ptr<const UsableKeys>;

ActorKey shown(const UsableKey& usable) {
    return ActorKey{usable.key_id, usable.key.algorithm(), usable.key.public_key()};
}

void rsa_first(UsableKeys& keys) {
    std::stable_sort(keys.begin(), keys.end(), [](const UsableKey& a, const UsableKey& b) {
        return a.key.algorithm() < b.key.algorithm();
    });
}

/// Whose keys were looked up lately, the latest first. Not thread-safe.
class RecentKeys {
public:
    struct Entry {
        std::uint64_t subject;
        Instant until;
        Result<SharedKeys> keys;
    };

    explicit RecentKeys(std::size_t capacity) : capacity_(std::max<std::size_t>(capacity, 1)) {}

    [[nodiscard]] std::optional<Result<SharedKeys>> find(std::uint64_t subject, Instant now) {
        const auto place = places_.find(subject);
        if (place == places_.end()) {
            return std::nullopt;
        }
        if (place->second->until <= now) {
            drop(subject);
            return std::nullopt;
        }
        entries_.splice(entries_.begin(), entries_, place->second);
        return place->second->keys;
    }

    void put(Entry entry) {
        drop(entry.subject);
        if (entries_.size() >= capacity_) {
            drop(entries_.back().subject);
        }
        entries_.push_front(std::move(entry));
        places_[entries_.front().subject] = entries_.begin();
    }

    void drop(std::uint64_t subject) {
        if (const auto place = places_.find(subject); place != places_.end()) {
            entries_.erase(place->second);
            places_.erase(place);
        }
    }

private:
    std::size_t capacity_;
    std::list<Entry> entries_;
    std::unordered_map<std::uint64_t, std::list<Entry>::iterator> places_;
};

}  // namespace

struct ActorSigner::State {
    KeySafe& safe;
    std::vector<const KeySource*> sources;
    const SubjectVault& vault;
    const Clock& clock;
    Options options;
    std::mutex lock{};  ///< Guards what follows; never held while a store or a source is asked.
    RecentKeys recent;
    std::uint64_t
        forgotten{};  ///< Counts forget(), so that what was read before it is not remembered after it.

    [[nodiscard]] Result<SharedKeys> keys_of(privacy::SubjectNumber subject);
    [[nodiscard]] Result<SharedKeys> look_up(privacy::SubjectNumber subject) const;
    [[nodiscard]] Result<UsableKeys> in_safe(privacy::SubjectNumber subject) const;
    [[nodiscard]] Result<UsableKeys> in_sources(privacy::SubjectNumber subject) const;
    [[nodiscard]] Result<UsableKeys> in_source(const KeySource& source,
                                               const Uri& actor,
                                               privacy::SubjectNumber subject) const;
    [[nodiscard]] tl::unexpected<Error> nowhere() const;
};

Result<SharedKeys> ActorSigner::State::keys_of(privacy::SubjectNumber subject) {
    std::uint64_t seen = 0;
    {
        const std::scoped_lock held{lock};
        if (auto known = recent.find(subject.get(), clock.now())) {
            return *known;
        }
        seen = forgotten;
    }
    auto keys = look_up(subject);
    const bool absent = !keys && keys.error().kind == ErrorKind::NotFound;
    if (keys || absent) {
        const std::scoped_lock held{lock};
        if (seen == forgotten) {
            const auto until = clock.now() + (absent ? options.absent_for : options.kept_for);
            recent.put(RecentKeys::Entry{subject.get(), until, keys});
        }
    }
    return keys;
}

Result<SharedKeys> ActorSigner::State::look_up(privacy::SubjectNumber subject) const {
    auto keys = in_safe(subject);
    if (keys && keys->empty()) {
        keys = in_sources(subject);
    }
    if (!keys) {
        return fail(keys);
    }
    if (keys->empty()) {
        return nowhere();
    }
    rsa_first(*keys);
    return std::make_shared<const UsableKeys>(std::move(*keys));
}

Result<UsableKeys> ActorSigner::State::in_safe(privacy::SubjectNumber subject) const {
    const auto kept = safe.kept(subject);
    if (!kept) {
        return fail(kept);
    }
    UsableKeys keys;
    for (const auto& found : *kept) {
        auto parsed = PrivateKey::parse(found.private_key.reveal());
        if (!parsed) {
            return fail(ErrorKind::Corrupt,
                        "subject " + std::to_string(subject.get()) +
                            ": a private key in the vault is none: " + parsed.error().what,
                        "run `fedtrail keys drop`, then import the key again");
        }
        keys.push_back(UsableKey{found.key_id, std::move(*parsed)});
    }
    return keys;
}

Result<UsableKeys> ActorSigner::State::in_sources(privacy::SubjectNumber subject) const {
    const auto identity = vault.identity(subject);
    if (!identity) {
        return fail(identity);
    }
    const auto actor = Uri::parse(identity->actor.reveal());
    if (!actor) {
        return fail(ErrorKind::Corrupt, "subject " + std::to_string(subject.get()) + " has no actor's URI");
    }
    std::optional<Error> first_failure;
    for (const auto* source : sources) {
        auto keys = in_source(*source, *actor, subject);
        if (keys && !keys->empty()) {
            return keys;
        }
        if (!keys && !first_failure) {
            first_failure = keys.error();
        }
    }
    if (first_failure) {
        return tl::unexpected{std::move(*first_failure)};
    }
    return UsableKeys{};
}

Result<UsableKeys> ActorSigner::State::in_source(const KeySource& source,
                                                 const Uri& actor,
                                                 privacy::SubjectNumber subject) const {
    const auto found = source.find(actor);
    if (!found) {
        return fail(found);
    }
    UsableKeys keys;
    std::optional<Error> first_failure;
    for (const auto& candidate : *found) {
        auto parsed = PrivateKey::parse(candidate.private_key.reveal());
        if (!parsed) {
            first_failure = parsed.error();
            first_failure->what = source.name() + ": " + first_failure->what;
            continue;
        }
        if (const auto kept = safe.keep(subject, candidate); !kept) {
            return fail(kept);
        }
        keys.push_back(UsableKey{candidate.key_id, std::move(*parsed)});
    }
    if (keys.empty() && first_failure) {
        return tl::unexpected{std::move(*first_failure)};
    }
    return keys;
}

tl::unexpected<Error> ActorSigner::State::nowhere() const {
    std::string asked = "the vault";
    for (const auto* source : sources) {
        asked += ", " + source->name();
    }
    return fail(ErrorKind::NotFound,
                "there is no private key to sign with for this person; asked: " + asked,
                "name a key source in the configuration (a folder of PEM files or the server's database), or "
                "run `fedtrail keys import` with the account's key");
}

ActorSigner::ActorSigner(KeySafe& safe,
                         std::vector<const KeySource*> sources,
                         const SubjectVault& vault,
                         const Clock& clock,
                         Options options)
    : state_(new State{
          safe, std::move(sources), vault, clock, options, {}, RecentKeys{options.people_kept}, 0}) {}

ActorSigner::~ActorSigner() = default;

Result<std::vector<ActorKey>> ActorSigner::keys_of(privacy::SubjectNumber subject) {
    const auto keys = state_->keys_of(subject);
    if (!keys) {
        return fail(keys);
    }
    std::vector<ActorKey> answer;
    answer.reserve((*keys)->size());
    std::transform((*keys)->begin(), (*keys)->end(), std::back_inserter(answer), shown);
    return answer;
}

Result<Bytes> ActorSigner::sign(privacy::SubjectNumber subject, KeyAlgorithm algorithm, ByteView message) {
    const auto keys = state_->keys_of(subject);
    if (!keys) {
        return fail(keys);
    }
    const auto fitting = std::find_if((*keys)->begin(), (*keys)->end(), [&](const UsableKey& usable) {
        return usable.key.algorithm() == algorithm;
    });
    if (fitting == (*keys)->end()) {
        return fail(ErrorKind::NotFound,
                    std::string{"this person has no "} +
                        (algorithm == KeyAlgorithm::Rsa ? "RSA" : "Ed25519") + " key",
                    "import one with `fedtrail keys import`, or sign with the key there is");
    }
    return fitting->key.sign(message);
}

void ActorSigner::forget(privacy::SubjectNumber subject) {
    const std::scoped_lock held{state_->lock};
    state_->recent.drop(subject.get());
    ++state_->forgotten;
}

Result<ActorKey> examine(const FoundKey& key) {
    const auto parsed = PrivateKey::parse(key.private_key.reveal());
    if (!parsed) {
        return fail(parsed);
    }
    return ActorKey{key.key_id, parsed->algorithm(), parsed->public_key()};
}

}  // namespace fedtrail::openssl
