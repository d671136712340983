#include "app/key_room.hpp"

#include <algorithm>
#include <utility>

#include "backends/openssl/actor_signer.hpp"
#include "backends/openssl/key_folder.hpp"
#include "backends/postgres/key_source.hpp"

namespace fedtrail::app {

namespace {

/// Of people whom the safe does not have: with a running sidecar those that no source has either.
constexpr std::size_t kMostAsked = 100;

bool one_is_usable(const std::vector<FoundKey>& keys) {
    return std::any_of(
        keys.begin(), keys.end(), [](const FoundKey& key) { return openssl::examine(key).has_value(); });
}

Result<std::unique_ptr<KeySource>> database_of(const OriginConfig& origin) {
    postgres::PostgresKeysConfig config;
    config.software = origin.software;
    config.hosts = origin.aliases;
    config.hosts.insert(config.hosts.begin(), origin.host);
    config.connection = Secret{std::string{origin.database}};
    auto source = postgres::PostgresKeySource::make(std::move(config));
    if (!source) {
        return fail(source);
    }
    return std::unique_ptr<KeySource>{std::move(*source)};
}

}  // namespace

Result<std::vector<std::unique_ptr<KeySource>>> key_sources(const Config& config) {
    std::vector<std::unique_ptr<KeySource>> sources;
    if (!config.erasure.keys_folder.empty()) {
        sources.push_back(std::make_unique<openssl::KeyFolder>(config.erasure.keys_folder));
    }
    for (const auto& origin : config.origins) {
        if (origin.database.empty()) {
            continue;
        }
        auto source = database_of(origin);
        if (!source) {
            return fail(source.error().kind,
                        "origin.database of " + origin.host.text() + ": " + source.error().what,
                        source.error().remedy);
        }
        sources.push_back(std::move(*source));
    }
    return sources;
}

KeyLook::KeyLook(const Config& config, const SubjectVault& vault, const KeySafe& safe)
    : vault_(vault), safe_(safe) {
    if (auto sources = key_sources(config)) {  // else none can be asked, by the sidecar neither
        sources_ = std::move(*sources);
    }
}

bool KeyLook::finds_key(privacy::SubjectNumber subject) {
    const auto known = known_.find(subject);
    return known != known_.end() ? known->second : known_.emplace(subject, look(subject)).first->second;
}

bool KeyLook::look(privacy::SubjectNumber subject) {
    const auto kept = safe_.kept(subject);
    if (kept && !kept->empty()) {
        return one_is_usable(*kept);
    }
    const auto person = vault_.identity(subject);
    const auto actor = person ? Uri::parse(person->actor.reveal()) : Result<Uri>{fail(person)};
    if (!actor || sources_.empty()) {
        return false;
    }
    if (asked_++ >= kMostAsked) {
        return true;  // not known: nothing is said
    }
    for (auto source = sources_.begin(); source != sources_.end();) {
        const auto found = (*source)->find(*actor);
        if (found && one_is_usable(*found)) {
            return true;
        }
        const bool silent = !found && found.error().kind == ErrorKind::Unavailable;
        source = silent ? sources_.erase(source) : std::next(source);
    }
    return false;
}

bool KeyLook::is_keyless(const erasure::RequestView& view) {
    return view.request.state == privacy::RequestState::InProgress && view.tally.to_leave > 0 &&
           !finds_key(view.request.subject);
}

}  // namespace fedtrail::app
