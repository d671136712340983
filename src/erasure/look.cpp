#include "erasure/look.hpp"

#include <algorithm>

namespace fedtrail::erasure {

namespace {

using fediverse::Presence;

bool is_passing(const RemoteResponse& response) {
    switch (response.fault) {
        case RemoteFault::None:
            break;
        case RemoteFault::TooLarge:
        case RemoteFault::Forbidden:
            return false;
        case RemoteFault::NoSuchHost:
        case RemoteFault::NoConnection:
        case RemoteFault::BadCertificate:
        case RemoteFault::TimedOut:
        case RemoteFault::Broken:
        case RemoteFault::Stopped:
        case RemoteFault::Recalled:
            return true;
    }
    return response.status == 408 || response.status == 429 || response.status > 500;
}

/// Such an answer says something about the one who asks, not about the copy. 500 is not among them: Misskey
/// answers a failed look-up with it.
bool says_nothing(int status) {
    return status == 401 || status == 403 || status == 408 || status == 429 || status > 500;
}

bool asks_for(const fediverse::Probe& probe, std::string_view place) {
    const auto has = [&](const std::string& text) { return text.find(place) != std::string::npos; };
    return has(probe.path) || has(probe.body) ||
           (probe.first && (has(probe.first->path) || has(probe.first->body)));
}

/// The body, with where a redirection leads: it is what some probes look at.
std::string read_with_location(const RemoteResponse& response) {
    const auto location = header_of(response.headers, "Location");
    const bool redirects = response.status >= 300 && response.status < 400 && !location.empty();
    return redirects ? response.body + "\n" + std::string{location} : response.body;
}

}  // namespace

Finding finding_of(std::span<const fediverse::ProbeMeaning> meanings,
                   const fediverse::ProbePlaces& places,
                   const RemoteResponse& response) {
    if (response.fault != RemoteFault::None) {
        const bool served = response.status >= 200 && response.status < 300;
        return {Presence::Unknown, is_passing(response), response.fault == RemoteFault::TooLarge && served};
    }
    auto said = fediverse::said_presence(meanings, places, response.status, read_with_location(response));
    if (said && *said != Presence::Present && says_nothing(response.status)) {
        said.reset();
    }
    const auto presence = said.value_or(Presence::Unknown);
    return {presence, presence == Presence::Unknown && is_passing(response), false, said.has_value()};
}

Presence combined(std::span<const Finding> findings, bool whole) {
    const auto any = [&](Presence presence) {
        return std::any_of(
            findings.begin(), findings.end(), [&](const Finding& one) { return one.presence == presence; });
    };
    if (any(Presence::Present)) {
        return Presence::Present;
    }
    if (std::any_of(findings.begin(), findings.end(), [](const Finding& one) { return one.passing; })) {
        return Presence::Unknown;
    }
    for (const auto presence : {Presence::NotVisible, Presence::Missing}) {
        if (any(presence)) {
            return presence;
        }
    }
    const bool unread =
        std::any_of(findings.begin(), findings.end(), [](const Finding& one) { return one.unread; });
    if (any(Presence::Gone)) {
        return whole && !unread && !any(Presence::Unprobeable) ? Presence::Gone : Presence::Missing;
    }
    return any(Presence::Unprobeable) ? Presence::Unprobeable : Presence::Unknown;
}

bool asks_by_name(const fediverse::Probe& probe) {
    return asks_for(probe, "{handle}") || asks_for(probe, "{user}") || asks_for(probe, "{host}");
}

bool can_ask(const fediverse::Probe& probe, const fediverse::ProbePlaces& places) {
    return !(asks_by_name(probe) && places.handle.reveal().empty()) &&
           !(asks_for(probe, "{actor}") && places.actor.reveal().empty()) &&
           !(asks_for(probe, "{object}") && places.object.reveal().empty());
}

bool may_be_an_id(const std::string& handle, const std::string& actor) {
    const auto name = handle.substr(0, handle.find('@'));
    const std::string path = "/users/" + name;
    const bool in_uri =
        actor.size() > path.size() && actor.compare(actor.size() - path.size(), path.size(), path) == 0;
    const bool letters = std::all_of(name.begin(), name.end(), [](char c) { return c >= 'a' && c <= 'z'; });
    return in_uri && letters && (name.size() == 10 || name.size() == 16 || name.size() == 24);
}

std::vector<std::uint32_t> deleted_objects(std::span<const records::NoticeStep> steps) {
    std::vector<std::uint32_t> objects;
    for (const auto& step : steps) {
        if (step.kind == fediverse::StepKind::DeleteObject) {
            objects.push_back(step.object);
        }
    }
    std::sort(objects.begin(), objects.end());
    objects.erase(std::unique(objects.begin(), objects.end()), objects.end());
    return objects;
}

std::vector<std::uint32_t> sample(std::span<const std::uint32_t> all, std::size_t most, std::size_t round) {
    if (all.size() <= most) {
        return {all.begin(), all.end()};
    }
    std::vector<std::uint32_t> some;
    some.reserve(most);
    for (std::size_t i = 0; i < most; ++i) {
        some.push_back(all[(i * all.size() / most + round) % all.size()]);
    }
    return some;
}

}  // namespace fedtrail::erasure
