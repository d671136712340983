#include "app/remote_sink.hpp"

#include <algorithm>
#include <utility>

#include <nlohmann/json.hpp>

namespace fedtrail::app {

namespace {

using Json = nlohmann::ordered_json;

/// A line has one person: whoever deletes where a community passes that on, else the first.
fediverse::DataShare share_in(const fediverse::ActivityDigest& activity) {
    const auto& shares = activity.shares;
    const auto deleter = std::find_if(shares.begin(), shares.end(), [&](const fediverse::DataShare& one) {
        return one.actor == activity.deleter;
    });
    return deleter != shares.end() ? *deleter : shares.empty() ? fediverse::DataShare{} : shares.front();
}

Json digest_of(const fediverse::ActivityDigest& activity, const fediverse::DataShare& share) {
    Json categories = Json::array();
    for (const auto& [category, name] : fediverse::kDataCategories) {
        if (share.categories.has(category)) {
            categories.push_back(name);
        }
    }
    Json digest{{"actor", share.actor.reveal()},
                {"username", share.username.reveal()},
                {"id", activity.id.reveal()},
                {"object", activity.object.reveal()},
                {"type", activity.type},
                {"categories", std::move(categories)},
                {"visibility", name_of(activity.visibility)}};
    for (const auto& [key, uri] : {std::pair{"deleted", &activity.deleted},
                                   std::pair{"restored", &activity.restored},
                                   std::pair{"deleter", &activity.deleter}}) {
        if (!uri->reveal().empty()) {  // an older sidecar knows none of them
            digest[key] = uri->reveal();
        }
    }
    if (activity.reasoned) {
        digest["reasoned"] = *activity.reasoned;
    }
    return digest;
}

}  // namespace

std::string observation_line(const records::Observation& observation) {
    const auto share = share_in(observation.activity);
    return Json{{"at", format_rfc3339(observation.at)},
                {"channel", name_of(observation.channel)},
                {"recipient", observation.recipient.text()},
                {"outcome",
                 {{"kind", name_of(observation.outcome.kind)}, {"status", observation.outcome.status}}},
                {"digest", digest_of(observation.activity, share)}}
               .dump() +
           "\n";
}

void RemoteSink::intend(records::Observation /*observation*/, IntentDone done) {
    done(fail(ErrorKind::Unavailable, "an import intends nothing", "Hand in what has happened."));
}

void RemoteSink::open_tunnel(const records::TunnelObservation& /*tunnel*/,
                             TunnelReason /*why*/,
                             TunnelDone done) {
    done(fail(ErrorKind::Unavailable, "an import opens no tunnel", "Hand in what has happened."));
}

Result<Observed> RemoteSink::observe(std::span<const records::Observation> observations) {
    std::string lines;
    for (const auto& observation : observations) {
        lines += observation_line(observation);
    }
    const auto receipt = hand_in(sidecar_, lines);
    if (!receipt) {
        return fail(receipt);
    }
    if (!receipt->rejected.empty()) {
        return fail(ErrorKind::Unavailable,
                    "the running sidecar does not understand this program",
                    "Use the same release for both.");
    }
    return Observed{static_cast<std::size_t>(receipt->fresh),
                    static_cast<std::size_t>(receipt->without_subject),
                    static_cast<std::size_t>(receipt->to_own_origin)};
}

}  // namespace fedtrail::app
